"""A faulty sheet comes back as it was sent, its faults marked, and nothing in it can run."""

import io
import zipfile

import openpyxl

from portal.foundation.grids import read_grid
from portal.foundation.marked import Mark, Words, marked_workbook, marks_of
from portal.foundation.tables import Fault, parse_table
from tests.foundation.corpora import naughty_strings, shared_data

WORDS = Words("What is wrong", ("Row", "Column", "Expected", "Found"))


def marked(csv: bytes, *faults: Fault) -> bytes:
    table = parse_table("a.csv", csv)
    return marked_workbook(read_grid("a.csv", csv), marks_of(faults, table.headers, str), WORDS)


def parts(data: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_the_same_cells_come_back_and_the_faulty_one_says_why() -> None:
    data = marked(b"name,value\nA,12\nB,many\n007,0.50\n", Fault("a.csv", 3, "value", "a number", "many"))
    rows = parse_table("a.xlsx", data).rows
    assert [dict(row.cells) for row in rows] == [
        {"name": "A", "value": "12"},
        {"name": "B", "value": "many"},
        {"name": "007", "value": "0.50"},
    ]
    listed = parse_table("a.xlsx", data, sheet="What is wrong").rows
    assert dict(listed[0].cells) == {"Row": "3", "Column": "B", "Expected": "a number", "Found": "many"}
    comments = parts(data)["xl/comments1.xml"]
    assert 'ref="B3"' in comments
    assert "a number" in comments


def test_a_fault_of_a_column_that_is_not_there_marks_the_row() -> None:
    data = marked(b"a\n1\n", Fault("a.csv", 1, "body_code", "a column of this name", "a"))
    assert 'ref="A1"' in parts(data)["xl/comments1.xml"]


def test_nothing_in_a_marked_sheet_can_run() -> None:
    payloads = (shared_data() / "csv_injection" / "csv-payload.txt").read_text().splitlines()
    texts = [*payloads, *naughty_strings(), "=1+1", "http://a.example", "{=SUM(A1)}", "\x00\x1b\ud800"]
    grid = read_grid("a.csv", b"x\n1\n")
    lines = iter([(1, ["text"]), *((n, [text]) for n, text in enumerate(texts, start=2))])
    marks = [Mark(n, 0, text, text) for n, text in enumerate(texts, start=2)]
    data = marked_workbook(type(grid)("a.csv", lines, sheet="=cmd|'/[x]:*?"), marks, WORDS)
    for name, content in parts(data).items():
        assert "<f>" not in content, name
        assert "<hyperlink " not in content.lower(), name
    back = parse_table("a.xlsx", data).rows
    assert any(row.cells["text"] == "=1+1" for row in back)
    for sheet in openpyxl.load_workbook(io.BytesIO(data)):
        assert not [cell for row in sheet for cell in row if cell.data_type in ("f", "e") or cell.hyperlink]


def test_a_strict_reader_takes_a_marked_sheet_with_its_comments_and_its_chinese() -> None:
    csv = "名称,数值\n公园 𠮷,约十二\n=1+1,12\n".encode()
    data = marked(csv, Fault("a.csv", 2, "数值", "应为数字", "约十二"))
    sheet, listed = openpyxl.load_workbook(io.BytesIO(data))
    assert list(sheet.values) == [("名称", "数值"), ("公园 𠮷", "约十二"), ("=1+1", 12)]
    assert [cell.data_type for cell in sheet["A"]] == ["s", "s", "s"]
    told = {cell.coordinate: cell.comment.text for row in sheet for cell in row if cell.comment}
    assert told == {"B2": "应为数字"}
    assert list(listed.values)[1] == (2, "B", "应为数字", "约十二")
