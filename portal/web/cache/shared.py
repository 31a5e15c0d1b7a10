"""The level below each process's memory: what one process of the machine drew, no other draws again."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

from portal.config import Settings
from portal.foundation.storage import PAGE_FILES
from portal.web.cache.build import build_of
from portal.web.cache.files import FileShelf
from portal.web.cache.page import Page
from portal.web.cache.shelf import Key
from portal.web.cache.states import History
from portal.web.cache.turns import Turns
from portal.web.locale import split_locale

WAIT_SECONDS = 5.0
_FIRST_PAUSE = 0.002
_LONGEST_PAUSE = 0.03

log = structlog.get_logger()


class Place:
    """Where a page belongs in the shared level: the page if it is there, else a place to put it down."""

    def __init__(self, page: Page | None = None, put: Callable[[Page], None] | None = None) -> None:
        self.page = page
        self._put = put

    def keep(self, page: Page) -> None:
        """Put the page down for the other processes, when it is the one that belongs here."""
        if self._put is not None:
            self._put(page)


class SharedPages:
    """Finds a page that another process drew, or gives the caller its turn to draw it."""

    def __init__(
        self, shelf: FileShelf, turns: Turns, history: History, *, patience: float = WAIT_SECONDS
    ) -> None:
        self._shelf = shelf
        self._turns = turns
        self._history = history
        self._patience = patience

    @contextmanager
    def place(self, key: Key, edition: str, *, carried: bool, in_turn: bool = True) -> Iterator[Place]:
        """The page's place in an edition, kept from other processes while the block runs.

        Who waited too long for another process, or whose disk or database fails, gets a place that keeps
        nothing, and draws for itself. Not `in_turn`, nobody waits for anybody.
        """
        state = self._state(key, edition, carried=carried)
        page = self._shelf.find(key, state) if state else None
        if page is None and state is not None and (newest := self._newest()) > int(edition):
            # published this moment, and this process not told yet: what is drawn now shows it, and may lie here
            edition = str(newest)
            state = self._state(key, edition, carried=carried)
            page = self._shelf.find(key, state) if state else None
        if state is None:
            yield Place()
            return
        if page is not None:
            yield Place(page)
            return
        page, may_put = self._wait(key, state) if in_turn else (None, True)
        try:
            yield Place(page, lambda drawn: self._put(key, state, edition, drawn) if may_put else None)
        finally:
            if may_put and in_turn:
                self._turns.leave(key)

    def _state(self, key: Key, edition: str, *, carried: bool) -> str | None:
        if not edition.isdecimal():
            return None
        try:
            if carried:
                return self._history.changed(split_locale(key[0])[1], int(edition))
            return self._history.state(int(edition))
        except Exception as error:  # the database may be away
            log.error("state of a page not known, it is not shared", error=type(error).__name__)
            return None

    def _newest(self) -> int:
        try:
            return self._history.newest()
        except Exception as error:
            log.error("newest edition not known, a page may not be shared", error=type(error).__name__)
            return 0

    def _wait(self, key: Key, state: str) -> tuple[Page | None, bool]:
        """The page as soon as another process has drawn it, or the turn to draw it, or neither in time."""
        end, pause = time.monotonic() + self._patience, _FIRST_PAUSE
        while not self._take(key):
            if time.monotonic() > end:
                return None, False
            time.sleep(pause)
            pause = min(pause * 1.5, _LONGEST_PAUSE)
            if (page := self._shelf.find(key, state)) is not None:
                return page, False
        return self._shelf.find(key, state), True  # perhaps drawn since we looked

    def _take(self, key: Key) -> bool:
        try:
            return self._turns.take(key)
        except OSError:
            return True  # where nothing can be locked, everybody may draw

    def _put(self, key: Key, state: str, edition: str, page: Page) -> None:
        """Keep it, unless the database went on while it was drawn: then nobody can say which state it shows."""
        try:
            if self._history.newest() == int(edition):
                self._shelf.put(key, state, page)
        except Exception as error:
            log.error("page not shared", error=type(error).__name__)


def open_shared(settings: Settings, history: History | None) -> SharedPages | None:
    """The shared level of this installation; None when the settings want none."""
    shelf = open_files(settings)
    if shelf is None or history is None:
        return None
    return SharedPages(shelf, Turns((settings.var / PAGE_FILES).with_name("turns")), history)


def open_files(settings: Settings) -> FileShelf | None:
    """The files of the shared level; None when the settings want none."""
    if not settings.page_files_mb:
        return None
    return FileShelf(settings.var, build_of(settings), settings.page_files_mb * 1024 * 1024)
