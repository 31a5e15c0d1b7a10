"""Single statements, each by itself: no session, no transaction, and the driver's connection kept for the next.

A statement outside a transaction is one of its own: it sees one moment, and what it writes is committed when the
server has answered. So it takes one exchange with a PostgreSQL server, where a session takes four.
"""

import os
import time
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.exc import DisconnectionError

IDLE = 1.0  # seconds after which a connection is asked whether its server is still there


class Lone:
    """Connections of an engine for single statements; at most `most` of them wait in each process."""

    def __init__(self, engine: Engine, most: int) -> None:
        self._engine = engine
        self._most = most
        self._idle: dict[int, list[tuple[Any, float]]] = {}  # by process: one that was forked inherits none

    def rows(self, words: str, values: Any) -> Sequence[tuple[Any, ...]]:
        """All that a query finds. Raises what the driver raises."""
        found: Sequence[tuple[Any, ...]] = self._use(lambda raw: raw.execute(words, values).fetchall())
        return found

    def run(self, words: str, values: Any) -> int:
        """Carry out a statement that writes; how many rows it touched. Raises what the driver raises."""
        touched: int = self._use(lambda raw: raw.execute(words, values).rowcount)
        return touched

    def close(self) -> None:
        mine = self._mine()
        while mine:
            mine.pop()[0].close()

    def _use(self, act: Callable[[Any], Any]) -> Any:
        raw = self._taken() or self._opened()
        try:
            found = act(raw)
        except BaseException:
            raw.close()
            raise
        mine = self._mine()
        if len(mine) < self._most:
            mine.append((raw, time.monotonic()))
        else:
            raw.close()
        return found

    def _taken(self) -> Any:
        """A connection that waits and is alive, the last used first; None when there is none."""
        mine = self._mine()
        while mine:
            try:
                raw, since = mine.pop()
            except IndexError:  # another thread was quicker
                return None
            if time.monotonic() - since < IDLE or _answers(self._engine, raw):
                return raw
            raw.close()
        return None

    def _opened(self) -> Any:
        """One that belongs to no pool, and in which every statement stands alone."""
        pooled = self._engine.raw_connection()
        raw: Any = pooled.driver_connection
        pooled.detach()
        if self._engine.dialect.name == "postgresql":
            raw.autocommit = True
        return raw

    def _mine(self) -> list[tuple[Any, float]]:
        return self._idle.setdefault(os.getpid(), [])


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
