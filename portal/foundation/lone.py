"""Single statements, each by itself: no session, no transaction, and the driver's connection kept for the next.

A statement outside a transaction is one of its own: it sees one moment, and what it writes is committed when the
server has answered. So it takes one exchange with a PostgreSQL server, where a session takes four.
"""

import os
import re
import time
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

from sqlalchemy import Engine, event
from sqlalchemy.exc import DisconnectionError

T = TypeVar("T")
Rows = Sequence[tuple[Any, ...]]

IDLE = 1.0  # seconds after which a connection is asked whether its server is still there


NAMED = re.compile(r"%\((\w+)\)s")
"""How the driver of PostgreSQL has a parameter named."""


def numbered(words: str) -> tuple[bytes, tuple[str, ...]]:
    """A statement with named parameters as the server takes it ($1, $2, …), and their names in that order."""
    names: dict[str, int] = {}
    whole = NAMED.sub(lambda mark: f"${names.setdefault(mark[1], len(names) + 1)}", words)
    return whole.replace("%%", "%").encode(), tuple(names)


class Alone(Protocol):
    """A connection in which every statement stands alone. Words and values are as SQLite's driver takes them, or
    on PostgreSQL as `numbered` gives them."""

    def rows(self, words: Any, values: Sequence[Any]) -> Rows: ...
    def run(self, words: Any, values: Sequence[Any]) -> int: ...


class _Plain:
    """A connection of SQLite's driver."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    def rows(self, words: str, values: Sequence[Any]) -> Rows:
        found: Rows = self._raw.execute(words, values).fetchall()
        return found

    def run(self, words: str, values: Sequence[Any]) -> int:
        touched: int = self._raw.execute(words, values).rowcount
        return touched


class Lone:
    """Connections of an engine for single statements; at most `most` of them wait in each process."""

    def __init__(self, engine: Engine, most: int) -> None:
        self._engine = engine
        self._most = most
        self._idle: dict[int, list[_Idle]] = {}  # by process: one that was forked inherits none

    def rows(self, words: Any, values: Sequence[Any]) -> Rows:
        """All that a query finds. Raises what the driver raises."""
        return self._use(lambda on: on.rows(words, values))

    def run(self, words: Any, values: Sequence[Any]) -> int:
        """Carry out a statement that writes; how many rows it touched. Raises what the driver raises."""
        return self._use(lambda on: on.run(words, values))

    def close(self) -> None:
        mine = self._mine()
        while mine:
            mine.pop()[1].close()

    def _use(self, act: Callable[[Alone], T]) -> T:
        on, raw = self._taken() or self._opened()
        try:
            found = act(on)
        except BaseException:
            raw.close()
            raise
        mine = self._mine()
        if len(mine) < self._most:
            mine.append((on, raw, time.monotonic()))
        else:
            raw.close()
        return found

    def _taken(self) -> tuple[Alone, Any] | None:
        """A connection that waits and is alive, the last used first; None when there is none."""
        mine = self._mine()
        while mine:
            try:
                on, raw, since = mine.pop()
            except IndexError:  # another thread was quicker
                return None
            if time.monotonic() - since < IDLE or _answers(self._engine, raw):
                return on, raw
            raw.close()
        return None

    def _opened(self) -> tuple[Alone, Any]:
        """One that belongs to no pool."""
        pooled = self._engine.raw_connection()
        raw: Any = pooled.driver_connection
        pooled.detach()
        if self._engine.dialect.name != "postgresql":
            return _Plain(raw), raw
        from portal.foundation.prepared import Prepared  # loads its driver

        raw.autocommit = True
        return Prepared(raw), raw

    def _mine(self) -> list["_Idle"]:
        process = os.getpid()
        return self._idle.get(process) or self._idle.setdefault(process, [])


_Idle = tuple[Alone, Any, float]
"""What waits: a connection, the driver's own, and since when."""


def ask_if_idle(engine: Engine) -> None:
    """Let the engine's pool ask whether a connection is alive only when it has not been used for IDLE seconds.

    To ask each time costs as much as a short query.
    """

    def on_checkin(_raw: Any, record: Any) -> None:
        record.info["since"] = time.monotonic()

    def on_checkout(raw: Any, record: Any, _pooled: Any) -> None:
        since = record.info.get("since")
        if since is not None and time.monotonic() - since > IDLE and not _answers(engine, raw):
            raise DisconnectionError

    event.listen(engine, "checkin", on_checkin)
    event.listen(engine, "checkout", on_checkout)


def _answers(engine: Engine, raw: Any) -> bool:
    try:
        return bool(engine.dialect.do_ping(raw))
    except engine.dialect.loaded_dbapi.Error:
        return False
