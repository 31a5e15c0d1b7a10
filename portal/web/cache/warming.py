"""Drawing pages before somebody asks: after each edition, and before one that is due.

Both run in processes that answer nobody, and that nobody waits for. What they draw first is what readers had
asked for lately, then the pages that everybody starts from, then those that the new acts are about; in each
language.
"""

import threading
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

import structlog
from flask import Flask

from portal.foundation.i18n import URL_PREFIX
from portal.web.cache.edition import POLL_SECONDS, EditionFile
from portal.web.cache.files import FileShelf, Kept, written
from portal.web.cache.middleware import MOST_WARMED, PageCache
from portal.web.cache.page import Page
from portal.web.cache.shelf import Key
from portal.web.cache.states import History, Touched
from portal.web.locale import localised, split_locale

_ONE_LANGUAGE = "/api/"  # what stands below speaks none

log = structlog.get_logger()


def worth_drawing(
    app: Flask, kept: Iterable[Kept], touched: Touched, named: Sequence[str], *, most: int = MOST_WARMED
) -> list[Key]:
    """The pages to draw after acts that `touched` some and `named` others one by one; `most` at most."""
    asked = (one.key for one in kept if not _stays(one, touched))
    known = (key for path in chain(front_pages(app), named) for key in _in_each_language(path))
    return list(islice(dict.fromkeys(chain(asked, known)), most))


def front_pages(app: Flask) -> Iterator[str]:
    """Every published page whose address has no variable part."""
    for rule in app.url_map.iter_rules():
        if not rule.arguments - set(rule.defaults or ()) and hasattr(
            app.view_functions[rule.endpoint], "published_keys"
        ):
            yield rule.rule


class Warmer:
    """Keeps the shared level fresh: draws anew after each edition, and removes what is no longer so."""

    def __init__(
        self, app: Flask, cache: PageCache, edition: EditionFile, shelf: FileShelf, history: History
    ) -> None:
        self._app = app
        self._cache = cache
        self._edition = edition
        self._shelf = shelf
        self._history = history
        self._done: str | None = None

    def run_until(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                self.step()
            except Exception as error:  # the database may be away
                log.error("warming failed", error=type(error).__name__)
                stop.wait(2.0)
            stop.wait(POLL_SECONDS)

    def step(self) -> bool:
        """Do what a new edition asks for; False when there is none, or a newer one came meanwhile."""
        edition = self._edition.look()
        if edition == self._done or not edition or not edition.isdecimal():
            return False
        now = int(edition)
        before = int(self._done) if self._done is not None and int(self._done) <= now else now
        touched = self._history.touched(before, now)
        named = self._history.named(before, now, MOST_WARMED)
        for key in worth_drawing(self._app, self._shelf.kept(), touched, named):
            if self._edition.look() != edition:
                return False  # all that both touched is drawn in one go
            self._cache.draw_for_others(key, edition)
        for one in self._shelf.kept():
            if one.edition <= before < now and not _stays(one, touched):
                self._shelf.discard(one)
        self._shelf.sweep()
        self._done = edition
        return True


class DrawnAhead:
    """Pages of an edition that is not out yet. They are in this process's memory and nowhere else, and go to the
    shared level when, and only if, the edition is out and is the one that was foreseen."""

    def __init__(self, shelf: FileShelf, state: str) -> None:
        self._shelf = shelf
        self.state = state
        self.files: dict[Key, bytes] = {}

    def __len__(self) -> int:
        return len(self.files)

    def add(self, key: Key, page: Page) -> None:
        self.files[key] = written(key, self.state, page)  # now: handing over is waited for

    def reveal(self, state: str) -> int:
        """Hand the pages over, now that this is the state of publication; return how many were of use."""
        if state != self.state:
            return 0
        for key, data in self.files.items():
            self._shelf.put_written(key, data)
        return len(self.files)


def _stays(kept: Kept, touched: Touched) -> bool:
    return kept.carried and not touched(split_locale(kept.key[0])[1])


def _in_each_language(path: str) -> Iterator[Key]:
    yield path, ""
    if not path.startswith(_ONE_LANGUAGE):
        yield from ((localised(path, locale), "") for locale in URL_PREFIX)
