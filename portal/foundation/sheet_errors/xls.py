"""The error cells of a sheet of an XLS workbook (BIFF8): a stream of records in a compound file.

Sources: Microsoft, [MS-CFB] Compound File Binary File Format and [MS-XLS] Excel Binary File Format.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping

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
_FREE = 0xFFFFFFFA  # this number and those above it are no sectors
_ENTRY = 128


def error_cells(data: bytes, sheet: str) -> Mapping[tuple[int, int], str]:
    """Row and column (counted from 1 and from 0) of the error cells, and what they read.

    Raises ValueError, IndexError or struct.error when the file is not built as such files are.
    """
    book = _stream(data, "Workbook")
    start = next((at for name, at in _sheets(book) if name == sheet), None) if book else None
    if start is None:
        return {}
    found = {}
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
                found[row + 1, column] = _ERRORS.get(code, f"#ERROR {code}")
    return found


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


def _stream(data: bytes, name: str) -> bytes:
    """A stream of a compound file; empty when there is none of that name."""
    shift, mini_shift = struct.unpack_from("<HH", data, 30)
    if shift not in (9, 12) or mini_shift != 6:
        raise ValueError("sectors of an unknown size")
    size = 1 << shift
    [fats, first_directory] = struct.unpack_from("<II", data, 44)
    [least, first_mini, _minis, next_table, _tables] = struct.unpack_from("<5I", data, 56)
    if fats > len(data) // size:
        raise ValueError("more sectors than the file has")
    sectors = _numbers(data[76:512])[:fats]
    while next_table < _FREE and len(sectors) < fats:
        more = _numbers(_sector(data, next_table, size))
        sectors, next_table = sectors + more[:-1], more[-1]
    table = [number for one in sectors[:fats] for number in _numbers(_sector(data, one, size))]

    def chain(first: int) -> bytes:
        return b"".join(_sector(data, one, size) for one in _chain(first, table))

    root, wanted = None, None
    directory = chain(first_directory)
    for at in range(0, len(directory), _ENTRY):
        entry = directory[at : at + _ENTRY]
        [length] = struct.unpack_from("<H", entry, 64)
        begins, holds = struct.unpack_from("<II", entry, 116)
        if entry[66] == 5:
            root = begins
        if entry[66] == 2 and entry[: max(length - 2, 0)].decode("utf-16-le", "replace") == name:
            wanted = (begins, holds)
    if wanted is None:
        return b""
    begins, holds = wanted
    if holds >= least or root is None:
        return chain(begins)[:holds]
    small, minis = chain(root), _numbers(chain(first_mini))
    return b"".join(small[one * 64 : one * 64 + 64] for one in _chain(begins, minis))[:holds]


def _chain(first: int, table: list[int]) -> Iterator[int]:
    """The sectors one after the other. Raises ValueError when they run in a circle."""
    steps = 0
    while first < _FREE:
        yield first
        first, steps = table[first], steps + 1
        if steps > len(table):
            raise ValueError("sectors in a circle")


def _sector(data: bytes, number: int, size: int) -> bytes:
    return data[(number + 1) * size : (number + 2) * size]


def _numbers(data: bytes) -> list[int]:
    return [number for (number,) in struct.iter_unpack("<I", data[: len(data) // 4 * 4])]
