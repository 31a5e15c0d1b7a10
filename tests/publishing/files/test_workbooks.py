"""A workbook that a strict reader calls damaged is worth nothing, whatever a lenient one makes of it."""

import posixpath
import re
import zipfile
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import openpyxl
import pytest
from openpyxl.utils import column_index_from_string, get_column_letter
from openpyxl.utils.escape import unescape

from portal.publishing.files import LAYOUTS, FileHead
from portal.publishing.files.tables import ColumnType, Row
from portal.publishing.files.workbooks import write_workbook
from tests.foundation.corpora import shared_data

TABLE = LAYOUTS[max(LAYOUTS)].tables["figures"]
TEXTS = (
    *(
        "手工统计，第二次",
        "单位：万元；“引号” \"quotes\" '单'",
        "𠮷野家 😀",
        "  around  ",
        "two\nlines",
        "\t=1+1",
        "\r=1",
    ),
    *("#N/A", "#DIV/0!", "Err:502", "TRUE", "1E5", "00123", "2021-01", "10:30", "12%", "1,234.5", "—", "", "'=1"),
    *("_x000D_ literal", "a\x0bb", "&lt;b&gt; <b> & ]]>", "x" * 32_767),
)
NUMBERS = ("0", "-0.10", "0.1000", "123456789012345", "1234567890123456", "0.1234567890123456", "99999999999999.9")
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def payloads() -> list[str]:
    file = shared_data() / "csv_injection" / "csv-payload.txt"
    return [line for line in file.read_text().splitlines() if line]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """Texts in every column of texts, numbers in every column of numbers, and one row of nothing."""
    texts, made = [*TEXTS, *payloads()], [dict[str, Any].fromkeys(TABLE.names)]
    for at, text in enumerate(texts):
        by_type: dict[ColumnType, Any] = {
            ColumnType.TEXT: text,
            ColumnType.MOMENT: "2026-03-02T09:00:00Z",
            ColumnType.NUMBER: NUMBERS[at % len(NUMBERS)],
            ColumnType.INTEGER: at,
            ColumnType.BOOLEAN: at % 2 == 0,
        }
        made.append({column.name: by_type[column.type] for column in TABLE.columns})
    return made


@pytest.fixture(scope="module")
def book(rows: list[Row], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("book") / "figures.xlsx"
    head = FileHead("portal.test/log", 7, datetime(2026, 3, 2, 9, tzinfo=UTC))
    write_workbook(path, TABLE, head, rows, len(rows), origin="https://portal.test", most_rows=20)
    return path


def test_every_cell_reads_back_as_it_was_published_and_is_no_formula(rows: list[Row], book: Path) -> None:
    sheets = [sheet for sheet in openpyxl.load_workbook(book) if sheet.title.startswith("Figures")]
    assert [sheet.title for sheet in sheets] == ["Figures", "Figures 2"]
    assert all(tuple(cell.value for cell in sheet[1]) == TABLE.names for sheet in sheets)
    read = [cells for sheet in sheets for cells in sheet.iter_rows(min_row=2)]
    for row, cells in zip(rows, read, strict=True):
        for column, cell in zip(TABLE.columns, cells, strict=True):
            assert cell.data_type not in ("f", "e"), (column.name, cell.value)
            assert shown(cell, column.type) == row[column.name]


def shown(cell: Any, kind: ColumnType) -> Any:
    """What a cell shows to a reader."""
    if cell.data_type == "n" and kind is ColumnType.NUMBER and cell.value is not None:
        decimals = len(cell.number_format.partition(".")[2])
        return f"{Decimal(repr(cell.value)):.{decimals}f}"
    return unescape(cell.value) if isinstance(cell.value, str) else cell.value


def test_every_part_is_declared_and_everything_pointed_at_is_there(book: Path) -> None:
    with zipfile.ZipFile(book) as parts:
        names = parts.namelist()
        types = ElementTree.fromstring(parts.read("[Content_Types].xml"))  # noqa: S314  (our own)
        linked = {name: targets(name, parts.read(name)) for name in names if name.endswith(".rels")}
    assert len(names) == len(set(names)) and names[0] == "[Content_Types].xml"
    declared = {one.attrib["PartName"].lstrip("/") for one in types if "PartName" in one.attrib}
    by_ending = {one.attrib["Extension"] for one in types if "Extension" in one.attrib}
    assert declared <= set(names)
    assert all(name in declared or name.rpartition(".")[2] in by_ending for name in names[1:])
    assert {name for name in names[1:] if name.endswith(".xml")} <= declared
    assert set().union(*linked.values()) <= set(names)
    assert declared <= set().union(*linked.values()), "what nothing points at is no part of the workbook"


def targets(name: str, rels: bytes) -> set[str]:
    """The parts that a file of relations points at."""
    folder = posixpath.dirname(posixpath.dirname(name))
    return {
        posixpath.normpath(posixpath.join("/", folder, one.attrib["Target"])).lstrip("/")
        for one in ElementTree.fromstring(rels)  # noqa: S314  (our own)
    }


def test_cells_stand_in_order_with_styles_and_texts_that_exist_and_tables_cover_them(book: Path) -> None:
    with zipfile.ZipFile(book) as parts:
        of = {name: ElementTree.fromstring(parts.read(name)) for name in parts.namelist() if "xl/" in name}  # noqa: S314
    styles = len(of["xl/styles.xml"].findall(f"{_MAIN}cellXfs/{_MAIN}xf"))
    texts = len(of["xl/sharedStrings.xml"])
    sheets = [of[f"xl/worksheets/sheet{at}.xml"] for at in range(1, 6)]
    for sheet in sheets:
        places = []
        for row in sheet.iter(f"{_MAIN}row"):
            for cell in row:
                letters, number = re.fullmatch("([A-Z]+)([0-9]+)", cell.attrib["r"]).groups()
                assert number == row.attrib["r"]
                places.append((int(number), column_index_from_string(letters)))
                assert int(cell.attrib.get("s", 0)) < styles
                assert is_sound(cell, texts), ElementTree.tostring(cell)
        assert places == sorted(set(places))
    tables = {table.attrib["name"]: table for name, table in of.items() if name.startswith("xl/tables/")}
    assert len({table.attrib["id"] for table in tables.values()}) == len(tables)
    last = get_column_letter(len(TABLE.names))
    for name, size in (("Figures", 20), ("Figures_2", len(TEXTS) + len(payloads()) + 1 - 20)):
        assert tables[name].attrib["ref"] == f"A1:{last}{size + 1}"
        assert [one.attrib["name"] for one in tables[name].iter(f"{_MAIN}tableColumn")] == list(TABLE.names)


def is_sound(cell: Element, texts: int) -> bool:
    """Whether the value of a cell is of the kind it says (ECMA-376, 18.3.1.4), and no formula."""
    value = cell.findtext(f"{_MAIN}v")
    match cell.attrib.get("t", "n"):
        case "inlineStr":
            return [one.tag for one in cell] == [f"{_MAIN}is"] and value is None
        case "s":
            return value is not None and int(value) < texts
        case "b":
            return value in ("0", "1")
        case kind:
            return kind == "n" and (value is None or Decimal(value).is_finite()) and len(cell) <= 1
