"""A spreadsheet that is broken, hostile or huge is refused before it fills the memory."""

import io
import struct
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.foundation.sheet_errors import error_cells, is_error
from portal.foundation.tables import ImportRefused, parse_table


def xlsx(**parts: bytes) -> bytes:
    """A small workbook, with some of its parts replaced; `sheet` is the first worksheet."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.add_worksheet().write_row(0, 0, ["a", "b"])
    book.close()
    names = {"sheet": "xl/worksheets/sheet1.xml", "strings": "xl/sharedStrings.xml"}
    return repacked(out.getvalue(), {names[name]: content for name, content in parts.items()})


def repacked(data: bytes, parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(info.filename, parts.get(info.filename, old.read(info)))
    return out.getvalue()


SHEET = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'
ODS = b"""<?xml version="1.0"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"><office:body>
 <office:spreadsheet><table:table table:name="T">%s</table:table></office:spreadsheet></office:body>
</office:document-content>"""
FILLED = b'<table:table-cell office:value-type="string"%s><text:p>a</text:p></table:table-cell>'


def ods(rows: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", ODS % rows)
    return out.getvalue()


def said(file: str, data: bytes, **options: Any) -> str:
    with pytest.raises(ImportRefused) as refusal:
        parse_table(file, data, **options)
    return str(refusal.value.faults[0])


HUGE_ROWS = b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY l "lol"><!ENTITY m "&l;&l;&l;">]><a>&m;</a>'


@pytest.mark.parametrize(
    ("file", "data", "why"),
    [
        ("a.xlsx", b"", "readable"),
        ("a.xlsx", b"PK\x03\x04broken", "readable"),
        ("a.xlsx", xlsx()[:-40], "readable"),
        ("a.xlsx", xlsx(sheet=b"<worksheet><sheetData><row><c>"), "readable"),
        ("a.xlsx", xlsx(sheet=SHEET % HUGE_ROWS), "fewer cells"),
        ("a.xlsx", xlsx(strings=LAUGHS), "without XML entities"),
        ("a.ods", ods(b"<table:table-row"), "readable"),
        ("a.xls", b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "readable"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(256)) * 20, "readable"),
    ],
)
def test_what_is_no_sound_spreadsheet_is_refused(file: str, data: bytes, why: str) -> None:
    assert why in said(file, data)


def test_a_repeated_row_is_measured_and_empty_ones_cost_nothing() -> None:
    wide = FILLED % b' table:number-columns-repeated="16384"'
    bomb = b'<table:table-row table:number-rows-repeated="1048576">%s</table:table-row>' % wide
    assert "fewer cells" in said("a.ods", ods(bomb))
    nothing = b'<table:table-cell table:number-columns-repeated="16384"/>'
    empty = b'<table:table-row table:number-rows-repeated="1048570">%s</table:table-row>' % nothing
    row = b"<table:table-row>%s</table:table-row>" % (FILLED % b"")
    assert parse_table("a.ods", ods(row + row + empty)).headers == ("a",)


def test_a_zip_bomb_is_refused_by_what_it_says_and_by_what_it_holds() -> None:
    honest = xlsx(strings=b"<sst>" + b" " * (1 << 30) + b"</sst>")
    assert "1 GB" in said("a.xlsx", honest)
    place = honest.rfind(b"PK\x01\x02", 0, honest.rfind(b"xl/sharedStrings.xml"))
    lying = honest[: place + 24] + struct.pack("<I", 100) + honest[place + 28 :]
    assert "readable" in said("a.xlsx", lying)


def test_a_limit_of_cells_can_be_lower() -> None:
    rows = b"".join(b'<row r="%d"><c r="C%d"><v>1</v></c></row>' % (n, n) for n in range(1, 101))
    data = xlsx(sheet=SHEET % rows)
    assert len(parse_table("a.xlsx", data).rows) == 99
    assert "fewer cells" in said("a.xlsx", data, most_cells=299)


def test_hidden_sheets_are_not_read_unless_asked_for() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    secret, shown = book.add_worksheet("secret"), book.add_worksheet("shown")
    secret.write("A1", "hidden")
    shown.write("A1", "visible")
    shown.activate()
    shown.set_first_sheet()
    secret.hide()
    book.close()
    table = parse_table("a.xlsx", out.getvalue())
    assert (table.headers, table.sheet, table.sheets) == (("visible",), "shown", ("secret", "shown"))
    assert parse_table("a.xlsx", out.getvalue(), sheet="secret").headers == ("hidden",)
    assert "readable" in said("a.xlsx", out.getvalue(), sheet=7)


def test_formulas_are_read_as_what_was_seen_and_numbers_as_they_show() -> None:
    cells = (
        b'<row r="1"><c r="A1" t="str"><v>h</v></c><c r="B1" t="str"><v>n</v></c></row>'
        b'<row r="2"><c r="A2"><f>HYPERLINK("http://x")</f><v>5</v></c>'
        b'<c r="B2"><v>0.30000000000000004</v></c></row>'
        b'<row r="3"><c r="A3" t="e"><v>#DIV/0!</v></c><c r="B3"><v>1234567890123456789</v></c></row>'
    )
    rows = parse_table("a.xlsx", xlsx(sheet=SHEET % cells)).rows
    assert dict(rows[0].cells) == {"h": "5", "n": "0.3"}
    assert dict(rows[1].cells) == {"h": "#DIV/0!", "n": "1.23456789012346e+18"}


def test_a_million_empty_columns_of_a_csv_are_one_header_and_no_more() -> None:
    data = b"a" + b"," * 1_000_000 + b"\n1" + b"," * 1_000_000 + b"\n"
    assert parse_table("a.csv", data).rows[0].cells["a"] == "1"


ERRORS = Path(__file__).parent / "data"  # written by LibreOffice 7.4 from one sheet of formulas that fail


@pytest.mark.parametrize(
    ("kind", "computed"), [("xlsx", "#VALUE!"), ("xls", "#VALUE!"), ("ods", "Err:502")], ids=lambda one: one
)
def test_a_cell_that_holds_an_error_reads_as_the_error_and_never_as_empty(kind: str, computed: str) -> None:
    """Read as empty, a broken formula would become a figure that nobody has."""
    data = (ERRORS / f"errors.{kind}").read_bytes()
    table = parse_table(f"errors.{kind}", data, sheet="数据")
    assert [dict(row.cells) for row in table.rows] == [
        {"h": "a", "n": "1.5", "note": "ok"},
        {"h": "b", "n": "#DIV/0!", "note": "#N/A"},
        {"h": "c", "n": "#NAME?", "note": computed},
        {"h": "d", "n": computed, "note": "fine"},
        {"h": "e", "n": computed, "note": ""},
    ]
    assert all(is_error(text) for text in ("#DIV/0!", "#N/A", "#REF!", "#NAME?", computed))
    assert not any(is_error(text) for text in ("", "#", "#1", "Err", "N/A", "#N/A of 2021", "Errors: 12"))
    assert parse_table(f"errors.{kind}", data, sheet="cover").headers == ("x",)


def test_an_ods_of_another_program_whose_formula_shows_an_error_reads_as_the_error() -> None:
    cells = (
        '<table:table-row table:number-rows-repeated="2"><table:table-cell/>'
        '<table:table-cell table:number-columns-repeated="2" table:formula="of:=[.A9]" office:value-type="string">'
        "<text:p>#REF!</text:p></table:table-cell>"
        '<table:table-cell office:value-type="string"><text:p>#REF!</text:p></table:table-cell></table:table-row>'
    )
    found = error_cells(ods(cells.encode()), "T")
    assert found == {(1, 1): "#REF!", (1, 2): "#REF!", (2, 1): "#REF!", (2, 2): "#REF!"}


@given(st.data())
@settings(max_examples=200)
def test_a_spoilt_xls_is_refused_or_read_and_nothing_else(data: st.DataObject) -> None:
    whole = bytearray((ERRORS / "errors.xls").read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(8, 600) | st.integers(8, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with suppress(ValueError):
        error_cells(bytes(whole), "数据")
