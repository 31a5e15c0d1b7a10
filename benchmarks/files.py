"""The files of a million figures: making them, and how fast the CSV comes beside a bare generator of its bytes.

The file of the newest edition is stored; the same file of any edition can be written from the database, too.
"""

import time
import urllib.request
from collections.abc import Iterator
from statistics import median

from benchmarks.load import granian, processes_of
from benchmarks.measures import Measure
from benchmarks.million import MANY, Installed, command, installed
from portal.publishing.files import FORMS
from portal.publishing.shelf import Shelf

FORMS_MADE = tuple(f"figures.{form}" for form in FORMS)
PAIRS = 9  # each is over in a second, and what else the machine does then counts for one of the two only
_FILE = "/data/editions/{n}/figures.csv"


def run() -> Iterator[Measure]:
    many = installed(MANY)
    seconds, mb = command(many.folder, "files", "write")
    said = "CSV, JSON, XLSX and Parquet of every table with their descriptions, by a process of low priority"
    yield Measure("Making all files of a million figures, seconds", seconds, said)
    shelf = Shelf(many.folder)
    sizes = {name: shelf.path(many.editions, name).stat().st_size / 1e6 for name in FORMS_MADE}
    kept = sum(path.stat().st_size for path in shelf.folder.rglob("*") if path.is_file()) / 1e6
    each = ", ".join(f"{name} {size:,.0f} MB" for name, size in sizes.items())
    yield Measure("Disk that the files of all editions take, MB", kept, f"{many.editions} editions; {each}")
    yield Measure("Most memory of writing them", mb, said, most=1024, unit=" MiB")
    yield from _served(many)


def _served(many: Installed) -> Iterator[Measure]:
    with granian("wsgi:app", environment=many.environment) as ours:
        address = ours + _FILE.format(n=many.editions)
        first = _get(address)
        told = {"BARE_FILE_BYTES": str(first.size)}
        before = server_mb(ours)
        with granian("benchmarks.bare:stream_app", environment=told) as bare:
            pairs = [(_get(address).speed, _get(bare + "/").speed) for _ in range(PAIRS)]
        after = server_mb(ours)
    mine, theirs = (median(pair[side] for pair in pairs) for side in (0, 1))
    said = f"{first.size / 1e6:,.0f} MB: ours {mine:,.0f} MB/s, bare generator {theirs:,.0f} MB/s"
    ratio = median(pair[0] / pair[1] for pair in pairs)
    yield Measure("CSV of a million rows against a bare generator", ratio, said, least=0.7)
    said = f"workers of the server together: {before:.0f} MiB before {PAIRS} more readers, {after:.0f} MiB after"
    yield Measure("Memory that serving it takes", max(after - before, 0), said, most=16, unit=" MiB")


class _Got:
    def __init__(self, size: int, seconds: float) -> None:
        self.size, self.speed = size, size / 1e6 / seconds


def _get(address: str) -> _Got:
    began, size = time.monotonic(), 0
    with urllib.request.urlopen(address) as reply:  # noqa: S310  (loopback)
        while piece := reply.read(1 << 20):
            size += len(piece)
    return _Got(size, time.monotonic() - began)


def server_mb(address: str) -> float:
    """The most memory that processes listening at this address, and their children, have held."""
    total = 0.0
    for process in processes_of(address):
        try:
            peak = next(line for line in (process / "status").read_text().splitlines() if "VmHWM" in line)
        except (OSError, StopIteration):
            continue
        total += int(peak.split()[1]) / 1024
    return total
