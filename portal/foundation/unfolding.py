"""How large a spreadsheet becomes once it is unpacked, measured before anything is read into memory."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from xml.parsers import expat

from portal.foundation.faults import Fault, ImportRefused
from portal.foundation.i18n import N_

MOST_UNPACKED = 1 << 30
MOST_PARTS = 5_000
_CHUNK = 1 << 20
_OVERLAP = 64
_REFERENCE = re.compile(rb"""\sr\s*=\s*["']([A-Z]{1,3})([0-9]{1,9})["']""")
_BINARY = re.compile(r"/?xl/(_rels/)?workbook\.bin(\.rels)?", re.IGNORECASE)
"""By these parts the reader of values knows a workbook whose sheets are not XML: they are not measured here."""
_ODS_CONTENT = "content.xml"
_REPEATS = re.compile(r"[0-9]{1,9}")
_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
_FILLED = {
    "urn:oasis:names:tc:opendocument:xmlns:office:1.0 value-type",
    "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 value-type",  # all an error has
    f"{_TABLE} formula",
}


class _Entities(Exception):
    """The XML defines entities, which no spreadsheet does."""


class Endless(ValueError):
    """An ODS repeats a row or a cell by what is no number, or by one that no sheet has room for."""


def require_bounded(file: str, data: bytes, *, most_cells: int) -> None:
    """Raises ImportRefused when a zipped spreadsheet unfolds to more than the portal reads, or is broken."""
    if data[:2] != b"PK":
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            if any(_BINARY.fullmatch(part.filename.replace("\\", "/")) for part in parts):
                raise _refused(file, N_("a workbook saved as .xlsx; this one is of the binary kind (.xlsb)"))
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise _refused(file, N_("a spreadsheet that is not larger than 1 GB when unpacked"))
            for part in parts:
                if _cells(archive, part) > most_cells:
                    raise _refused(
                        file, N_("a sheet of fewer cells; delete what is far outside the table"), part.filename
                    )
    except _Entities:
        raise _refused(file, N_("a spreadsheet without XML entities")) from None
    except Endless as error:
        raise _refused(
            file, N_("a sheet of fewer cells; delete what is far outside the table"), str(error)
        ) from None
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise _refused(file, N_("a readable spreadsheet"), str(error)) from None
    except expat.ExpatError as error:
        raise _refused(file, N_("a readable spreadsheet"), str(error)) from None


def _refused(file: str, expected: str, found: str = "") -> ImportRefused:
    return ImportRefused([Fault(file, 1, "-", expected, found[:200])])


def _cells(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> int:
    """How many cells a part spans, from its first to its last; unpacking it whole proves its size as well."""
    spanned = _xlsx_cells(archive, part)
    return max(spanned, _ods_cells(_chunks(archive, part))) if part.filename == _ODS_CONTENT else spanned


def _xlsx_cells(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> int:
    is_markup = part.filename.lower().endswith((".xml", ".rels"))
    is_sheet = False  # what a part is called says nothing: the workbook names as its sheet whichever it wants
    widest = deepest = 0
    tail = b""
    for chunk in _chunks(archive, part):
        text = tail + chunk
        if is_markup and b"<!ENTITY" in text:
            raise _Entities
        is_sheet = is_sheet or b"sheetData" in text
        if is_sheet:
            found = set(_REFERENCE.findall(text))
            widest = max(widest, max((_number(column) for column, _ in found), default=0))
            deepest = max(deepest, max((int(row) for _, row in found), default=0))
        tail = text[-_OVERLAP:]
    return widest * deepest


def _chunks(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


def _number(column: bytes) -> int:
    total = 0
    for letter in column:
        total = total * 26 + letter - 64
    return total


class _OdsSpan:
    """Follows rows and cells, which an ODS repeats by a number; only filled ones count."""

    def __init__(self) -> None:
        self.most = self._depth = self._filled_depth = self._widest = 0
        self._place = self._width = self._repeated = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match name:
            case "table":
                self._depth = self._filled_depth = self._widest = 0
            case "table-row":
                self._place = self._width = 0
                self._repeated = repeats(attributes.get(f"{_TABLE} number-rows-repeated"))
            case "table-cell" | "covered-table-cell":
                self._place += repeats(attributes.get(f"{_TABLE} number-columns-repeated"))
                if not _FILLED.isdisjoint(attributes):
                    self._width = self._place

    def end(self, name: str) -> None:
        match name:
            case "table-row":
                self._depth += self._repeated
                if self._width:
                    self._filled_depth, self._widest = self._depth, max(self._widest, self._width)
            case "table":
                self.most = max(self.most, self._filled_depth * self._widest)


def repeats(text: str | None) -> int:
    """How often an ODS repeats a row or a cell: once when it does not say. Raises Endless."""
    if text is None:
        return 1
    if not _REPEATS.fullmatch(text):
        raise Endless(f"repeated {text[:20]} times")
    return int(text)


def _ods_cells(chunks: Iterator[bytes]) -> int:
    span = _OdsSpan()
    parser = expat.ParserCreate(namespace_separator=" ")

    def refuse(*_: object) -> None:
        raise _Entities

    def local(name: str) -> str:
        space, _, word = name.rpartition(" ")
        return word if space == _TABLE else ""

    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = lambda name, attributes: span.start(local(name), attributes)
    parser.EndElementHandler = lambda name: span.end(local(name))
    for chunk in chunks:
        parser.Parse(chunk, False)
    parser.Parse(b"", True)
    return span.most
