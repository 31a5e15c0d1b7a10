"""What tables of Word 97 say: numbers, places, stretches of places, and changes of how something looks."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import pairwise
from struct import error as StructError
from struct import unpack_from

PAGE = 512
_OPERANDS = (1, 1, 2, 4, 2, 2, 0, 3)
_TABLES, _TABS = (0xD606, 0xD608), 0xC615

Span = tuple[int, int]


class Spans:
    """Stretches of places, apart and in order."""

    def __init__(self, spans: Iterable[Span]) -> None:
        merged: list[list[int]] = []
        for start, end in sorted(spans):
            if merged and start <= merged[-1][1]:
                merged[-1][1] = max(merged[-1][1], end)
            elif start < end:
                merged.append([start, end])
        self._starts, self._ends = [one[0] for one in merged], [one[1] for one in merged]

    def __contains__(self, place: int) -> bool:
        at = bisect_right(self._starts, place) - 1
        return at >= 0 and place < self._ends[at]

    def within(self, start: int, end: int) -> Iterator[Span]:
        for at in range(bisect_right(self._ends, start), len(self._starts)):
            if self._starts[at] >= end:
                return
            yield max(start, self._starts[at]), min(end, self._ends[at])


def numbers(data: bytes, form: str, at: int) -> tuple[int, ...]:
    try:
        return unpack_from(form, data, at)
    except StructError:
        raise ValueError("numbers outside of the file") from None


def plc(data: bytes, beside: int) -> tuple[tuple[int, ...], int]:
    """Places, and how many things of that size stand beside them (2.2.2)."""
    count = (len(data) - 4) // (4 + beside)
    places = numbers(data, f"<{count + 1}i", 0) if count >= 0 else ()
    if not places:
        raise ValueError("a table without places")
    return places, count


def runs(page: bytes, width: int) -> Iterator[tuple[int, Span]]:
    """Stretches of the file of which something is said, and where in the page; `width` is of what leads there."""
    count = page[PAGE - 1]
    for number, span in enumerate(pairwise(numbers(page, f"<{count + 1}I", 0))):
        if at := 2 * page[4 * (count + 1) + width * number]:
            yield at, span


def changes_in(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Each change of how something looks, with what is said of it (2.2.5)."""
    at = 0
    while at + 3 <= len(data):
        (code,) = unpack_from("<H", data, at)
        at += 2
        size = _OPERANDS[code >> 13]
        if code in _TABLES:
            size = numbers(data, "<H", at)[0] + 1
        elif not size:
            if code == _TABS and data[at] == 255:
                return
            size = 1 + data[at]
        if at + size > len(data):
            return
        yield code, data[at : at + size]
        at += size
