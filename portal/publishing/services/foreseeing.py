"""What the job runner does for a release that is due: pages and files are made ahead, by processes of their own.

The one for pages (`python -m portal draw-ahead`) rehearses the release and keeps what it drew in its memory; the
one for files (`python -m portal files-ahead`) begins some minutes before the time, and keeps them under no
address. Once the head over the release is signed, so that nothing can stop it any more, each is given the name
of the state that comes; if that is the one it foresaw, it hands over what it made: pages to the files that all
processes share, files to the shelf, where nobody finds them before the release is committed. They are waited for
a moment and no longer before web processes are told: what is not handed over in time is made when somebody asks.
"""

from __future__ import annotations

import os
import selectors
import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select

from portal.config import Settings
from portal.foundation.context import Portal
from portal.publishing.models import ReleasePlan, ScheduledRelease
from portal.publishing.standing import newest_edition

LEAD = timedelta(seconds=30)
FILES_LEAD = timedelta(minutes=10)
"""Files of a million figures take minutes."""
LEAST = timedelta(seconds=10)
"""Less time than this before a release is too little to make anything."""
LOCKED_SECONDS = 0.1
"""So long the release, signed already, waits for its pages in its transaction: other writers wait with it."""
PATIENCE_SECONDS = 0.2
"""And so long web processes are not told of it."""

log = structlog.get_logger()

Foreseen = tuple[str, datetime, int]
"""Which release, when, and upon which edition it is to come."""


class Ahead:
    """The process that makes something ahead, one at a time, by a command; used from the threads of one runner."""

    def __init__(
        self,
        command: str = "draw-ahead",
        lead: timedelta = LEAD,
        wanted: Callable[[Settings], object] = lambda settings: settings.page_files_mb,
    ) -> None:
        self._command = command
        self._lead = lead
        self._wanted = wanted
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._foreseen: Foreseen | None = None
        self._ready = False

    def next_due(self, portal: Portal) -> datetime | None:
        """When there is something to make ahead that is not made yet."""
        if not self._wanted(portal.settings):
            return None
        coming = _coming(portal)
        if coming is None or coming[1] - portal.clock.now() < LEAST:
            return None
        return None if coming == self._foreseen else coming[1] - self._lead

    def start(self, portal: Portal) -> None:
        """Have it made for the next release, in place of any made for another or upon another edition."""
        coming = _coming(portal)
        if coming is None:
            return
        with self._lock:
            self._end()
            self._foreseen, self._ready = coming, False
            self._child = subprocess.Popen(  # noqa: S603  (our own)
                [sys.executable, "-m", "portal", self._command, coming[0], coming[1].isoformat()],
                env=os.environ | portal.settings.environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
                start_new_session=True,
            )

    def reveal(self, state: str) -> Callable[[], object]:
        """This state is about to be public: have what was made for it handed over, and wait a little while
        nobody can read it yet. What is given waits for the rest of it, a moment at most."""
        with self._lock:
            child = self._child
            if child is None or child.stdin is None:
                return _nothing
            try:
                if not self._is_ready(child, 0.0):
                    log.warning("nothing was ready ahead", command=self._command, status=child.poll())
                else:
                    child.stdin.write(f"{state}\n".encode())
                    child.stdin.flush()
                    if not _says(child, within=LOCKED_SECONDS):
                        return lambda: self._wait_for(child)
                    log.info("what was made ahead was handed over", command=self._command)
            except OSError:
                log.warning("what was made ahead is lost", command=self._command, status=child.poll())
            self._end()
            return _nothing

    def _wait_for(self, child: subprocess.Popen[bytes]) -> None:
        with self._lock:
            if child is not self._child:
                return
            if _says(child, within=PATIENCE_SECONDS):
                log.info("what was made ahead was handed over late", command=self._command)
            else:
                log.warning("what was made ahead was not handed over in time", command=self._command)
            self._end()

    def is_ready(self, within: float = 0.0) -> bool:
        """Whether, within so many seconds, all pages are drawn that there was time for."""
        with self._lock:
            return self._child is not None and self._is_ready(self._child, within)

    def end(self) -> None:
        """Throw away what was drawn."""
        with self._lock:
            self._end()

    def _is_ready(self, child: subprocess.Popen[bytes], within: float) -> bool:
        self._ready = self._ready or _says(child, within=within)
        return self._ready

    def _end(self) -> None:
        """Let the process go: it ends when it reads no more."""
        child, self._child = self._child, None
        if child is None:
            return
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue
        threading.Thread(target=child.wait, daemon=True).start()


def _nothing() -> None:
    """There is nothing to wait for."""


def _coming(portal: Portal) -> Foreseen | None:
    with portal.database.read() as session:
        row = session.execute(
            select(ReleasePlan.slug, ReleasePlan.at)
            .join(ScheduledRelease, ScheduledRelease.slug == ReleasePlan.slug)
            .where(ReleasePlan.at.is_not(None))
            .order_by(ReleasePlan.at)
            .limit(1)
        ).first()
        return None if row is None or row.at is None else (row.slug, row.at, newest_edition(session))


def _says(child: subprocess.Popen[bytes], *, within: float) -> bool:
    """Whether the process writes a line within so many seconds."""
    with selectors.DefaultSelector() as selector:
        assert child.stdout is not None  # noqa: S101  (it was started with a pipe)
        selector.register(child.stdout, selectors.EVENT_READ)
        return bool(selector.select(within)) and bool(child.stdout.readline())
