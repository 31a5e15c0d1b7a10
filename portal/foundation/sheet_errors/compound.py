"""A stream of a compound file, which is kept in sectors that name the next one.

Everything is followed as the reader of the values follows it, so that what would lead that reader round in a
circle or out of the file is found here first. Source: Microsoft, [MS-CFB] Compound File Binary File Format.
"""

from __future__ import annotations

import struct

_FREE = 0xFFFFFFFA  # this number and those above it are no sectors
_NO_TABLE = 0xFFFFFFFC
_LAST = 0xFFFFFFFE
_ENTRY = 128
_MINI = 64  # bytes of a sector of a small stream
_LEAST = 4_096  # bytes of a stream that is not small
_IN_HEADER = 109  # sectors of the table that the header names


def stream(data: bytes, name: str) -> bytes:
    """A stream of a compound file; empty when there is none of that name.

    Raises ValueError, IndexError or struct.error when the file is not built as such files are.
    """
    shift, mini_shift = struct.unpack_from("<HH", data, 30)
    if shift not in (9, 12) or mini_shift != 6:
        raise ValueError("sectors of an unknown size")
    size = 1 << shift
    body = memoryview(data)[size:]  # the first sector comes after the header
    directories, tables, first_directory, _, _, first_mini, minis, first_more, more = struct.unpack_from(
        "<9I", data, 40
    )
    if max(directories, tables, minis, more) > len(data) // size:
        raise ValueError("more sectors than the file has")
    table = _table(data, body, size, first_more)
    directory = _joined(body, size, _chain(first_directory, table, len(body), size))
    small, mini_table = memoryview(b""), list[int]()
    if minis:
        [root, holds] = struct.unpack_from("<II", directory, 116)
        small = memoryview(_joined(body, size, _chain(root, table, len(body), size)))
        mini_table = _numbers(_joined(body, size, _chain(first_mini, table, len(body), size)))
        if holds > len(data):
            raise ValueError("a stream longer than the file")
    entries = (directory[at : at + _ENTRY] for at in range(0, len(directory), _ENTRY))
    wanted = next((entry for entry in entries if _name(entry) == name), None)
    if wanted is None:
        return b""
    begins, holds = struct.unpack_from("<IQ" if shift == 12 else "<II", wanted, 116)
    if holds > len(data):
        raise ValueError("a stream longer than the file")
    if holds >= _LEAST:
        return _joined(body, size, _chain(begins, table, len(body), size), holds)
    return _joined(small, _MINI, _chain(begins, mini_table, len(small), _MINI), holds)


def _table(data: bytes, body: memoryview, size: int, more: int) -> list[int]:
    """Which sector follows each sector of the file. A table for more sectors than there are is read no further."""
    held = len(body) // size + 1
    sectors = _numbers(data[76:512])
    seen: set[int] = set()
    while more < _FREE:
        numbers = _numbers(_sector(body, more, size))
        if more in seen or len(numbers) < 2:
            raise ValueError("a table of sectors in a circle or cut off")
        seen.add(more)
        sectors.extend(numbers[:-1])
        more = numbers[-1]
    used = [one for one in sectors if one < _NO_TABLE]
    if max(used, default=0) >= held or len(used) > held + _IN_HEADER:
        raise ValueError("a table of sectors outside the file")
    return [number for one in used[: held // (size // 4) + 1] for number in _numbers(_sector(body, one, size))]


def _chain(first: int, table: list[int], length: int, size: int) -> list[int]:
    """The sectors one after the other. Raises ValueError when they run in a circle or out of the file."""
    chain: list[int] = []
    seen: set[int] = set()
    while first != _LAST:
        if first in seen:
            raise ValueError("sectors in a circle")
        if first * size >= length:
            raise ValueError("a sector outside the file")
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
