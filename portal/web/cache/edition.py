"""Which edition is public: a small file that the appender writes after each commit."""

import os
import time
from collections.abc import Callable
from pathlib import Path

EDITION_FILE = Path("log", "edition")  # below `var`
POLL_SECONDS = 0.1
_LONGEST = 100  # bytes: a number


class EditionFile:
    """The number of the newest edition, as the appender last wrote it; read ten times a second at most, so
    that a release shows within a second of its time."""

    def __init__(
        self, path: Path, *, every: float = POLL_SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._path = path
        self._every = every
        self._clock = clock
        self._known = self._look()
        self._next_look = clock() + every

    def current(self) -> str | None:
        """The edition; None while no file is there."""
        moment = self._clock()
        if moment >= self._next_look:
            self._next_look = moment + self._every  # before reading, so that other threads do not read too
            self._known = self._look()
        return self._known

    def look(self) -> str | None:
        """The edition at this moment, however lately it was looked up."""
        self._next_look = self._clock() + self._every
        self._known = self._look()
        return self._known

    def _look(self) -> str | None:
        try:
            handle = os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            return os.read(handle, _LONGEST).decode("ascii").strip() or None
        finally:
            os.close(handle)
