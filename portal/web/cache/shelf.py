"""Pages in memory up to a bound, the longest unused out first."""

from collections import OrderedDict
from collections.abc import Callable

from portal.web.cache.page import Page

Key = tuple[str, str]
"""Path with language, and query with its keys in order."""


class Shelf:
    """What a cache keeps. Finding needs no lock; whoever puts or drops holds the cache's."""

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._pages: OrderedDict[Key, Page] = OrderedDict()
        self.size = 0

    def find(self, key: Key) -> Page | None:
        page = self._pages.get(key)
        if page is not None:
            try:
                self._pages.move_to_end(key)
            except KeyError:  # put out by another thread since it was found
                return page
        return page

    def put(self, key: Key, page: Page) -> None:
        if page.size > self._budget // 4:
            return
        old = self._pages.pop(key, None)
        self._pages[key] = page
        self.size += page.size - (old.size if old else 0)
        while self.size > self._budget:
            _, oldest = self._pages.popitem(last=False)
            self.size -= oldest.size

    def drop(self, goes: Callable[[Key, Page], bool]) -> list[Key]:
        """Put out every page for which `goes` says so; their keys, the last used first."""
        gone = [key for key, page in reversed(self._pages.items()) if goes(key, page)]
        for key in gone:
            self.size -= self._pages.pop(key).size
        return gone
