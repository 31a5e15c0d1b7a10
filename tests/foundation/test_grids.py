"""A spreadsheet that is broken, hostile or huge is refused before it fills the memory."""

import io
import re
import struct
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.foundation.grids import read_grid
from portal.foundation.sheet_errors import TooManyErrors, error_cells, is_error
from portal.foundation.sheet_errors.cells import MOST_ERRORS
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
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for info in old.infolist():
            new.writestr(info.filename, parts.get(info.filename, old.read(info)))
    return out.getvalue()


SHEET = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'
ODS = b"""<?xml version="1.0"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0" office:version="1.2">
 <office:body><office:spreadsheet><table:table table:name="T">%s</table:table></office:spreadsheet></office:body>
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


@pytest.mark.parametrize(
    "part", ["xl/other/sheet1.xml", "xl/sharedStrings2.xml", "xl/worksheet.dat", "content.xml"]
)
def test_a_sheet_is_measured_whatever_its_part_is_called(part: str) -> None:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx(sheet=SHEET % HUGE_ROWS))) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            content = old.read(name).replace(b"worksheets/sheet1.xml", (b"/" + part.encode()))
            new.writestr(part if name == "xl/worksheets/sheet1.xml" else name, content)
    assert f"fewer cells; delete what is far outside the table, found '{part}'" in said("a.xlsx", out.getvalue())


def test_a_zip_bomb_is_refused_by_what_it_says_and_by_what_it_holds() -> None:
    honest = xlsx(strings=b"<sst>" + b" " * (1 << 30) + b"</sst>")
    assert "1 GB" in said("a.xlsx", honest)
    place = honest.rfind(b"PK\x01\x02", 0, honest.rfind(b"xl/sharedStrings.xml"))
    lying = honest[: place + 24] + struct.pack("<I", 100) + honest[place + 28 :]
    assert "readable" in said("a.xlsx", lying)


@pytest.mark.parametrize("part", ["xl/workbook.bin", "xl/_rels/workbook.bin.rels", "XL/Workbook.BIN"])
def test_a_binary_workbook_is_refused_under_any_name_because_nothing_measures_it(part: str) -> None:
    out = io.BytesIO(xlsx())
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(part, b"")
    assert "saved as .xlsx" in said("a.xlsx", out.getvalue())


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


ROW = b"<table:table-row%s>%s</table:table-row>"
ERROR = b'<table:table-cell calcext:value-type="error" table:number-columns-repeated="%d"/>'
EMPTY = b'<table:table-cell table:number-columns-repeated="%d"/>'
FEWER = "fewer cells; delete"


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (ROW % (b' table:number-rows-repeated="16384"', ERROR % 16_384 * 40), FEWER),
        (ROW % (b"", EMPTY % 150_000_000 + ERROR % 1), FEWER),
        (ROW % (b"", EMPTY % 16_384 + ERROR % 1), "row 2, column 16385"),
        (ROW % (b' table:number-rows-repeated="1048576"', EMPTY % 1) + ROW % (b"", ERROR % 1), "row 1048578"),
        (ROW % (b' table:number-rows-repeated="20000"', ERROR % 1), "fewer cells hold an error"),
    ],
)
def test_errors_that_an_ods_repeats_are_refused_before_they_fill_the_memory(row: bytes, why: str) -> None:
    heading = ROW % (b"", FILLED % b"")
    assert why in said("a.ods", ods(heading + row))


def test_a_formula_that_an_ods_repeats_counts_as_a_cell() -> None:
    formula = b'<table:table-cell table:formula="of:=1" table:number-columns-repeated="4"/>'
    data = ods(ROW % (b' table:number-rows-repeated="5"', formula))
    assert FEWER in said("a.ods", data, most_cells=19)


@pytest.mark.parametrize("times", ["9" * 5_000, "1" + "0" * 9, "+1048576", "-1", "x"])
@pytest.mark.parametrize("what", ["rows", "columns"])
def test_what_is_no_number_of_repeats_is_refused(what: str, times: str) -> None:
    repeated = f' table:number-{what}-repeated="{times}"'.encode()
    row = ROW % ((repeated, FILLED % b"") if what == "rows" else (b"", FILLED % repeated))
    assert f"{FEWER} what is far outside the table, found 'repeated {times[:20]}" in said("a.ods", ods(row))
    with pytest.raises(ValueError, match="repeated"):
        error_cells(ods(row), "T")


def test_as_many_errors_are_kept_as_one_can_mend_and_not_one_more() -> None:
    kept = error_cells(ods(ROW % (b' table:number-rows-repeated="64"', ERROR % 256)), "T")
    assert (len(kept), max(kept)) == (MOST_ERRORS, (64, 255))
    with pytest.raises(TooManyErrors):
        error_cells(ods(ROW % (b"", ERROR % MOST_ERRORS) + ROW % (b"", ERROR % 1)), "T")
    cells = b"".join(b'<c r="A%d" t="e"><v>#N/A</v></c>' % row for row in range(1, MOST_ERRORS + 2))
    assert "fewer cells hold an error" in said("a.xlsx", xlsx(sheet=SHEET % cells))


def test_a_row_with_errors_is_as_long_as_its_last_one_reaches() -> None:
    row = ROW % (b"", FILLED % b"" + ERROR % 2 + EMPTY % 3 + ERROR % 1)
    assert [cells for _, cells in read_grid("a.ods", ods(row)).lines] == [
        ["a", "#N/A", "#N/A", "", "", "", "#N/A"],
    ]


def test_error_cells_of_an_xlsx_are_found_however_their_tags_are_written() -> None:
    cells = (
        b'<row r="1"><x:c t="e" r="A1"><x:f/><x:v>#N/A</x:v></x:c>'
        b"<c r='B1' t='e' ><f>1/0</f>\n<v>#DIV/0!</v></c>"
        b'<c r="C1" t="str"><v>#N/A</v></c></row>'
    )
    assert error_cells(xlsx(sheet=SHEET % cells), "Sheet1") == {(1, 0): "#N/A", (1, 1): "#DIV/0!"}


@pytest.mark.parametrize("piece", [b"<c ", b'<c t="e" ', b'<c t="e" r="A1"><f ', b' r="A1"', b" ", b"\n<v>"])
def test_markup_made_to_delay_the_reader_is_read_as_fast_as_any_other(piece: bytes) -> None:
    """A quadratic reading of this takes hours, and would stop the whole run of the tests."""
    comment = b'<!-- <c t="e"' + piece * (1_000_000 // len(piece)) + b"<x -->"
    sheet = SHEET.replace(b"<sheetData>", comment + b"<sheetData>") % b'<c r="A1" t="e"><v>#N/A</v></c>'
    assert error_cells(xlsx(sheet=sheet), "Sheet1") == {(1, 0): "#N/A"}


@pytest.mark.parametrize(
    ("part", "piece"), [("xl/workbook.xml", b"<sheet "), ("xl/_rels/workbook.xml.rels", b"<Relationship ")]
)
def test_tags_that_never_end_in_the_parts_that_name_the_sheets_are_refused_in_one_pass(
    part: str, piece: bytes
) -> None:
    plain = xlsx(sheet=SHEET % b'<c r="A1" t="e"><v>#N/A</v></c>')
    with zipfile.ZipFile(io.BytesIO(plain)) as archive:
        endless = archive.read(part) + piece * (1_000_000 // len(piece))
    with pytest.raises(ValueError, match=r"well-formed|junk"):
        error_cells(repacked(plain, {part: endless}), "Sheet1")


FAT, MINI_FAT, DIRECTORY = 512, 3 * 512, 11 * 512  # where they stand in errors.xls, whose book is a small stream


def spoilt(*numbers: tuple[int, int]) -> bytes:
    data = bytearray((ERRORS / "errors.xls").read_bytes())
    for at, number in numbers:
        struct.pack_into("<I", data, at, number)
    return bytes(data)


@pytest.mark.parametrize(
    "at",
    [(FAT + 4 * 4, 3), (FAT + 4 * 2, 2), (FAT + 4 * 11, 10), (MINI_FAT + 4 * 7, 7)],
    ids=["small sectors", "their table", "directory", "book"],
)
def test_sectors_of_an_xls_that_run_in_a_circle_are_refused(at: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="circle"):
        error_cells(spoilt(at), "数据")
    assert "sectors in a circle" in said("a.xls", spoilt(at))


def test_a_list_of_tables_in_an_xls_that_runs_in_a_circle_is_refused() -> None:
    listing = b"\xff" * 508 + struct.pack("<I", 12)
    assert "in a circle" in said("a.xls", spoilt((68, 12)) + listing)


@pytest.mark.parametrize(
    "numbers", [(FAT + 4 * 11, 0x7FFFFFF0), (44, 1 << 30), (64, 1 << 30), (DIRECTORY + 248, 1 << 31)]
)
def test_an_xls_that_leads_out_of_itself_is_refused(numbers: tuple[int, int]) -> None:
    assert re.search("outside the file|than the file", said("a.xls", spoilt(numbers)))


def test_an_xls_cannot_say_that_it_has_more_cells_than_a_sheet_has() -> None:
    data = (ERRORS / "errors.xls").read_bytes()
    size = data.rindex(struct.pack("<HH", 0x200, 14)) + 4
    assert "a sheet of 4294967295 × 3 cells" in said("a.xls", spoilt((size + 4, 0xFFFFFFFF)))
    last = data.rindex(struct.pack("<HH", 0xFD, 10)) + 4
    assert "a sheet of 65536 × 65536 cells" in said("a.xls", spoilt((last, 0xFFFFFFFF)))
    most = spoilt((last, 0x00FFFFFF))
    assert "fewer cells; delete" in said("a.xls", most, most_cells=65_536 * 256)


def test_of_two_books_in_an_xls_the_first_is_read_and_the_circle_of_the_second_never_followed() -> None:
    data = bytearray(spoilt((FAT + 4 * 13, 13)))
    entry = data[DIRECTORY + 128 : DIRECTORY + 256]
    struct.pack_into("<II", entry, 116, 13, 1 << 30)
    data[DIRECTORY + 6 * 128 : DIRECTORY + 7 * 128] = entry
    whole = error_cells((ERRORS / "errors.xls").read_bytes(), "数据")
    assert error_cells(bytes(data), "数据") == whole and len(whole) == 6


@given(st.data())
@settings(max_examples=200)
def test_a_spoilt_xls_is_refused_or_read_and_nothing_else(data: st.DataObject) -> None:
    whole = bytearray((ERRORS / "errors.xls").read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        whole[data.draw(st.integers(8, 600) | st.integers(8, len(whole) - 1))] = data.draw(st.integers(0, 255))
    with suppress(ValueError):
        error_cells(bytes(whole), "数据")
