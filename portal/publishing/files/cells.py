"""Cells and lines of CSV: what no spreadsheet takes for a formula, and every reader splits alike."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

BOM = b"\xef\xbb\xbf"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_QUOTED = re.compile(r'[",;\t\r\n]|^ | $')
_ROWS_AT_ONCE = 500


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula; a number stays the number it is."""
    if text.startswith(FORMULA) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def csv_line(values: Sequence[Any]) -> bytes:
    """One line of CSV (RFC 4180); None is an empty cell."""
    return (",".join(_quoted(_cell(value)) for value in values) + "\r\n").encode()


def in_blocks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in fewer pieces."""
    block: list[bytes] = []
    for piece in pieces:
        block.append(piece)
        if len(block) == _ROWS_AT_ONCE:
            yield b"".join(block)
            block.clear()
    yield b"".join(block)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return guarded(str(value))


def _quoted(cell: str) -> str:
    """Quoted where any spreadsheet could split it, semicolons of other locales included."""
    return '"' + cell.replace('"', '""') + '"' if _QUOTED.search(cell) else cell
