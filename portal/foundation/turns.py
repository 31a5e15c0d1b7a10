"""Long work in short turns: however much there is to write, whoever rates meanwhile waits for one turn.

How much fits into a turn depends on the machine and on what else it does, so each turn is measured, and the
next one takes more or less. On SQLite a commit also moves the log into the database whenever it has grown,
and everybody waits for that, too: here it is done between two turns, when nobody waits.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from portal.foundation.db import Database

AIM = 0.03
"""Seconds that a turn may keep others waiting."""
_MOST_CHANGE = 2.0


class Turns:
    """Transactions of one long work. Each writes `at_once` things; then the number is another one.

    `least` keeps what every transaction costs from growing above what is written in it.
    """

    def __init__(self, database: Database, *, least: int, first: int, most: int) -> None:
        self._database = database
        self._least, self._most = least, most
        self.at_once = first

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One turn: returning commits, raising rolls back."""
        with self._database.write_turn() as session:
            session.connection()  # others are kept waiting from here, not while we wait for them
            began = time.monotonic()
            yield session
        self._judge(time.monotonic() - began)
        self._database.tidy_log()

    def _judge(self, took: float) -> None:
        change = AIM / max(took, AIM / _MOST_CHANGE)
        fits = int(self.at_once * max(change, 1 / _MOST_CHANGE))
        self.at_once = max(self._least, min(self._most, fits))
