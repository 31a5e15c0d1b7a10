"""Sessions that read one SQLite file, kept between two uses.

Making a session, taking a connection from the pool and beginning a transaction costs as much as ten of the reads
that follow. So a session that did its work well is kept, with its connection; between two uses it holds no
transaction of the database, so that it keeps no older state of the file alive.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session, SessionTransaction


class Readers:
    """Sessions of an engine that only reads; at most `most` wait for their next use in each process."""

    def __init__(self, engine: Engine, most: int) -> None:
        self._engine = engine
        self._most = most
        self._idle: dict[int, list[_Reader]] = {}  # by process: one that was forked inherits no connection

    @property
    def waiting(self) -> int:
        """How many connections are held for the next use."""
        return len(self._mine())

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session that sees one moment: that of its first statement."""
        mine = self._mine()
        try:
            reader = mine.pop()
        except IndexError:
            reader = _Reader(self._engine)
        else:
            reader.begin()
        try:
            yield reader.session
        except BaseException:
            reader.close()
            raise
        if len(mine) < self._most and reader.end():
            mine.append(reader)
        else:
            reader.close()

    def close(self) -> None:
        """Give all connections of this process back."""
        mine = self._mine()
        while mine:
            mine.pop().close()

    def _mine(self) -> list["_Reader"]:
        return self._idle.setdefault(os.getpid(), [])


class _Reader:
    """A session, and the connection under it. SQLAlchemy believes in one transaction that goes on for ever."""

    __slots__ = ("_connection", "_raw", "_transaction", "session")

    def __init__(self, engine: Engine) -> None:
        self._connection = engine.connect()
        self.session = Session(self._connection, expire_on_commit=False, autoflush=False)
        self._raw: Any = self.session.connection().connection.driver_connection
        self._transaction: SessionTransaction | None = self.session.get_transaction()

    def begin(self) -> None:
        self._raw.execute("BEGIN")

    def end(self) -> bool:
        """Forget what was read; whether the session can be used again."""
        session = self.session
        if session.get_transaction() is not self._transaction or not session.is_active:
            return False  # somebody ended it, or it failed: nobody knows what else
        if session.identity_map or session.new:  # most pages read no mapped rows
            session.expunge_all()
        self._raw.rollback()
        return True

    def close(self) -> None:
        self.session.close()
        self._connection.close()
