"""Workbooks: every cell of every sheet, hidden ones as well (they can be what was to be shown), and comments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from struct import unpack_from
from xml.etree.ElementTree import Element
from zipfile import ZipFile

from python_calamine import CalamineWorkbook, SheetVisibleEnum

from portal.cases.cleaning.compound import Compound
from portal.cases.cleaning.kinds import OLE, Refusal, Refused
from portal.cases.cleaning.texts import opened
from portal.cases.cleaning.texts.packages import HIDDEN, name_of, part, require_small, text_of

_FILE_PASS, _END = 0x2F, 0x0A
MOST_LETTERS = 8 * 1024 * 1024
_BESIDE = {
    "comments 批注": re.compile(r"xl/(?:threadedComments/threadedComment\d*|(?:comments/)?comments?\d*)\.xml"),
    "text boxes 文本框": re.compile(r"xl/drawings/drawing\d*\.xml"),
}


class _Words:
    def before(self, element: Element) -> str | None:
        return None if name_of(element) in ("authors", "Fallback") else ""

    def after(self, element: Element) -> str:
        return "\n" if name_of(element) in ("comment", "threadedComment", "p") else ""

    def says(self, element: Element) -> bool:
        return name_of(element) == "t" or (name_of(element) == "text" and not len(element))


def words(data: bytes) -> Iterator[str]:
    if data.startswith(b"PK"):
        with ZipFile(BytesIO(data)) as package:
            require_small(package)
    elif data.startswith(OLE) and _is_locked(data):
        raise Refused(Refusal.ENCRYPTED)
    book = CalamineWorkbook.from_filelike(BytesIO(data))
    hidden = {one.name for one in book.sheets_metadata if one.visible != SheetVisibleEnum.Visible}
    letters = 0
    for name in book.sheet_names:
        yield f"# {name} ({HIDDEN})" if name in hidden else f"# {name}"
        for row in book.get_sheet_by_name(name).to_python():
            line = "\t".join(str(cell) for cell in row)
            letters += len(line)
            if letters > MOST_LETTERS:
                raise Refused(Refusal.TOO_BIG)
            yield line
    if data.startswith(b"PK"):
        with ZipFile(BytesIO(data)) as package:
            yield from _beside(package)


def _is_locked(data: bytes) -> bool:
    """Whether an older workbook says before its first sheet that the rest is encrypted (MS-XLS, 2.4.117)."""
    file = Compound(data)
    stream, at = file.stream("Workbook" if "Workbook" in file.names else "Book"), 0
    while at + 4 <= len(stream):
        kind, size = unpack_from("<HH", stream, at)
        if kind in (_FILE_PASS, _END):
            return bool(kind == _FILE_PASS)
        at += 4 + size
    return False


def _beside(package: ZipFile) -> Iterator[str]:
    names = sorted(package.namelist())
    for label, pattern in _BESIDE.items():
        said = [text_of(part(package, name), _Words()).strip() for name in names if pattern.fullmatch(name)]
        if "content.xml" in names and "xl/workbook.xml" not in names and label.startswith("comments"):
            said = list(opened.comments(package))
        if any(said):
            yield f"# {label}"
            yield from (one for one in said if one)
