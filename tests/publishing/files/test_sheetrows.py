"""What is written into a sheet must come out of it: one stray character spoils the file for a spreadsheet."""

import re
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from hypothesis import given
from hypothesis import strategies as st

from portal.publishing.files.sheetrows import Styles, rows_xml, sheet_numbers
from portal.publishing.files.tables import Table, told

COLUMNS = told("text number:number whole:integer truth:boolean")
TABLE = Table("made-up", COLUMNS, ("text",), lambda _head, _context, _lines: iter(()))
STYLES = Styles("q", {at: f"n{at}" for at in range(16)})
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


def cells(**row: Any) -> dict[str, Element]:
    written = b"".join(rows_xml(TABLE, STYLES, [dict.fromkeys(TABLE.names) | row]))
    (found,) = ElementTree.fromstring(b"<sheetData>" + written + b"</sheetData>")  # noqa: S314  (our own)
    return {cell.attrib["r"]: cell for cell in found}


def shown(cell: Element) -> str:
    """As a spreadsheet reads it (ECMA-376, 22.9.2.19: _xHHHH_ stands for a character)."""
    text = cell.findtext("is/t") or ""
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found[1], 16)), text)


@given(TEXTS)
def test_any_text_comes_back_and_is_no_formula(text: str):
    cell = cells(text=text)["A2"]
    assert shown(cell) == text
    assert cell.find("f") is None and cell.attrib["t"] == "inlineStr"
    assert (cell.attrib.get("s") == "q") is text.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def test_numbers_keep_their_digits_and_those_too_long_become_texts():
    short, long = cells(number="-0.10")["B2"], cells(number="1234567890123456.5")["B2"]
    assert (short.attrib["s"], short.findtext("v")) == ("n2", "-0.10")
    assert (long.attrib["t"], shown(long)) == ("inlineStr", "1234567890123456.5")


def test_whole_numbers_truth_and_nothing():
    found = cells(whole=7, truth=False)
    assert set(found) == {"C2", "D2"}
    assert (found["C2"].findtext("v"), found["D2"].attrib["t"], found["D2"].findtext("v")) == ("7", "b", "0")


def test_a_text_longer_than_a_cell_is_cut_where_everybody_sees_it():
    assert shown(cells(text="x" * 40_000)["A2"]) == "x" * 32_766 + "…"


def test_every_row_has_a_sheet():
    assert [list(sheet_numbers(count, 3)) for count in (0, 1, 3, 7)] == [[0], [1], [3], [3, 3, 1]]
