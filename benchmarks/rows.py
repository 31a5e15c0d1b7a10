"""A hundred rows as JSON from the API, beside a hand-written view of them; Datasette for the record.

The API is asked past the page cache, and has a limit for that: fewer than three thousand answers are measured.
"""

import importlib.util
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

from benchmarks.load import compare, free_port, granian, wrk
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
    yield from datasette(database)


def datasette(database: str) -> Iterator[Measure]:
    """What Datasette makes of the same million rows."""
    if importlib.util.find_spec("datasette") is None:
        print("Datasette is not installed (pip install datasette): left out.", flush=True)
        return
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "datasette",
        "serve",
        database,
        f"--port={port}",
        "--setting",
        "max_csv_mb",
        "0",
    ]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        table = f"http://127.0.0.1:{port}/portal/figure_version"
        _wait(f"http://127.0.0.1:{port}/-/versions.json")
        page, rows = wrk(table, seconds=5, connections=2), wrk(f"{table}.json?_size=100", seconds=5, connections=2)
        said = f"its JSON of 100 rows {rows.rate:.1f}/s, its CSV {_csv_speed(f'{table}.csv?_stream=1'):.1f} MB/s"
        yield Measure("Datasette over the same million rows: HTML pages a second", page.rate, said)
    finally:
        server.terminate()
        server.wait(timeout=15)


def _csv_speed(address: str, seconds: float = 8.0) -> float:
    """Megabytes a second in the first seconds of a long answer."""
    began, read = time.monotonic(), 0
    with urllib.request.urlopen(address) as reply:  # noqa: S310  (loopback)
        while time.monotonic() - began < seconds and (piece := reply.read(1 << 16)):
            read += len(piece)
    return read / 1e6 / (time.monotonic() - began)


def _wait(address: str) -> None:
    for _ in range(150):
        try:
            urllib.request.urlopen(address, timeout=1).close()  # noqa: S310  (loopback)
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("Datasette does not answer")
