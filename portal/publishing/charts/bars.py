"""Bars: shares of levels to both sides of a line, and values between nothing and a most.

Each row has its words on a line of its own above its bar, so that no words can meet a bar or each other.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple, TypeVar

from .measure import label_at, text_width
from .values import Box, Label, LabelKind, Size

Row = TypeVar("Row")
BAR = 18.0
_EDGE = 8.0


class Piece(NamedTuple):
    """A stretch of a bar; `tone` says which, by name."""

    tone: str
    box: Box


class Bracket(NamedTuple):
    """An interval, drawn below its bar."""

    low: float
    high: float
    y: float


@dataclass(frozen=True)
class Shares:
    """One row: shares of 0 to 1 to the left and to the right of the line, from the line outwards."""

    text: str
    left: tuple[tuple[str, Decimal], ...]
    right: tuple[tuple[str, Decimal], ...]
    low: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True)
class Amount:
    """One row: a value between 0 and the most, or None where there is none."""

    text: str
    value: Decimal | None
    low: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True)
class Bars:
    size: Size
    start: float
    """Where the bars start from, as x; drawn beside each bar."""
    tops: tuple[float, ...]
    pieces: tuple[Piece, ...]
    brackets: tuple[Bracket, ...]
    labels: tuple[Label, ...]


def diverging(rows: Sequence[Shares], width: float, text: float) -> Bars | None:
    """Rows of shares on one scale; None without rows."""
    if not rows:
        return None
    most_left = max(sum((share for _, share in row.left), Decimal(0)) for row in rows)
    most_right = max(max(sum((share for _, share in row.right), Decimal(0)), row.high or 0) for row in rows)
    room = float(most_left + most_right) or 1.0
    unit = (width - 2 * _EDGE) / room
    start = _EDGE + float(most_left) * unit
    pieces: list[Piece] = []
    brackets: list[Bracket] = []
    labels: list[Label] = []
    for bar, row in _bars(rows, text):
        labels.append(_heading(row.text, bar, width, text))
        for tone, box in (*_stack(row.right, start, unit, bar), *_stack(row.left, start, -unit, bar)):
            pieces.append(Piece(tone, box))
        labels.extend(_inside(row, start, unit, bar, text))
        if row.low is not None and row.high is not None:
            y = bar + BAR + 5
            brackets.append(Bracket(start + float(row.low) * unit, start + float(row.high) * unit, y))
    height = _height(len(rows), text)
    tops = tuple(top for top, _ in _bars(rows, text))
    return Bars(Size(width, height, text), start, tops, tuple(pieces), tuple(brackets), tuple(labels))


def amounts(rows: Sequence[Amount], most: Decimal, width: float, text: float) -> Bars | None:
    """Rows of values on one scale from nothing to `most`; None without rows."""
    if not rows:
        return None
    unit = (width - 2 * _EDGE) / float(most)
    pieces: list[Piece] = []
    brackets: list[Bracket] = []
    labels: list[Label] = []
    for bar, row in _bars(rows, text):
        labels.append(_heading(row.text, bar, width, text))
        pieces.append(Piece("track", Box(_EDGE, bar, width - _EDGE, bar + BAR)))
        if row.value is not None:
            end = _EDGE + float(min(max(row.value, Decimal(0)), most)) * unit
            pieces.append(Piece("amount", Box(_EDGE, bar, end, bar + BAR)))
        if row.low is not None and row.high is not None and row.low != row.high:
            y = bar + BAR + 5
            brackets.append(Bracket(_EDGE + float(row.low) * unit, _EDGE + float(row.high) * unit, y))
    height = _height(len(rows), text)
    tops = tuple(top for top, _ in _bars(rows, text))
    return Bars(Size(width, height, text), _EDGE, tops, tuple(pieces), tuple(brackets), tuple(labels))


def _row_height(text: float) -> float:
    return text * 1.45 + BAR + 20


def _height(rows: int, text: float) -> float:
    return rows * _row_height(text) + 6


def _bars(rows: Sequence[Row], text: float) -> Iterator[tuple[float, Row]]:
    """Each row with the top of its bar."""
    for place, row in enumerate(rows):
        yield 4 + place * _row_height(text) + text * 1.45, row


def _heading(words: str, bar: float, width: float, text: float) -> Label:
    while text_width(words, text) > width - 2 * _EDGE and len(words) > 4:
        words = words.rstrip("…")[:-2].rstrip() + "…"
    return label_at(LabelKind.VALUE, words, _EDGE, bar - text * 0.45, "start", text)


def _stack(shares: Sequence[tuple[str, Decimal]], start: float, unit: float, top: float) -> Iterator[Piece]:
    at = start
    for tone, share in shares:
        end = at + float(share) * unit
        if share:
            yield Piece(tone, Box(min(at, end), top, max(at, end), top + BAR))
        at = end


def _inside(row: Shares, start: float, unit: float, top: float, text: float) -> Iterator[Label]:
    """Per cent inside a stretch that is wide enough for it."""
    size = text - 2
    for tone, box in (*_stack(row.right, start, unit, top), *_stack(row.left, start, -unit, top)):
        share = (box.right - box.left) / abs(unit)
        words = f"{share * 100:.0f}%"
        if text_width(words, size) + 6 <= box.right - box.left:
            x = (box.left + box.right) / 2
            kind = LabelKind.ON_DARK if tone in _DARK else LabelKind.ON_LIGHT
            yield label_at(kind, words, x, top + BAR / 2 + size * 0.36, "middle", size)


_DARK = frozenset({"level-5", "level-4", "level-1"})
