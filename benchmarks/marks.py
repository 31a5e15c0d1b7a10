"""A million ratings from a file: imported by the command, beside `sqlite3 .import` and COPY of the same rows.

Ours checks every cell, counts people instead of rows, and adds totals; the yardsticks keep the rows as they
are, with the one key that stops a person from counting twice.
"""

import random
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
from sqlalchemy import func, select

from benchmarks.installation import new_portal
from benchmarks.measures import Measure
from benchmarks.million import command, cpu_of_children
from benchmarks.postgres import postgres
from portal.ratings.models import TotalRow
from tests.factories.ratings import publish_services

MANY = 1_000_000
_PIECE = 1 << 16
NAME = "A million ratings imported"
MAPPING = """
[columns]
respondent = "who"
service = "what"
month = "when"
level = "mark"
comment = "words"
[scale]
best = 5
worst = 1
"""


def run() -> Iterator[Measure]:
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "ratings.csv"
        _write(file)
        yield _compared("sqlite3 .import", file, Path(name) / "sqlite", lambda folder: _sqlite(folder, file))
        with postgres() as new:
            url = new("bare")
            yield _compared(
                "PostgreSQL's COPY", file, Path(name) / "postgres", lambda _: _copy(url, file), new("portal")
            )


def _compared(what: str, file: Path, folder: Path, yardstick: Callable[[Path], float], url: str = "") -> Measure:
    folder.mkdir()
    mapping = folder / "mapping.toml"
    mapping.write_text(MAPPING)
    portal = new_portal(folder, url)
    publish_services(portal, "permits")
    before = cpu_of_children()
    seconds, mb = command(folder, "ratings", "import", str(file), "--mapping", str(mapping), url=url)
    cpu = cpu_of_children() - before
    with portal.database.read() as session:
        counted = session.scalar(select(func.sum(TotalRow.count)))
    portal.database.dispose()
    if counted != MANY:
        raise RuntimeError(f"{counted} ratings were counted: nothing was measured")
    bare = yardstick(folder)
    said = f"import {seconds:.1f} s ({cpu:.1f} of processor in the command, {mb:.0f} MiB), {what} {bare:.1f} s"
    return Measure(f"{NAME}, against {what} of the same rows", bare / seconds, said, least=0.2)


def _write(file: Path) -> None:
    drawn = random.Random(20260209)  # noqa: S311  (the same file in every run)
    with file.open("w", encoding="utf-8") as out:
        out.write("who,what,when,mark,words\n")
        out.writelines(
            f"person-{number},permits,2025-{1 + number % 12:02},{drawn.randint(1, 5)},\n" for number in range(MANY)
        )


def _sqlite(folder: Path, file: Path) -> float:
    """Seconds that sqlite3 takes for the rows, with the same safety."""
    program, target = shutil.which("sqlite3"), folder / "bare.sqlite3"
    if program is None:
        raise RuntimeError("this benchmark needs sqlite3: apt-get install sqlite3")
    script = [f"PRAGMA {one};" for one in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON")]
    script += [
        'CREATE TABLE mark (who, what, "when", mark, words, PRIMARY KEY (who, what)) WITHOUT ROWID;',
        ".mode csv",
        f".import --skip 1 {file} mark",
    ]
    began = time.monotonic()
    subprocess.run([program, str(target)], input="\n".join(script), text=True, check=True, capture_output=True)
    took = time.monotonic() - began
    kept = sqlite3.connect(target).execute("SELECT count(*) FROM mark").fetchone()[0]
    if kept != MANY:
        raise RuntimeError(f"sqlite3 imported {kept} rows: nothing was measured")
    return took


def _copy(url: str, file: Path) -> float:
    """Seconds that PostgreSQL takes for the rows: a commit waits for its disk, too."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection, connection.cursor() as cursor:
        cursor.execute('CREATE TABLE mark (who text, what text, "when" text, mark int, words text)')
        cursor.execute("ALTER TABLE mark ADD PRIMARY KEY (who, what)")
        connection.commit()
        began = time.monotonic()
        with cursor.copy("COPY mark FROM STDIN (FORMAT csv, HEADER)") as copy, file.open("rb") as rows:
            while piece := rows.read(_PIECE):
                copy.write(piece)
        connection.commit()
        took = time.monotonic() - began
        kept = cursor.execute("SELECT count(*) FROM mark").fetchone()
    if kept != (MANY,):
        raise RuntimeError(f"PostgreSQL copied {kept} rows: nothing was measured")
    return took
