"""Cells and lines of CSV: what no spreadsheet takes for a formula, and every reader splits alike."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

BOM = b"\xef\xbb\xbf"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_QUOTED = re.compile(r'[",;\t\r\n]|^ | $')
_BETWEEN = "\x1f"
_ODD = re.compile(r'[",;\t\r\n]|(?:^|\x1f)[=+\-@ ]| (?:\x1f|$)')
"""Whatever in a line, its cells set apart, must be quoted or guarded; in most lines there is nothing."""
_ROWS_AT_ONCE = 500
_REMEMBERED = 1000  # cells: names, units and sources come again in every line
T = TypeVar("T")


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula; a number stays the number it is."""
    if text.startswith(FORMULA) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def csv_line(values: Sequence[Any]) -> bytes:
    """One line of CSV (RFC 4180); None is an empty cell."""
    cells = [v if v.__class__ is str else "" if v is None else _plain(v) for v in values]
    line = _BETWEEN.join(cells)
    if _ODD.search(line) or line.count(_BETWEEN) >= len(cells):
        return (",".join(map(_safe, cells)) + "\r\n").encode()
    return (line.replace(_BETWEEN, ",") + "\r\n").encode()


def in_blocks(rows: Iterable[T]) -> Iterator[list[T]]:
    """The rows, some hundred at a time."""
    rest = iter(rows)
    while block := list(islice(rest, _ROWS_AT_ONCE)):
        yield block


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


@lru_cache(_REMEMBERED)
def _safe(cell: str) -> str:
    return _quoted(guarded(cell))


def _quoted(cell: str) -> str:
    """Quoted where any spreadsheet could split it, semicolons of other locales included."""
    return '"' + cell.replace('"', '""') + '"' if _QUOTED.search(cell) else cell
