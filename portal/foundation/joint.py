"""Joint work: what several threads of a process ask for at once is carried out in one go.

Whoever comes meanwhile waits, and the next go takes all who wait. It begins when all those wait who said that they
are on their way, or a moment later. So nobody waits for long, nor at all who is alone; and the busier it is, the
more is done together.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

T = TypeVar("T")

MOST_WAIT = 0.01
"""Seconds that a go waits for those on their way."""


class Asked(Generic[T]):
    """What somebody waits for: that `outcome` is known, or `error` says why there is none."""

    __slots__ = ("_leads", "_turn", "error", "outcome", "what")

    def __init__(self, what: T) -> None:
        self.what = what
        self.outcome: Any = None
        self.error: BaseException | None = None
        self._leads = False
        self._turn = threading.Lock()
        self._turn.acquire()

    def wait(self) -> bool:
        """Until it is done, or it is theirs who wait to do all that waits; which of the two."""
        self._turn.acquire()
        return self._leads

    def lead(self) -> None:
        self._leads = True
        self._turn.release()

    def end(self) -> None:
        self._turn.release()


class Joint(Generic[T]):
    """`carry_out` is given all that waits, and says of each how it ended; what it raises, all raise of whom it had
    said nothing yet."""

    def __init__(self, carry_out: Callable[[Sequence[Asked[T]]], None]) -> None:
        self._carry_out = carry_out
        self._door = threading.Condition()
        self._waiting: list[Asked[T]] = []
        self._working = False
        self._on_way = 0

    @contextmanager
    def on_way(self) -> Iterator[None]:
        """This thread is going to ask for something, until the block ends."""
        with self._door:
            self._on_way += 1
        try:
            yield
        finally:
            with self._door:
                self._on_way -= 1
                self._door.notify_all()

    def do(self, what: T) -> Any:
        """What came of it. Raises what went wrong with this very thing."""
        mine = Asked(what)
        with self._door:
            self._waiting.append(mine)
            leads = not self._working
            self._working = True
            self._door.notify_all()
        if leads or mine.wait():
            self._work(mine)
        if mine.error is not None:
            raise mine.error
        return mine.outcome

    def _work(self, mine: Asked[T]) -> None:
        with self._door:
            self._door.wait_for(lambda: len(self._waiting) >= self._on_way, MOST_WAIT)
            all_asked, self._waiting = self._waiting, []
        try:
            self._carry_out(all_asked)
        except BaseException as error:
            for one in all_asked:
                if one.outcome is None and one.error is None:
                    one.error = error
        finally:
            with self._door:
                following = self._waiting[0] if self._waiting else None
                self._working = following is not None
            for one in all_asked:
                if one is not mine:
                    one.end()
            if following is not None:
                following.lead()
