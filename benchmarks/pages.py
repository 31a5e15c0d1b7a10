"""Pages drawn anew, beside a bare Flask and Jinja page of as many bytes with one query; and at a million figures
beside ten thousand, from the cache and past it.

A query key that no page knows leads past the cache.
"""

import statistics
import urllib.request
from collections.abc import Iterator

from benchmarks.figures import BODY, INDICATOR_PAGE, PAGE
from benchmarks.load import compare, compare_cost, granian
from benchmarks.measures import Measure
from benchmarks.million import FEW, MANY, installed

_PAST = "?past-the-cache=1"
LONG = (
    ("a service", "/services/permits", 1.2),
    ("the bodies, a hundred instead of ten", "/bodies", 10),
    ("what is missing, of a hundred bodies instead of ten", "/coverage", 10),
    ("what changed, with ten thousand new indicators instead of a hundred", "/data/changes?from=1&to=3", 10),
    ("the indicators, the first hundred by name", "/indicators", 1.2),
    ("the home page", "/", 1.2),
)
"""Pages of lists: what they are, and how many times what they cost at ten thousand figures they may cost."""


def run() -> Iterator[Measure]:
    few, many = installed(FEW), installed(MANY)
    with granian("wsgi:app", environment=few.environment) as small:
        yield from _against_bare(small, str(few.folder / "portal.sqlite3"))
        with granian("wsgi:app", environment=many.environment) as large:
            for what, page in (("a body's indicator", PAGE), ("an indicator", INDICATOR_PAGE)):
                for how, query in (("from the cache", ""), ("drawn anew", _PAST)):
                    yield _growth(f"Cost of the page of {what} {how}", small + page + query, large + page + query)
            for what, page, most in LONG:
                past = page + ("&" if "?" in page else "?") + _PAST.removeprefix("?")
                yield _growth(f"Cost of {what} drawn anew", small + past, large + past, most=most)


def _against_bare(address: str, database: str) -> Iterator[Measure]:
    for what, page in (("a body's indicator", PAGE), ("an indicator", INDICATOR_PAGE)):
        size = len(urllib.request.urlopen(address + page).read())  # noqa: S310  (loopback)
        told = {
            "BARE_PAGE_DATABASE": database,
            "BARE_PAGE_BYTES": str(size),
            "BARE_PAGE_OF": BODY,
        }
        with granian("benchmarks.bare:page_app", environment=told) as bare:
            ratio, pairs = compare(address + page + _PAST, bare + "/", rounds=3, seconds=2)
        ours, theirs = (statistics.median(pair[side].rate for pair in pairs) for side in (0, 1))
        said = f"{size:,} bytes: ours {ours:,.0f}/s, bare Flask and Jinja with one query {theirs:,.0f}/s"
        yield Measure(f"The page of {what} drawn anew against a bare one", ratio, said, least=0.7)


def _growth(name: str, small: str, large: str, *, most: float | None = 1.2) -> Measure:
    ratio, pairs = compare_cost(large, small)
    many, few = (statistics.median(pair[side] for pair in pairs) for side in (0, 1))
    said = f"{few:,.0f} µs of processor time at {FEW:,} figures, {many:,.0f} µs at {MANY:,}"
    return Measure(f"{name} at a million figures against ten thousand", ratio, said, most=most)
