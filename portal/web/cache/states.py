"""What the page cache is told of the history of publication; the room `publishing` knows it."""

from collections.abc import Callable, Sequence
from typing import Protocol

Touched = Callable[[str], bool]
"""Whether an address (without language) changed between two editions."""
Changes = Callable[[int, int], Touched]
"""Says what changed after the first edition and up to the second."""


class History(Protocol):
    """The editions of this installation.

    A *state* names an edition and everything published up to it: its number, and the root hash of the log
    after it. Two databases that do not share their history share no state, whatever their numbers.
    """

    def touched(self, before: int, now: int) -> Touched:
        """What changed after edition `before` and up to edition `now`."""
        ...

    def named(self, before: int, now: int, most: int) -> Sequence[str]:
        """Addresses (without language) that acts after `before` and up to `now` touched one by one."""
        ...

    def newest(self) -> int:
        """The newest edition in the database at this moment."""
        ...

    def state(self, edition: int) -> str | None:
        """The state of an edition; None when there is no such edition."""
        ...

    def changed(self, path: str, edition: int) -> str | None:
        """The state in which the page at `path` (without language) last changed, up to an edition."""
        ...
