"""A hall in which everybody rates the same service, beside ratings spread over five hundred; and how long the last
of eight writers waits.

A total that is kept up to date by each rating would make everybody wait for one row. Ours adds a row, and folds.
"""

import statistics
from collections.abc import Iterator

from benchmarks.load import compare, granian
from benchmarks.measures import Measure
from benchmarks.rating import SCRIPT, on_both_engines

SERVICES = tuple(f"service-{number}" for number in range(500))
WRITERS = 8


def run() -> Iterator[Measure]:
    for rated in on_both_engines(*SERVICES):
        with granian("wsgi:app", environment=rated.environment) as address:
            one, spread = ("--", str(rated.tokens), "1"), ("--", str(rated.tokens), str(len(SERVICES)))
            ratio, pairs = compare(
                address, address, connections=WRITERS, script=SCRIPT, args=one, yardstick_args=spread
            )
        loads = [load for pair in pairs for load in pair]
        failed, saved = sum(load.failed for load in loads), rated.saved()
        if failed or saved < sum(load.requests for load in loads):
            raise RuntimeError(f"{failed} requests failed, {saved} ratings were saved: nothing was measured")
        mine, theirs = (statistics.median(pair[side].rate for pair in pairs) for side in (0, 1))
        said = f"one service {mine:,.0f}/s, {len(SERVICES)} services {theirs:,.0f}/s"
        yield Measure(f"Everyone rating one service against many, on {rated.engine}", ratio, said, least=0.9)
        said = f"{saved:,} ratings, 99 of 100 within {max(load.p99_ms for load in loads):.0f} ms"
        longest = max(load.longest_ms for load in loads)
        yield Measure(f"Longest wait at {WRITERS} writers, on {rated.engine}", longest, said, most=250, unit=" ms")
