"""A foreign table is read as it is written, or refused with the place and the reason."""

import zipfile
from pathlib import Path

import pytest

from portal.foundation.tables import MOST_FAULTS, Fault, ImportRefused, Table, read_table


def written(tmp_path: Path, data: bytes | str, name: str = "figures.csv") -> Path:
    path = tmp_path / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def cells(table: Table) -> list[dict[str, str]]:
    return [dict(row.cells) for row in table.rows]


def refusal(path: Path) -> Fault:
    with pytest.raises(ImportRefused) as refused:
        read_table(path)
    assert refused.value.total == 1
    return refused.value.faults[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_chinese_is_read_in_each_encoding_that_offices_send(tmp_path: Path, encoding: str) -> None:
    path = written(tmp_path, "body_name,actual\n公安局,11.2\n".encode(encoding))
    table = read_table(path)
    assert table.headers == ("body_name", "actual")
    assert cells(table) == [{"body_name": "公安局", "actual": "11.2"}]


def test_rows_are_numbered_as_a_spreadsheet_shows_them(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, 'a,b\n1,2\n\n"two\nlines",4\n5,6\n'))
    assert [(row.number, row.cells["b"]) for row in table.rows] == [(2, "2"), (4, "4"), (5, "6")]


def test_numbers_keep_the_digits_given(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, "actual\n0.10\n1e3\n007\n-5\n"))
    assert [row.cells["actual"] for row in table.rows] == ["0.10", "1e3", "007", "-5"]


def test_short_rows_are_filled_and_long_rows_refused(tmp_path: Path) -> None:
    assert cells(read_table(written(tmp_path, "a,b\n1\n"))) == [{"a": "1", "b": ""}]
    fault = refusal(written(tmp_path, "a,b\n1,2\n1,2,3\n"))
    assert (fault.row, str(fault.expected), fault.found) == (3, "2 cells", "3 cells")


def test_a_header_given_twice_is_refused_by_name(tmp_path: Path) -> None:
    fault = refusal(written(tmp_path, "period, actual,actual\n"))
    assert (fault.file, fault.row, fault.column) == ("figures.csv", 1, "actual")


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf"])
def test_an_empty_file_has_no_header(tmp_path: Path, data: bytes) -> None:
    assert refusal(written(tmp_path, data)).expected == "a header row"


@pytest.mark.parametrize("data", [b"\n", b"\n\na,b\n1,2\n", b" , \n1,2\n"])
def test_a_first_line_without_names_is_no_header(tmp_path: Path, data: bytes) -> None:
    assert refusal(written(tmp_path, data)).expected == "a header row"


def test_a_column_of_row_numbers_without_a_name_does_no_harm(tmp_path: Path) -> None:
    table = read_table(written(tmp_path, '"","actual"\n"1","11.2"\n'))
    assert table.rows[0].cells["actual"] == "11.2"


def test_an_open_quote_is_named_with_its_line(tmp_path: Path) -> None:
    fault = refusal(written(tmp_path, 'a,b\n1,"2\n'))
    assert fault.row == 2
    assert fault.expected == "a well-formed CSV line"


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    assert refusal(written(tmp_path, b"a,b\n\xff\xff\xff\n")).expected == "text in UTF-8 or GB18030"
    assert refusal(written(tmp_path, "a,b\n1,2\n".encode("utf-16"))).expected == "text in UTF-8 or GB18030"


def test_an_encoding_that_was_named_is_the_only_one_tried(tmp_path: Path) -> None:
    path = written(tmp_path, "名\n公\n".encode("gb18030"))
    assert read_table(path, encoding="gb18030").headers == ("名",)
    with pytest.raises(ImportRefused):
        read_table(path, encoding="utf-8")
    with pytest.raises(ImportRefused):
        read_table(path, encoding="no-such-encoding")


def test_a_spreadsheet_is_read_like_its_csv(tmp_path: Path) -> None:
    path = workbook(tmp_path, [["period", "actual"], ["2023", 11.2], [2022, 1200], ["2021", None]])
    assert cells(read_table(path)) == [
        {"period": "2023", "actual": "11.2"},
        {"period": "2022", "actual": "1200"},
        {"period": "2021", "actual": ""},
    ]


@pytest.mark.parametrize("name", ["broken.xlsx", "broken.xls", "broken.ods"])
def test_a_broken_spreadsheet_is_refused(tmp_path: Path, name: str) -> None:
    assert refusal(written(tmp_path, b"PK\x03\x04 not a workbook", name)).expected == "a readable spreadsheet"


def test_a_sheet_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path, [["a"], [1]])
    for sheet in ("Figures", 3):
        with pytest.raises(ImportRefused):
            read_table(path, sheet=sheet)


def test_a_refusal_lists_the_first_faults_and_counts_all() -> None:
    faults = [Fault("f.csv", row, "actual", "a number", "x") for row in range(2, 200)]
    refused = ImportRefused(faults)
    assert (len(refused.faults), refused.total) == (MOST_FAULTS, 198)
    assert str(refused).startswith("f.csv, row 2, column actual: expected a number, found 'x'")


def workbook(tmp_path: Path, rows: list[list[object]]) -> Path:
    """The smallest XLSX with one sheet."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    lines = "".join(f"<row>{''.join(_cell(value) for value in row)}</row>" for row in rows)
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="One" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" '
        f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{lines}</sheetData></worksheet>',
    }
    path = tmp_path / "figures.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        for name, body in parts.items():
            archive.writestr(name, f'<?xml version="1.0"?>{body}')
    return path


def _cell(value: object) -> str:
    if value is None:
        return "<c/>"
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t>{value}</t></is></c>'
    return f"<c><v>{value}</v></c>"
