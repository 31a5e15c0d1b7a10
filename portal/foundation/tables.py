"""Foreign tables, read as rows that know where they stand, and faults that say where and what was expected."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from pathlib import Path

from portal.foundation.i18n import N_, Message, message

SHEET_SUFFIXES = frozenset({".xlsx", ".xls", ".ods"})
MOST_FAULTS = 50


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a file: 1-based row as a spreadsheet shows it, column by its header.

    `expected` is a message id or a message, so that the desk can show it in the reader's language.
    """

    file: str
    row: int
    column: str
    expected: Message | str
    found: str

    def __str__(self) -> str:
        return f"{self.file}, row {self.row}, column {self.column}: expected {self.expected}, found {self.found!r}"


class ImportRefused(Exception):
    """The file cannot be imported; nothing was. Carries the first MOST_FAULTS faults and how many there are."""

    def __init__(self, faults: Sequence[Fault], total: int | None = None) -> None:
        self.faults = tuple(faults[:MOST_FAULTS])
        self.total = total if total is not None else len(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))


def told(refusal: ImportRefused) -> str:
    """A refused import for a person at a terminal: that nothing was imported, and each fault on a line."""
    hidden = refusal.total - len(refusal.faults)
    more = [f"… and {hidden} more."] if hidden > 0 else []
    return "\n".join(["nothing was imported.", *(str(fault) for fault in refusal.faults), *more])


@dataclass(frozen=True)
class Row:
    """One line of a table: its 1-based row number and its cells by header."""

    file: str
    number: int
    cells: Mapping[str, str]

    def fault(self, column: str, expected: Message | str) -> Fault:
        return Fault(self.file, self.number, column, expected, self.cells.get(column, ""))


@dataclass(frozen=True)
class Table:
    file: str
    headers: tuple[str, ...]
    rows: Sequence[Row] = field(repr=False)


def read_table(path: Path, *, encoding: str | None = None, sheet: int | str = 0) -> Table:
    """Read CSV (UTF-8 with or without BOM, else GB18030) or the first sheet of XLSX, XLS, ODS.

    Raises ImportRefused when the file is not readable as a table, has no header, or repeats one.
    """
    return parse_table(path.name, path.read_bytes(), encoding=encoding, sheet=sheet)


def parse_table(file: str, data: bytes, *, encoding: str | None = None, sheet: int | str = 0) -> Table:
    """The same from bytes, `file` saying by its ending what they are."""
    if Path(file).suffix.lower() in SHEET_SUFFIXES:
        lines = _sheet_lines(file, data, sheet)
    else:
        lines = _csv_lines(file, data, encoding)
    try:
        _, first = next(lines)
    except StopIteration:
        raise ImportRefused([Fault(file, 1, "-", N_("a header row"), "")]) from None
    headers = tuple(cell.strip() for cell in first)
    if not any(headers):
        raise ImportRefused([Fault(file, 1, "-", N_("a header row"), "")])
    repeated = sorted({name for name in headers if name and headers.count(name) > 1})
    if repeated:
        raise ImportRefused([Fault(file, 1, repeated[0], N_("each header once"), repeated[0])])
    return Table(file, headers, _rows(file, headers, lines))


def _rows(file: str, headers: Sequence[str], lines: Iterator[tuple[int, Sequence[str]]]) -> list[Row]:
    rows, faults = [], []
    for number, cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        if any(cell.strip() for cell in cells[len(headers) :]):
            faults.append(Fault(file, number, "-", _cells(len(headers)), str(_cells(len(cells)))))
        padded = [*cells[: len(headers)], *[""] * (len(headers) - len(cells))]
        rows.append(Row(file, number, dict(zip(headers, padded, strict=True))))
    if faults:
        raise ImportRefused(faults)
    return rows


def _cells(count: int) -> Message:
    return message(N_("{count} cells"), count=count)


def _csv_lines(file: str, data: bytes, encoding: str | None) -> Iterator[tuple[int, Sequence[str]]]:
    """Rows as a spreadsheet numbers them: a cell with line ends in it is still one row."""
    number = 0
    try:
        reader = csv.reader(io.StringIO(_decode(file, data, encoding), newline=""), strict=True)
        for number, cells in enumerate(reader, start=1):
            yield number, cells
    except csv.Error as error:
        raise ImportRefused([Fault(file, number + 1, "-", N_("a well-formed CSV line"), str(error))]) from None


def _decode(file: str, data: bytes, encoding: str | None) -> str:
    for candidate in (encoding,) if encoding else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(candidate or "utf-8-sig")
        except (UnicodeDecodeError, LookupError):
            continue
    raise ImportRefused([Fault(file, 1, "-", N_("text in UTF-8 or GB18030"), "other bytes")])


def _sheet_lines(file: str, data: bytes, sheet: int | str) -> Iterator[tuple[int, Sequence[str]]]:
    from python_calamine import CalamineError, CalamineWorkbook  # heavy: only imports and commands need it

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        page = book.get_sheet_by_name(sheet) if isinstance(sheet, str) else book.get_sheet_by_index(sheet)
        cells = page.to_python(skip_empty_area=False)
    except (CalamineError, IndexError) as error:
        raise ImportRefused([Fault(file, 1, "-", N_("a readable spreadsheet"), str(error))]) from None
    for number, line in enumerate(cells, start=1):
        yield number, [_cell_text(cell) for cell in line]


def _cell_text(cell: object) -> str:
    """A cell as one would type it: whole numbers without a point, days without a midnight."""
    match cell:
        case bool():
            return str(cell).lower()
        case float() if cell.is_integer():
            return str(int(cell))
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
    return str(cell)
