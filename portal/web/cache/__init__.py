"""The page cache: published pages answered before Flask is entered.

A published page depends on the edition in which it last changed, the language (a part of the path) and the
query keys its view names, and on nothing of the reader. So the reply to the first reader is the reply to all
until an act touches its address: compressed once, tagged with the digest of its bytes, kept in memory up to a
bound, oldest use out first.

`PageCache` wraps the WSGI application. It knows the edition from a small file that the appender writes and
that is looked at ten times a second at most; without that file nothing is kept. With a new edition it puts out the
pages that changed, carries the others over, and has again at once what readers had asked for. Headers are those
that Flask gave: a reply from the cache and one past it differ in nothing.

Below the memory of each process lies one level that all processes of a machine share (`files`): what one drew,
no other draws again, and of many that want a page at once, one draws it and the others wait (`turns`). There a
page has the name of the state of publication in which it last changed (`states`), so that it can never pass for
another edition's. `Warmer` fills that level after each edition, and `DrawnAhead` before one that is due, from
processes that answer nobody.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from portal.web.cache.edition import EDITION_FILE as EDITION_FILE
from portal.web.cache.edition import POLL_SECONDS as POLL_SECONDS
from portal.web.cache.edition import EditionFile as EditionFile
from portal.web.cache.middleware import LEVEL as LEVEL
from portal.web.cache.middleware import PageCache as PageCache
from portal.web.cache.page import Page as Page
from portal.web.cache.states import Changes as Changes
from portal.web.cache.states import History as History
from portal.web.cache.states import Touched as Touched

View = TypeVar("View", bound=Callable[..., Any])

HISTORY = "portal.history"
"""Under this name an application's extensions hold the `History` of what was published."""
PAGES = "portal.pages"
"""And under this one its `PageCache`."""


def published(*query_keys: str, carried: bool = False) -> Callable[[View], View]:
    """Mark a GET view whose reply depends on the edition, the path and these query keys alone.

    Put it below the route decorator. A request with any other query key is answered, but not kept. Every such
    page can be asked for as of an edition (`web.editions`). A `carried` page stays in the cache through every
    edition that does not touch its path; any other is dropped with each edition.
    """

    def mark(view: View) -> View:
        view.published_keys = frozenset({*query_keys, "edition"})  # type: ignore[attr-defined]
        view.carried = carried  # type: ignore[attr-defined]
        return view

    return mark
