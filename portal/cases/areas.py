"""Parts of a picture, named by the cells of a grid laid over it, like those of a worksheet: `B3:D7`. Pure.

Somebody who has the picture before them with the grid drawn over it can write down by hand what is to be covered,
in a form that needs neither a script nor a picture on a page of ours.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from string import ascii_uppercase

COLUMNS = 26
"""A to Z, from left to right."""
ROWS = 40
"""1 to 40, from above to below."""
MOST_AREAS = 100
LETTERS = ascii_uppercase[:COLUMNS]

_CELL = r"([A-Z])0?([0-9]{1,2})"
_RANGE = re.compile(rf"{_CELL}(?:[:\-–—~至到]{_CELL})?")
_BETWEEN = re.compile(r"[\n,;，、；]+")


@dataclass(frozen=True, slots=True)
class Area:
    """Whole cells from one corner to the other, both included; counted from 0."""

    left: int
    top: int
    right: int
    bottom: int

    def __post_init__(self) -> None:
        if not (0 <= self.left <= self.right < COLUMNS and 0 <= self.top <= self.bottom < ROWS):
            raise ValueError("outside the grid")

    def __str__(self) -> str:
        first, last = f"{LETTERS[self.left]}{self.top + 1}", f"{LETTERS[self.right]}{self.bottom + 1}"
        return first if first == last else f"{first}:{last}"

    def pixels(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Left, top, right and bottom in a picture of this size; a dot that a cell touches belongs to it."""
        left, top = self.left * width // COLUMNS, self.top * height // ROWS
        right, bottom = -(-(self.right + 1) * width // COLUMNS), -(-(self.bottom + 1) * height // ROWS)
        return left, top, right, bottom


def areas_in(text: str) -> tuple[Area, ...]:
    """The areas that are written down, one on a line or between commas; corners in any order.

    Raises ValueError with the words that name no cells of the grid.
    """
    found = (part.strip() for part in _BETWEEN.split(unicodedata.normalize("NFKC", text)))
    areas = tuple(dict.fromkeys(_area(part) for part in found if part))
    if len(areas) > MOST_AREAS:
        raise ValueError(text)
    return areas


def written(areas: Iterable[Area]) -> str:
    """As `areas_in` reads it."""
    return "\n".join(str(one) for one in areas)


def _area(part: str) -> Area:
    match = _RANGE.fullmatch(re.sub(r"\s+", "", part).upper())
    if match is None:
        raise ValueError(part)
    column, row, other, below = match.groups()
    across = sorted((LETTERS.index(column), LETTERS.index(other or column)))
    down = sorted((int(row) - 1, int(below or row) - 1))
    try:
        return Area(across[0], down[0], across[1], down[1])
    except ValueError:
        raise ValueError(part) from None
