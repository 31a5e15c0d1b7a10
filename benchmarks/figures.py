"""Invented figures by the million: always the same file for the same number.

Ten bodies share a hundred indicators over ten periods, and there are as many such groups as the number asks
for. So a page about one body or one indicator holds the same at ten thousand figures as at a million: what
a page costs more is what the million costs.
"""

from collections.abc import Iterator
from pathlib import Path

from portal.publishing.imports.fields import FIELDS

BODIES, INDICATORS, PERIODS = 10, 100, 10
GROUP = BODIES * INDICATORS * PERIODS
BODY, INDICATOR = "BODY-00000", "indicator-00000-000"
PAGE = f"/bodies/{BODY}/indicators/{INDICATOR}"
INDICATOR_PAGE = f"/indicators/{INDICATOR}"
BODY_PAGE = f"/bodies/{BODY}"


def write_figures(path: Path, figures: int) -> None:
    """Write so many figures, a multiple of ten thousand, under the columns of an import without mapping."""
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(FIELDS) + "\r\n")
        for group in range(figures // GROUP):
            file.writelines(_lines(group))


def _lines(group: int) -> Iterator[str]:
    for nth in range(BODIES):
        number = group * BODIES + nth
        body = f"BODY-{number:05},Bureau {number} of public works,,"
        for at in range(INDICATORS):
            direction = "up" if at % 3 else "down"
            kind = "expected" if at % 2 else "constrained"
            indicator = f"indicator-{group:05}-{at:03},Measure {at} of programme {group},%,{direction},{kind}"
            for period in range(PERIODS):
                seed = number * 7919 + at * 104729 + period * 1299709
                target, actual = 60 + seed % 30, 50 + seed % 4999 / 100
                yield f"{body},{indicator},{2014 + period},{target},{actual:.2f},,,,\r\n"
