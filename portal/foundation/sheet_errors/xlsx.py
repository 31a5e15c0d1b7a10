"""The error cells of a sheet of an XLSX workbook.

The patterns for cells take time in proportion to what they read, also of markup that was made to delay them: none
goes on past the next tag, and none can divide the same text in more than one way.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from xml.parsers import expat

from portal.foundation.sheet_errors.cells import ErrorCells, note

_BOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_IS_ERROR = re.compile(rb"""\st\s*=\s*["']e["']""")
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Z]{1,3})([0-9]{1,7})["']""")
_CELL = re.compile(
    rb"""<(?:\w+:)?c(?=[^<>]*\st\s*=\s*["']e["'])(\s[^<>]*+)>\s*+
    (?:<(?:\w+:)?f(?:[\s/][^<>]*+)?>(?:[^<]*+</(?:\w+:)?f\s*+>)?\s*+)?
    <(?:\w+:)?v(?:\s[^<>]*+)?>([^<]{1,40})<""",
    re.VERBOSE,
)
_CHUNK = 1 << 20
_LONGEST_MARKUP = 1 << 17  # a formula has at most 8,192 characters, and none is written with more than ten


def error_cells(data: bytes, sheet: str) -> Mapping[tuple[int, int], str]:
    """Row and column (counted from 1 and from 0) of the error cells, and what they read."""
    found: ErrorCells = {}
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        part = _part_of(archive, sheet)
        for tag, text in _cells(archive, part) if part else ():
            if place := _REFERENCE.search(tag):
                note(found, int(place[2]), _place(place[1]), text.decode("ascii", "replace"))
    return found


def _cells(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[bytes, bytes]]:
    """What stands in the tag of each error cell, and its value; some are given twice."""
    tail = b""
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            text = tail + chunk
            if _IS_ERROR.search(text):
                yield from _CELL.findall(text)
            tail = text[-_LONGEST_MARKUP:]


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str | None:
    names = set(archive.namelist())
    if not {_BOOK, _RELATIONS} <= names:
        return None
    wanted = next((one for one in _tags(archive, _BOOK, "sheet") if one.get("name") == sheet), {})
    relation = next((text for key, text in wanted.items() if key.endswith(":id")), "")
    for one in _tags(archive, _RELATIONS, "Relationship"):
        if one.get("Id") == relation:
            part = posixpath.normpath(posixpath.join("/xl", one.get("Target", ""))).lstrip("/")
            return part if part in names else None
    return None


def _tags(archive: zipfile.ZipFile, part: str, name: str) -> list[dict[str, str]]:
    """The attributes of the elements of that name, whatever their prefix."""
    found: list[dict[str, str]] = []

    def keep(element: str, attributes: dict[str, str]) -> None:
        if element.rpartition(":")[2] == name:
            found.append(attributes)

    parser = expat.ParserCreate()
    parser.StartElementHandler = keep
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            parser.Parse(chunk, False)
    parser.Parse(b"", True)
    return found


def _place(column: bytes) -> int:
    total = 0
    for letter in column:
        total = total * 26 + letter - 64
    return total - 1
