"""What is found out once for each edition, because it grows with the register and pages ask for it again and
again: the order of all names, and how many entries there are.

An edition is known by its number and by the root hash of the log after it, so that what is true of it stays true,
whichever database holds it. Each process finds such things out for itself.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from sqlalchemy.orm import Session

from portal.publishing.queries.editions import find_head

T = TypeVar("T")

_MOST = 8  # the newest edition, and old ones that somebody looks at, in each language


class Kept(Generic[T]):
    """What `find` found, by edition and by what else was asked; the longest unused goes first."""

    def __init__(self, find: Callable[..., T]) -> None:
        self._find = find
        self._found: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, session: Session, *asked: Hashable, edition: int) -> T:
        """What `find(session, *asked, edition=edition)` gives, which must not be changed.

        An edition that nobody has signed yet may still become another: of it, nothing is kept.
        """
        head = find_head(session, edition)
        if head is None:
            return self._find(session, *asked, edition=edition)
        key = (edition, head, *asked)
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                return self._found[key]
        found = self._find(session, *asked, edition=edition)
        with self._lock:
            self._found[key] = found
            while len(self._found) > _MOST:
                self._found.popitem(last=False)
        return found
