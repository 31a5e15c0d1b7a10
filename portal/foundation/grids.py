"""The cells of a foreign file as text, row by row, before anybody says what they mean.

A spreadsheet is a zip of XML: what it unfolds to is measured before it is read, so that a small file cannot
fill the memory. Formulas are never computed; what the program that wrote the file saw is what is read.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portal.foundation.faults import Fault, ImportRefused
from portal.foundation.i18n import N_
from portal.foundation.sheet_errors import TooManyErrors, error_cells, spanned
from portal.foundation.unfolding import require_bounded

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

SHEET_SUFFIXES = frozenset({".xlsx", ".xls", ".ods"})
MOST_CELLS = 30_000_000
LONGEST_CELL = 131_072

Line = tuple[int, Sequence[str]]
Merged = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class Grid:
    """Lines with their 1-based numbers; `merged` are ranges as ((row, column), (row, column)), counted from 0."""

    file: str
    lines: Iterator[Line] = field(repr=False)
    merged: tuple[Merged, ...] = ()
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()


def read_grid(
    file: str,
    data: bytes,
    *,
    encoding: str | None = None,
    sheet: int | str = 0,
    most_cells: int = MOST_CELLS,
) -> Grid:
    """The cells of a file; its ending says what it is. Raises ImportRefused when it is not readable."""
    if Path(file).suffix.lower() in SHEET_SUFFIXES:
        return _sheet(file, data, sheet, most_cells)
    return Grid(file, _csv_lines(file, data, encoding))


def _csv_lines(file: str, data: bytes, encoding: str | None) -> Iterator[Line]:
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


def _sheet(file: str, data: bytes, sheet: int | str, most_cells: int) -> Grid:
    """One sheet of a workbook: the one asked for, else the first that is not hidden."""
    require_bounded(file, data, most_cells=most_cells)
    try:
        _require_few(file, spanned(data), 1, most_cells)
    except ValueError as error:
        raise _unreadable(file, error) from None
    book, page = _opened(file, data, sheet)
    names = tuple(book.sheet_names)
    hidden = tuple(one.name for one in book.sheets_metadata if not str(one.visible).endswith("Visible"))
    merged = tuple(page.merged_cell_ranges or ())
    try:
        errors = error_cells(data, page.name)
    except TooManyErrors as error:
        expected = N_("a sheet in which fewer cells hold an error; mend its formulas")
        raise ImportRefused([Fault(file, 1, "-", expected, str(error))]) from None
    except ValueError as error:
        raise _unreadable(file, error) from None
    deepest, widest = max((row for row, _ in errors), default=0), max((column for _, column in errors), default=0)
    _require_few(file, deepest, widest + 1, most_cells)
    lines = _with_errors(_cells_of(file, page, most_cells), errors)
    return Grid(file, lines, merged, page.name, names, hidden)


def _opened(file: str, data: bytes, sheet: int | str) -> tuple[CalamineWorkbook, CalamineSheet]:
    from python_calamine import CalamineWorkbook  # heavy: only imports and commands need it

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        if isinstance(sheet, str):
            return book, book.get_sheet_by_name(sheet)
        shown = [one.name for one in book.sheets_metadata if str(one.visible).endswith("Visible")]
        return book, book.get_sheet_by_name(shown[sheet])
    except BaseException as error:
        raise _unreadable(file, error) from None


def _unreadable(file: str, error: BaseException) -> BaseException:
    """A broken file as a fault; the reader's own panics are no Exception, a stop by hand stays one."""
    if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError | GeneratorExit):
        return error
    found = str(error)[:200] or type(error).__name__
    return ImportRefused([Fault(file, 1, "-", N_("a readable spreadsheet"), found)])


def _require_few(file: str, rows: int, columns: int, most_cells: int) -> None:
    if rows * columns > most_cells:
        expected = N_("a sheet of fewer cells; delete what is far outside the table")
        raise ImportRefused([Fault(file, 1, "-", expected, f"{rows} × {columns}")])


def _cells_of(file: str, page: CalamineSheet, most_cells: int) -> Iterator[Line]:
    first, last = page.start or (0, 0), page.end or (0, 0)
    _require_few(file, last[0] + 1, last[1] + 1, most_cells)
    margin = [""] * first[1]
    try:
        for number, line in enumerate(page.iter_rows(), start=1):
            # the rows before the first filled cell are given as they are, the columns before it are not
            yield number, [*margin, *map(_cell_text, line)]
    except BaseException as error:
        raise _unreadable(file, error) from None


def _with_errors(lines: Iterator[Line], errors: Mapping[tuple[int, int], str]) -> Iterator[Line]:
    """The same lines, with #DIV/0! and the like where they stand: an error must not pass for an empty cell."""
    places: dict[int, list[tuple[int, str]]] = {}
    for (row, column), text in errors.items():
        places.setdefault(row, []).append((column, text))
    for number, cells in lines:
        if found := places.get(number):
            width = 1 + max(column for column, _ in found)
            filled = [*cells, *[""] * (width - len(cells))]
            for column, text in found:
                filled[column] = text
            cells = filled
        yield number, cells


def _cell_text(cell: Any) -> str:
    """A cell as one would type it: whole numbers without a point, days without a midnight.

    A spreadsheet keeps 15 digits of a number and shows as many; what stands beyond them is noise of the
    binary notation (0.1 + 0.2), never something anybody entered.
    """
    if type(cell) is str:
        return cell if len(cell) <= LONGEST_CELL else cell[:LONGEST_CELL]
    match cell:
        case bool():
            return str(cell).lower()
        case float():
            return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else format(cell, ".15g")
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
    return str(cell)
