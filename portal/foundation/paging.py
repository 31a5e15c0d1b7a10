"""One page of a longer list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    items: Sequence[T]
    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def shown(self) -> Sequence[int | None]:
        """The numbers of the pages that lead on from this one: the first, the last and those beside it; None where
        some are left out between them."""
        found: list[int | None] = []
        for n in sorted({1, self.pages, *range(max(1, self.number - 1), min(self.pages, self.number + 1) + 1)}):
            if found and found[-1] is not None and n - found[-1] > 1:
                found.append(None)
            found.append(n)
        return found
