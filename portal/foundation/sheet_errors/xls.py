"""The error cells of a sheet of an XLS workbook (BIFF8): a stream of records in a compound file.

Sources: Microsoft, [MS-CFB] Compound File Binary File Format and [MS-XLS] Excel Binary File Format.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping

from portal.foundation.sheet_errors.cells import ErrorCells, note

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
_MINI = 64  # bytes of a sector of a small stream
_LEAST = 4_096  # bytes of a stream that is not small


def error_cells(data: bytes, sheet: str) -> Mapping[tuple[int, int], str]:
    """Row and column (counted from 1 and from 0) of the error cells, and what they read.

    Raises ValueError, IndexError or struct.error when the file is not built as such files are.
    """
    book = _stream(data, "Workbook")
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
    body = memoryview(data)[size:]  # the first sector comes after the header
    [first_directory, _, _, first_mini] = struct.unpack_from("<4I", data, 48)
    table = _table(data, body, size)
    directory = _joined(body, size, _chain(first_directory, table, len(body) // size))
    entries = [directory[at : at + _ENTRY] for at in range(0, len(directory), _ENTRY)]
    wanted = next((entry for entry in entries if _name(entry) == name), None)
    if wanted is None:
        return b""
    begins, holds = struct.unpack_from("<II", wanted, 116)
    if holds >= _LEAST:
        return _joined(body, size, _chain(begins, table, len(body) // size), holds)
    [root] = struct.unpack_from("<I", entries[0], 116)
    small = memoryview(_joined(body, size, _chain(root, table, len(body) // size)))
    minis = _numbers(_joined(body, size, _chain(first_mini, table, len(body) // size)))
    return _joined(small, _MINI, _chain(begins, minis, len(small) // _MINI), holds)


def _table(data: bytes, body: memoryview, size: int) -> list[int]:
    """Which sector follows each sector of the file. A table for more sectors than there are is read no further."""
    [count] = struct.unpack_from("<I", data, 44)
    [more] = struct.unpack_from("<I", data, 68)
    if count > len(data) // size:
        raise ValueError("more sectors than the file has")
    count = min(count, len(body) // size // (size // 4) + 1)
    sectors = _numbers(data[76:512])[:count]
    while more < _FREE and len(sectors) < count:
        numbers = _numbers(_sector(body, more, size))
        if len(numbers) < 2:
            raise ValueError("a table of sectors that is cut off")
        sectors.extend(numbers[:-1])
        more = numbers[-1]
    return [number for one in sectors[:count] for number in _numbers(_sector(body, one, size))]


def _chain(first: int, table: list[int], sectors: int) -> list[int]:
    """The numbers of the sectors one after the other. Raises ValueError when they run in a circle."""
    chain: list[int] = []
    seen: set[int] = set()
    while first < _FREE:
        if first in seen or len(seen) > sectors:
            raise ValueError("sectors in a circle")
        seen.add(first)
        chain.append(first)
        first = table[first]
    return chain


def _joined(source: memoryview, size: int, chain: list[int], holds: int | None = None) -> bytes:
    """What the sectors hold, and no more than the stream is said to."""
    used = chain if holds is None else chain[: -(-holds // size)]
    return b"".join(_sector(source, one, size) for one in used)[:holds]


def _name(entry: bytes) -> str:
    """The name of an entry of the directory, which ends with the first zero."""
    return entry[:64].decode("utf-16-le", "replace").partition("\0")[0]


def _sector(source: memoryview, number: int, size: int) -> memoryview:
    return source[number * size : (number + 1) * size]


def _numbers(data: bytes | memoryview) -> list[int]:
    return [number for (number,) in struct.iter_unpack("<I", data[: len(data) // 4 * 4])]
