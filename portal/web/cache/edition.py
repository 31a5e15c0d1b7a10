"""Which edition is public: a small file that the appender writes after each commit."""

import time
from collections.abc import Callable
from pathlib import Path

EDITION_FILE = Path("log", "edition")  # below `var`
POLL_SECONDS = 0.1


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
            return self._path.read_text("ascii").strip() or None
        except OSError:
            return None
