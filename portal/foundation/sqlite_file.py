"""One SQLite file: how its connections are set, and the fair queue of those who write it.

All writers of all processes queue on one file lock (the kernel wakes them in order) before BEGIN IMMEDIATE,
because SQLite's own busy handler is unfair.
"""

import ctypes
import fcntl
import os
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url

PATIENCE = 30  # seconds SQLite waits for another process before it gives up

LOG_PAGES = 4000
"""How long the log grows before a commit moves it into the database: what many write to is then moved once."""

MOMENT = 0.05
"""Seconds in which emptying the log keeps writers waiting, before it lets them go first."""

LONG_WORK = ("wal_autocheckpoint=0", "cache_size=-16384")
"""Settings for many pages written in turns: a commit never moves the log, and a turn's pages stay in memory."""

# flock(2) where it cannot block, without letting go of the interpreter: other threads would take it, and each
# handing over costs more than the call
_flock = ctypes.PyDLL(None).flock


class WriteQueue:
    """The fair lock beside an SQLite file; held from BEGIN until the connection goes back to the pool.

    Opened files are kept for the next writer of this process: opening costs more than locking. A forked
    process opens its own, because it would share the locks of those it inherits.
    """

    def __init__(self, database: Path) -> None:
        self._path = database.with_name(database.name + ".writers")
        self._idle: dict[int, list[int]] = {}

    def enter(self) -> int:
        try:
            handle = self._mine().pop()
        except IndexError:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if _flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB) != 0:
            fcntl.flock(handle, fcntl.LOCK_EX)
        return handle

    def leave(self, handle: int) -> None:
        _flock(handle, fcntl.LOCK_UN)
        self._mine().append(handle)

    def close(self) -> None:
        while handles := self._mine():
            os.close(handles.pop())

    def _mine(self) -> list[int]:
        return self._idle.setdefault(os.getpid(), [])


def open_file(database: Path) -> sqlite3.Connection:
    """A connection of the driver that may write, for any thread."""
    raw = sqlite3.connect(database, timeout=PATIENCE, check_same_thread=False)
    _settle(raw, read_only=False)
    return raw


def file_of(url: str) -> Path:
    """The file that the address of an SQLite database names; its folder is made."""
    path = Path(make_url(url).database or "")
    if not path.name:
        raise ValueError("SQLite needs a file: an in-memory database cannot be shared")
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def sqlite_engine(url: str, pool_size: int, queue: WriteQueue | None, *, settings: Sequence[str] = ()) -> Engine:
    """An engine whose writers wait in `queue`; without one it only reads. `settings` come to the usual ones."""
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_size=pool_size,
        max_overflow=pool_size,
        connect_args={"timeout": PATIENCE, "check_same_thread": False},
    )

    def on_connect(raw: Any, _record: Any) -> None:
        _settle(raw, *settings, read_only=queue is None)

    def begin(connection: Connection, statement: str) -> None:
        connection.connection.driver_connection.execute(statement)  # type: ignore[union-attr]

    def on_begin(connection: Connection) -> None:
        if queue is None:
            begin(connection, "BEGIN")
            return
        connection.info["queued"] = queue.enter()
        begin(connection, "BEGIN IMMEDIATE")

    def on_checkin(_raw: Any, record: Any) -> None:
        handle = record.info.pop("queued", None)
        if handle is not None and queue is not None:
            queue.leave(handle)

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)
    event.listen(engine, "checkin", on_checkin)
    return engine


def empty_log(raw: sqlite3.Connection, *, patience: float = PATIENCE) -> bool:
    """Move the log into the database and empty it; whether that was done within `patience` seconds.

    SQLite waits here for all who read an older state, and keeps writers out meanwhile. But whoever reads and then
    writes waits for those writers with the older state in their hands: each would wait for the other. So it is
    tried for a moment only, as often as it takes, and between two tries everybody else goes on.
    """
    until = time.monotonic() + patience
    raw.execute(f"PRAGMA busy_timeout={int(MOMENT * 1000)}").close()
    try:
        while raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()[0][0]:
            if time.monotonic() > until:
                return False
            time.sleep(MOMENT)
    finally:
        raw.execute(f"PRAGMA busy_timeout={PATIENCE * 1000}").close()
    return True


def _settle(raw: sqlite3.Connection, *more: str, read_only: bool) -> None:
    """The settings of every connection to an SQLite file."""
    raw.isolation_level = None  # transactions begin when we say so, not by the driver
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        f"busy_timeout={PATIENCE * 1000}",
        f"query_only={'ON' if read_only else 'OFF'}",
        f"wal_autocheckpoint={LOG_PAGES}",
        *more,
    ):
        raw.execute(f"PRAGMA {pragma}").close()
