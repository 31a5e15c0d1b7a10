"""The two processes that draw pages for all others: after each edition, and before a release that is due."""

import os
import threading
from collections.abc import Iterable
from datetime import datetime, timedelta

from portal.app import create_app
from portal.foundation.context import Portal
from portal.publishing.services.rehearsing import Rehearsal, rehearse
from portal.web import edition_file
from portal.web.cache import HISTORY, PAGES, PageCache
from portal.web.cache.middleware import MOST_WARMED
from portal.web.cache.shared import open_files
from portal.web.cache.shelf import Key
from portal.web.cache.warming import DrawnAhead, Warmer, worth_drawing
from portal.web.locale import split_locale

POLITENESS = 10
QUIET = timedelta(seconds=1)
"""So long before a release nothing is drawn any more, for the appender to have machine and database to itself."""
_AT_ONCE = 4  # pages in one rehearsal: some 30 ms in which, on SQLite, other writers wait


def warmer(portal: Portal) -> Warmer | None:
    """What keeps the pages of this installation drawn; None when they are not kept in files."""
    shelf = open_files(portal.settings)
    if shelf is None:
        return None
    app = create_app(portal)
    return Warmer(app, app.extensions[PAGES], edition_file(portal.settings), shelf, app.extensions[HISTORY])


def keep_warm(portal: Portal, stop: threading.Event) -> None:
    """Draw pages after each edition, until asked to stop; whoever answers readers goes first."""
    os.nice(POLITENESS)
    found = warmer(portal)
    if found is not None:
        found.run_until(stop)


def draw_ahead(portal: Portal, *, slug: str, at: datetime, most: int = MOST_WARMED) -> DrawnAhead | None:
    """The pages of a release that waits for its time, as they will be: `most` at most, and no more than there is
    time for. None when its edition was overtaken meanwhile, or pages are not kept in files. Raises NotWaiting."""
    shelf = open_files(portal.settings)
    if shelf is None:
        return None
    rehearsal = rehearse(portal, slug=slug, at=at)
    app = create_app(portal)
    named = [f"/releases/{slug}", *rehearsal.named(most)]
    keys = worth_drawing(app, shelf.kept(), rehearsal.touched, named, most=most)
    ahead: DrawnAhead | None = None
    for start in range(0, len(keys), _AT_ONCE):
        if portal.clock.now() > at - QUIET:
            break
        some = keys[start : start + _AT_ONCE]
        with rehearsal.published(*(split_locale(path)[1] for path, _ in some)) as state:
            if ahead is None:
                ahead = DrawnAhead(shelf, state)
            elif state != ahead.state:
                return None
            _draw(app.extensions[PAGES], rehearsal, some, ahead)
    return ahead


def _draw(cache: PageCache, rehearsal: Rehearsal, keys: Iterable[Key], ahead: DrawnAhead) -> None:
    """A page that shows the head which nobody signed yet is none that will ever be shown."""
    mark = rehearsal.mark.encode()
    for key in keys:
        page = cache.draw(key)
        if page is not None and mark not in page.plain:
            ahead.add(key, page)
