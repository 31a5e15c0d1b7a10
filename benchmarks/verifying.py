"""`log verify` of a thousand editions: every entry, head and file checked again from the log alone."""

import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.installation import new_portal
from benchmarks.measures import Measure
from benchmarks.million import command
from portal.publishing.services import append_waiting, propose_act
from tests.factories.publishing import append, body, figure, indicator, release

EDITIONS = 1000


def run() -> Iterator[Measure]:
    with tempfile.TemporaryDirectory(prefix="gongping-bench-") as name:
        folder = Path(name)
        portal = new_portal(folder)
        append(portal, body(), indicator(), kind="register")
        append(portal, release(), *(figure(period=f"{year}") for year in range(1900, 2020)))
        chance, last = random.Random(1), {}  # noqa: S311  (always the same)
        for n in range(3, EDITIONS + 1):
            year = chance.randrange(1900, 2020)
            corrected = figure(
                period=f"{year}", actual=f"{n}", cause="source-correction", replaces=last.get(year, 2)
            )
            with portal.database.write() as session:
                propose_act(
                    session,
                    kind="correction",
                    statements=[corrected],
                    proposed_by="p",
                    approved_by="q",
                    now=portal.clock.now(),
                )
            append_waiting(portal)
            last[year] = n
        portal.database.dispose()
        seconds, mb = command(folder, "log", "verify")
    said = f"{EDITIONS:,} entries, each with its signed head; {mb:.0f} MiB"
    yield Measure("log verify of a thousand editions", seconds, said, most=60, unit=" s")
