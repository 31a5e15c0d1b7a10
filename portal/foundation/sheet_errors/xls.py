"""The error cells of a sheet of an XLS workbook (BIFF8), a stream of records; and how many cells it spans.

Source: Microsoft, [MS-XLS] Excel Binary File Format.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping

from portal.foundation.sheet_errors.cells import ErrorCells, note
from portal.foundation.sheet_errors.compound import stream

_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
_BOUND_SHEET, _BOOL_OR_ERROR, _FORMULA, _BEGIN, _END = 0x85, 0x205, 0x06, 0x809, 0x0A
_DIMENSIONS, _SEVERAL = 0x200, 0xBD
_CELLS = {_FORMULA, _BOOL_OR_ERROR, _SEVERAL, 0x203, 0x204, 0x27E, 0xFD}
_MOST_ROWS, _MOST_COLUMNS = 65_536, 256
_MOST_WALKS = 4  # sheets stand one after the other; some programs leave out where one ends


def error_cells(data: bytes, sheet: str) -> Mapping[tuple[int, int], str]:
    """Row and column (counted from 1 and from 0) of the error cells, and what they read.

    Raises ValueError, IndexError or struct.error when the file is not built as such files are.
    """
    book = stream(data, "Workbook")
    start = next((at for name, at in _sheets(book) if name == sheet), None) if book else None
    if start is None:
        return {}
    found: ErrorCells = {}
    depth = 0
    for kind, record in _records(book, start):
        if kind == _BEGIN:
            depth += 1  # a chart in the sheet has a beginning and an end of its own
        elif kind == _END:
            depth -= 1
            if depth == 0:
                break
        elif depth == 1:
            code = _error_of(kind, record)
            if code is not None:
                row, column = struct.unpack_from("<HH", record)
                note(found, row + 1, column, _ERRORS.get(code, f"#ERROR {code}"))
    return found


def spanned(data: bytes) -> int:
    """How many cells the sheets span together, each from its first row and column.

    Raises ValueError, IndexError or struct.error when a sheet says that it has more rows or columns than there
    are, when many sheets are the same records, and when the file is not built as such files are.
    """
    book = stream(data, "Workbook") or stream(data, "Book")
    cells = walked = 0
    for _, at in _sheets(book):
        more, length = _span(book, at)
        cells, walked = cells + more, walked + length
        if walked > _MOST_WALKS * len(book):
            raise ValueError("sheets that overlap")
    return cells


def _span(book: bytes, start: int) -> tuple[int, int]:
    """How many cells a sheet spans, and how many bytes its records take."""
    rows = columns = depth = length = 0
    for kind, record in _records(book, start):
        length += 4 + len(record)
        if kind == _BEGIN:
            depth += 1
        elif kind == _END:
            depth -= 1
            if depth <= 0:
                break
        elif kind == _DIMENSIONS:
            _, down, _, across = struct.unpack_from("<4H" if len(record) < 14 else "<IIHH", record)
            _require_room(down, across)
        elif kind in _CELLS:
            row, column = struct.unpack_from("<HH", record)
            if kind == _SEVERAL:
                [column] = struct.unpack_from("<H", record, len(record) - 2)
            rows, columns = max(rows, row + 1), max(columns, column + 1)
    _require_room(rows, columns)
    return rows * columns, length


def _require_room(rows: int, columns: int) -> None:
    if rows > _MOST_ROWS or columns > _MOST_COLUMNS:
        raise ValueError(f"a sheet of {rows} × {columns} cells")


def _error_of(kind: int, record: bytes) -> int | None:
    """The code of the error the cell holds, typed in or computed; None when it holds none."""
    if kind == _BOOL_OR_ERROR and record[7]:
        return record[6]
    if kind == _FORMULA and record[12:14] == b"\xff\xff" and record[6] == 2:
        return record[8]
    return None


def _sheets(book: bytes) -> Iterator[tuple[str, int]]:
    """The name of each sheet, and where in the stream it begins."""
    for kind, record in _records(book, 0):
        if kind == _END:
            return
        if kind == _BOUND_SHEET:
            [at] = struct.unpack_from("<I", record)
            length, wide = record[6], record[7] & 1
            text = record[8 : 8 + (length * 2 if wide else length)]
            yield text.decode("utf-16-le" if wide else "latin-1"), at


def _records(book: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    while at + 4 <= len(book):
        kind, length = struct.unpack_from("<HH", book, at)
        yield kind, book[at + 4 : at + 4 + length]
        at += 4 + length
