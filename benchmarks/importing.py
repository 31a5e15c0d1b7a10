"""A million figures: imported by the command, beside `sqlite3 .import` into the same table with its indexes.

Ours reads sixteen columns, checks every field, holds all against what is published, writes canonical chunks
and rows; the yardstick is given the very rows that ours ends up writing. While import and publication run,
somebody rates twenty times a second.
"""

import csv
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measures import Measure
from benchmarks.million import MANY, cpu_of_children, installed

_TABLE = "figure_version"


def run() -> Iterator[Measure]:
    ours = installed(MANY)
    before = cpu_of_children()
    seconds = yardstick(ours.folder)
    cpu = cpu_of_children() - before
    yield Measure(
        "A million figures imported, against sqlite3 .import of the same rows",
        seconds / ours.import_seconds,
        f"import {ours.import_seconds:.1f} s ({ours.import_cpu:.1f} of processor),"
        f" sqlite3 .import {seconds:.1f} s ({cpu:.1f} of processor)",
        least=0.2,
    )
    most = max(ours.import_mb, ours.publish_mb)
    said = f"import {ours.import_mb:.0f} MiB, publication and files {ours.publish_mb:.0f} MiB"
    yield Measure("Most memory of importing and publishing a million", most, said, most=1024, unit=" MiB")
    yield Measure(
        "Longest wait of a rating meanwhile",
        ours.longest_wait_ms,
        f"{ours.ratings} ratings, 99 of 100 within {ours.usual_wait_ms:.0f} ms;"
        f" publication with its files took {ours.publish_seconds:.0f} s",
        most=250,
        unit=" ms",
    )


def yardstick(folder: Path) -> float:
    """Seconds that sqlite3 takes for the same rows, with the same keys, indexes and safety."""
    with tempfile.TemporaryDirectory() as name:
        rows, target = Path(name) / "rows.csv", Path(name) / "bare.sqlite3"
        source = sqlite3.connect(folder / "portal.sqlite3")
        with rows.open("w", newline="") as file:
            csv.writer(file).writerows(source.execute(f"SELECT * FROM {_TABLE} ORDER BY id"))
        words = "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL ORDER BY type DESC"
        schema = [row[0] for row in source.execute(words, (_TABLE,))]
        settings = ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON")
        script = [f"PRAGMA {one};" for one in settings] + [f"{one};" for one in schema]
        script += [".mode csv", f".import {rows} {_TABLE}"]
        program = shutil.which("sqlite3")
        if program is None:
            raise RuntimeError("this benchmark needs sqlite3: apt-get install sqlite3")
        began = time.monotonic()
        subprocess.run([program, str(target)], input="\n".join(script), text=True, check=True, capture_output=True)
        took = time.monotonic() - began
        imported = sqlite3.connect(target).execute(f"SELECT count(*) FROM {_TABLE}").fetchone()[0]
        if imported != MANY:
            raise RuntimeError(f"sqlite3 imported {imported} rows: nothing was measured")
        return took
