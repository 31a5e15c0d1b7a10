"""The error cells of a sheet of an ODS workbook.

LibreOffice marks them by a type of its own; other programs keep a formula whose words are those of an error.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from xml.parsers import expat

from portal.foundation.sheet_errors.cells import LONGEST, ErrorCells, note
from portal.foundation.unfolding import repeats

_CONTENT = "content.xml"
_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
_CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"
_WORDS = re.compile(r"#(N/A|REF!|DIV/0!|VALUE!|NAME\?|NUM!|NULL!)|Err:\d{3}")
_CHUNK = 1 << 20
_CELLS = (f"{_TABLE} table-cell", f"{_TABLE} covered-table-cell")


def error_cells(data: bytes, sheet: str) -> Mapping[tuple[int, int], str]:
    """Row and column (counted from 1 and from 0) of the error cells, and what they read."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if _CONTENT not in archive.namelist():
            return {}
        reading = _Reading(sheet)
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = reading.start
        parser.EndElementHandler = reading.end
        parser.CharacterDataHandler = reading.words
        with archive.open(_CONTENT) as stream:
            while chunk := stream.read(_CHUNK):
                parser.Parse(chunk)
        parser.Parse(b"", True)
    return reading.found


class _Reading:
    """Follows the cells of one sheet, which ODS repeats by numbers."""

    def __init__(self, sheet: str) -> None:
        self.found: ErrorCells = {}
        self._sheet, self._inside, self._in_cell = sheet, False, False
        self._row = self._rows = self._column = self._columns = 0
        self._is_error = self._is_formula = False
        self._text = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == f"{_TABLE} table":
            self._inside = attributes.get(f"{_TABLE} name") == self._sheet
            self._row = 0
        elif not self._inside:
            return
        elif name == f"{_TABLE} table-row":
            self._rows, self._column = repeats(attributes.get(f"{_TABLE} number-rows-repeated")), 0
        elif name in _CELLS:
            self._columns = repeats(attributes.get(f"{_TABLE} number-columns-repeated"))
            self._in_cell, self._text = True, ""
            self._is_error = attributes.get(f"{_CALC} value-type") == "error"
            self._is_formula = f"{_TABLE} formula" in attributes

    def words(self, text: str) -> None:
        if self._in_cell and (self._is_error or self._is_formula) and len(self._text) < LONGEST:
            self._text += text

    def end(self, name: str) -> None:
        if not self._inside:
            return
        if name == f"{_TABLE} table":
            self._inside = False
        elif name == f"{_TABLE} table-row":
            self._row += self._rows
        elif name in _CELLS:
            self._note(self._text.strip())
            self._column += self._columns
            self._in_cell = False

    def _note(self, text: str) -> None:
        if not self._is_error and not (self._is_formula and _WORDS.fullmatch(text)):
            return
        for down in range(self._rows if self._columns else 0):
            for across in range(self._columns):
                note(self.found, self._row + down + 1, self._column + across, text or "#N/A")
