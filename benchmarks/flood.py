"""Two hundred writers for a minute, who never pause, while others read.

The house is served as it always is, by `python -m portal serve`. Every mark that was answered with 303 is in the
database; whoever is refused gets a page that says when to come back. Readers come at half the pace that the portal
can answer when nobody writes: none is lost, and nineteen of twenty wait at most three times as long as they do at
that pace without the flood.

Readers and writers are two processes beside those of the house, which real ones are not: they bring processors of
their own. So the process of the writers gives way to all others; that of the readers, which takes the times, does
not, and where it has to wait for a processor its readers wait.
"""

import json
import statistics
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.load import house, wrk, wrk_program
from benchmarks.measures import Measure
from benchmarks.rating import Rated, installed
from portal.serve import give_way

WRITERS, SECONDS, READERS = 200, 60, 64
TOKENS = 600_000
PAGE = "/services/permits"
HERE = Path(__file__).parent


def run(seconds: int = SECONDS) -> Iterator[Measure]:
    with installed("permits", tokens=TOKENS * seconds // SECONDS) as rated:
        with house(rated.environment) as address:
            urllib.request.urlopen(address + PAGE, timeout=60).close()  # noqa: S310  (loopback; it is drawn now)
            capacity = statistics.median(
                wrk(address + PAGE, seconds=2, connections=READERS).rate for _ in range(3)
            )
            calm = _read(address, capacity / 2, seconds=min(10, seconds))
            written: list[dict[str, Any]] = []
            flood = threading.Thread(target=lambda: written.append(_write(address, rated, seconds)))
            flood.start()
            stormy = _read(address, capacity / 2, seconds=seconds)
            flood.join()
        saved = rated.saved()
    yield from _told(written[0], saved, seconds)
    yield from _read_meanwhile(calm, stormy, capacity)


def _told(written: dict[str, Any], saved: int, seconds: int) -> Iterator[Measure]:
    said = f"{written['saved']:,} answered 303 in {seconds} s, 95 of 100 within {written['p95']:.0f} ms,"
    said += f" {saved:,} in the database"
    lost = max(0, written["saved"] - saved)
    yield Measure(f"Marks of {WRITERS} writers that were answered 303 and are not there", lost, said, most=0)
    said = f"{written['refused']:,} refused, {written['lost']:,} without an answer"
    unclear = written["unclear"] + written["lost"]
    yield Measure("Refusals that are no clear page with Retry-After", unclear, said, most=0)


def _read_meanwhile(calm: "Reading", stormy: "Reading", capacity: float) -> Iterator[Measure]:
    said = f"{stormy.read:,} pages read meanwhile, {stormy.rate:,.0f}/s; capacity {capacity:,.0f}/s"
    yield Measure("Pages that readers lost meanwhile", stormy.lost, said, most=0)
    said = f"95 of 100 within {stormy.p95:.1f} ms, without the flood {calm.p95:.1f} ms at {calm.rate:,.0f}/s"
    yield Measure("Waiting of readers meanwhile against without", stormy.p95 / calm.p95, said, most=3)


@dataclass(frozen=True)
class Reading:
    read: int
    lost: int
    p50: float
    p95: float
    seconds: float

    @property
    def rate(self) -> float:
        return self.read / self.seconds


def _read(address: str, rate: float, *, seconds: int) -> Reading:
    """Readers of one page at a pace, in pages a second."""
    pause = round(READERS / rate * 1000)
    command = [wrk_program(), "-t1", f"-c{READERS}", f"-d{seconds}s", "-s", str(HERE / "readers.lua")]
    return Reading(**_last_line([*command, address + PAGE, "--", str(max(pause, 1))]))


def _write(address: str, rated: Rated, seconds: int) -> dict[str, Any]:
    command = [wrk_program(), "-t1", f"-c{WRITERS}", f"-d{seconds}s", "--timeout=10s"]
    command += ["-s", str(HERE / "flood.lua"), f"{address}/rate/permits", "--", str(rated.tokens)]
    return _last_line(command, preexec_fn=give_way)


def _last_line(command: list[str], **how: Any) -> dict[str, Any]:
    done = subprocess.run(command, capture_output=True, text=True, check=True, **how)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
