"""`make bench`: measure each promise about speed against its yardstick in the same run; fail where one is missed.

python -m benchmarks              everything, some three quarters of an hour
python -m benchmarks pages files  these parts only
"""

import sys
import time
from collections.abc import Callable, Iterable

from benchmarks import (
    case_queue,
    files,
    flood,
    hall,
    importing,
    isso,
    log_verify,
    marks,
    page_cache,
    pages,
    rating,
    report_flood,
    reports,
    rows,
    ten_million,
    timed_release,
)
from benchmarks.measures import Measure

PARTS: dict[str, Callable[[], Iterable[Measure]]] = {
    "cache": page_cache.run,
    "rating": rating.run,
    "hall": hall.run,
    "isso": isso.run,
    "flood": flood.run,
    "import": importing.run,
    "marks": marks.run,
    "ratings": ten_million.run,
    "report": reports.run,
    "queue": case_queue.run,
    "report-flood": report_flood.run,
    "pages": pages.run,
    "rows": rows.run,
    "files": files.run,
    "verify": log_verify.run,
    "timed": timed_release.run,
}


def main(asked: list[str]) -> int:
    unknown = [name for name in asked if name not in PARTS]
    if unknown:
        print(f"no such part: {', '.join(unknown)}; there are {', '.join(PARTS)}", file=sys.stderr)
        return 2
    missed = 0
    for name in asked or PARTS:
        began = time.monotonic()
        for measure in PARTS[name]():
            missed += measure.missed
            print(measure, flush=True)
        print(f"  ({name}: {time.monotonic() - began:.0f} s)", flush=True)
    return 1 if missed else 0


sys.exit(main(sys.argv[1:]))
