"""`make bench`: measure each promise about speed against its yardstick, and fail where one is missed."""

import sys

from benchmarks import log_verify, page_cache, rating

BENCHMARKS = (page_cache, rating, log_verify)


def main() -> int:
    missed = 0
    for benchmark in BENCHMARKS:
        ratio, sentence = benchmark.run()
        met = ratio >= benchmark.AT_LEAST
        missed += not met
        verdict = "met" if met else "MISSED"
        print(f"{benchmark.NAME}: {ratio:.2f} (at least {benchmark.AT_LEAST}: {verdict}); {sentence}", flush=True)
    return 1 if missed else 0


sys.exit(main())
