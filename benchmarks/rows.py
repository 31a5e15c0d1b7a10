"""A hundred rows as JSON from the API, beside a hand-written view of them; Datasette for the record.

The API is asked past the page cache, and has a limit for that: fewer than three thousand answers are measured.
"""

import statistics
from collections.abc import Iterator
from pathlib import Path

from benchmarks import datasette
from benchmarks.load import compare, granian, wrk
from benchmarks.measures import Measure
from benchmarks.million import MANY, installed

_PAGE = "/api/v1/figures?limit=100"
_PAST = ("-H", "Accept: */*, text/html;q=0")


def run() -> Iterator[Measure]:
    many = installed(MANY)
    database = str(many.folder / "portal.sqlite3")
    with (
        granian("benchmarks.bare:rows_app", environment={"BARE_ROWS_DATABASE": database}) as bare,
        granian("wsgi:app", environment=many.environment) as ours,
    ):
        ratio, pairs = compare(ours + _PAGE, bare + "/", rounds=3, seconds=1, args=_PAST)
        if any(mine.failed for mine, _ in pairs):
            raise RuntimeError("the API refused: nothing was measured")
        mine, theirs = (statistics.median(pair[side].rate for pair in pairs) for side in (0, 1))
        cached = wrk(ours + _PAGE, seconds=2).rate
        said = f"API {mine:,.0f}/s past the cache and {cached:,.0f}/s from it, hand-written {theirs:,.0f}/s"
        yield Measure("A hundred rows as JSON against a hand-written view", ratio, said, least=0.7)
    yield from datasette.run(Path(database))
