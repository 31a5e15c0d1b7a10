"""Datasette over the same rows, for the record: what a good general tool makes of a million of them.

It is in no list of requirements: where it is missing, it is installed into a folder of its own that goes again.
"""

import importlib.util
import subprocess
import sys
import tempfile
import time
import urllib.request
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.load import free_port, wrk
from benchmarks.measures import Measure

TABLE = "figure_version"
_INSTALL_SECONDS = 300


def run(database: Path) -> Iterator[Measure]:
    """How many pages a second it gives of the table, and how fast its CSV comes."""
    with tempfile.TemporaryDirectory(prefix="gongping-datasette-") as folder:
        python = _with_datasette(Path(folder))
        if python is None:
            print(
                "Datasette is not installed here and cannot be had from the package index: left out.", flush=True
            )
            return
        with _serving(python, database) as address:
            table = f"{address}/{database.stem}/{TABLE}"
            page, rows = (
                wrk(table, seconds=5, connections=2),
                wrk(f"{table}.json?_size=100", seconds=5, connections=2),
            )
            speed = _csv_speed(f"{table}.csv?_stream=1")
    said = f"its JSON of 100 rows {rows.rate:.1f}/s, its CSV {speed:.1f} MB/s"
    yield Measure("Datasette over the same million rows: HTML pages a second", page.rate, said)


def _with_datasette(folder: Path) -> Path | None:
    """A Python that has Datasette: this one, else one of its own in `folder`; None where it cannot be had."""
    if importlib.util.find_spec("datasette") is not None:
        return Path(sys.executable)
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "datasette"]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=_INSTALL_SECONDS)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return None
    return python


@contextmanager
def _serving(python: Path, database: Path) -> Iterator[str]:
    port = free_port()
    command = [python, "-m", "datasette", "serve", database, f"--port={port}", "--setting", "max_csv_mb", "0"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(f"{address}/-/versions.json")
        yield address
    finally:
        server.kill()  # asked to end, it would first write the rest of a CSV that nobody reads
        server.wait()


def _csv_speed(address: str, seconds: float = 8.0) -> float:
    """Megabytes a second in the first seconds of a long answer."""
    began, read = time.monotonic(), 0
    with urllib.request.urlopen(address) as reply:  # noqa: S310  (loopback)
        while time.monotonic() - began < seconds and (piece := reply.read(1 << 16)):
            read += len(piece)
    return read / 1e6 / (time.monotonic() - began)


def _wait(address: str) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(address, timeout=1).close()  # noqa: S310  (loopback)
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError("Datasette does not answer")
