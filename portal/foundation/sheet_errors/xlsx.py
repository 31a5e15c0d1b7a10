"""The error cells of a sheet of an XLSX workbook."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Mapping
from html import unescape

_SHEET = re.compile(r"<(?:\w+:)?sheet\s[^>]*>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\s[^>]*>")
_ATTRIBUTE = re.compile(r"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_ERROR = re.compile(
    rb"""<c\s(?=[^>]*\st="e")[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^>]*>(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)?<v>([^<]{1,40})</v>"""
)


def error_cells(data: bytes, sheet: str) -> Mapping[tuple[int, int], str]:
    """Row and column (counted from 1 and from 0) of the error cells, and what they read."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        part = _part_of(archive, sheet)
        if part is None:
            return {}
        content = archive.read(part)
    if b't="e"' not in content:
        return {}
    return {
        (int(row), _place(column)): text.decode("ascii", "replace")
        for column, row, text in _ERROR.findall(content)
    }


def _part_of(archive: zipfile.ZipFile, sheet: str) -> str | None:
    names = set(archive.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return None
    book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
    wanted = next((found for found in map(_attributes, _SHEET.findall(book)) if found.get("name") == sheet), {})
    relation = next((text for key, text in wanted.items() if key.endswith(":id")), "")
    relations = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    for found in map(_attributes, _RELATION.findall(relations)):
        if found.get("Id") == relation:
            part = posixpath.normpath(posixpath.join("/xl", found.get("Target", ""))).lstrip("/")
            return part if part in names else None
    return None


def _attributes(tag: str) -> dict[str, str]:
    return {name: unescape(one or other) for name, one, other in _ATTRIBUTE.findall(tag)}


def _place(column: bytes) -> int:
    total = 0
    for letter in column:
        total = total * 26 + letter - 64
    return total - 1
