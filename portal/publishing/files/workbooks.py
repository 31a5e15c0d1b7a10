"""A table as a workbook (XLSX): cover, notes, symbols, then the rows, one table to each sheet.

Laid out as the spreadsheet guidance of the Government Statistical Service asks: a cover that says what this
is, notes that say what each column means, symbols explained, no merged cells, headers in the first row of a
table object. Numbers are numbers that show the digits published; texts stay texts, whatever they begin with.
The rows are written as they come, in constant memory.

This module loads xlsxwriter: for jobs and commands, not for the web.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC
from itertools import chain, islice
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from portal.foundation.catalogues import translated
from portal.foundation.i18n import LOCALES, N_
from portal.publishing.files import meanings
from portal.publishing.files.cells import FORMULA
from portal.publishing.files.tables import Column, ColumnType, Row, Table
from portal.publishing.files.values import Context, FileHead, Lines
from portal.publishing.log.entries import moment
from portal.publishing.symbols import REVISED, listed_symbols

MOST_ROWS = 1_048_575
"""How many rows a sheet holds below its header."""

_EXACT_DIGITS = 15
_STYLE = "Table Style Light 1"
_WIDTHS = {ColumnType.NUMBER: 12, ColumnType.INTEGER: 10, ColumnType.BOOLEAN: 10, ColumnType.MOMENT: 21}
_TEXT_WIDTH = 24


def write_workbook(
    path: Path,
    table: Table,
    head: FileHead,
    context: Context,
    lines: Lines,
    *,
    origin: str,
    most_rows: int = MOST_ROWS,
) -> int:
    """Write the table of an edition to `path`; return how many rows it has. The same input, the same bytes.

    `origin` is the address of the portal. More rows than a sheet holds go on in further sheets.
    """
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "tmpdir": str(path.parent),
        "use_zip64": True,
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties(
            {
                "title": f"{_both(meanings.TITLES[table.name])} – {_edition(head)}",
                "author": origin,
                "comments": head.origin,
                "created": head.at.astimezone(UTC).replace(tzinfo=None),
            }
        )
        sheets = _Sheets(book)
        cover, notes, symbols = (book.add_worksheet(name) for name in ("Cover", "Notes", "Symbols"))
        names: list[str] = []
        count = 0
        rows = iter(table.rows(head, context, lines))
        for first in chain([next(rows, None)], rows):
            names.append(table.name.capitalize() + (f" {len(names) + 1}" if names else ""))
            part = islice(rows, most_rows - 1)
            count += sheets.data(names[-1], table, chain([first], part) if first is not None else iter(()))
        _cover(sheets, cover, table, head, names, count, origin)
        columns = [(one.name, *_each(meanings.meaning(table.name, one.name))) for one in table.columns]
        sheets.listing(notes, "Notes", ("column", *LOCALES), columns)
        marks = [(mark, code, *_each(str(said))) for mark, code, said in listed_symbols()]
        revised = (REVISED.mark, "", *_each(str(REVISED.meaning)))
        sheets.listing(symbols, "Symbols", ("symbol", "obs_status", *LOCALES), [*marks, revised])
    return count


def _cover(
    sheets: "_Sheets", sheet: Any, table: Table, head: FileHead, names: Sequence[str], count: int, origin: str
) -> None:
    here = f"{origin}/data/editions/{head.edition}"
    facts = (
        (N_("What it holds"), _both(meanings.ABOUT[table.name])),
        (N_("Edition"), str(head.edition)),
        (N_("Published"), moment(head.at)),
        (N_("Rows"), str(count)),
        (N_("Sheets"), ", ".join(("Notes", "Symbols", *names))),
        (N_("Address"), f"{here}/{table.name}.xlsx"),
        (N_("Digests of all files, signed"), f"{here}/SHA256SUMS"),
        (N_("How to check us"), f"{origin}/verify"),
        (N_("Log"), head.origin),
        (N_("Licence"), _both(N_("In the column licence, row by row."))),
    )
    sheet.write_string(0, 0, f"{_both(meanings.TITLES[table.name])} – {_edition(head)}", sheets.bold)
    for at, (label, said) in enumerate(facts, start=1):
        sheet.write_string(at, 0, _both(label), sheets.bold)
        sheet.write_string(at, 1, said, sheets.wrapped)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 90)


class _Sheets:
    """Writes sheets of one workbook, with its formats."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self.bold = book.add_format({"bold": True, "valign": "top"})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self._quoted = book.add_format({"quote_prefix": True})
        self._digits: dict[int, Any] = {}

    def listing(self, sheet: Any, name: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A sheet of texts under a header."""
        self._header(sheet, header)
        for at, row in enumerate(rows, start=1):
            for column, text in enumerate(row):
                sheet.write_string(at, column, text, self.wrapped)
        self._as_table(sheet, name, header, len(rows))
        sheet.set_column(0, len(header) - len(LOCALES) - 1, 26)
        sheet.set_column(len(header) - len(LOCALES), len(header) - 1, 70)

    def data(self, name: str, table: Table, rows: Iterator[Row]) -> int:
        """A sheet of rows; returns how many."""
        sheet = self._book.add_worksheet(name)
        for at, column in enumerate(table.columns):
            sheet.set_column(at, at, _WIDTHS.get(column.type, _TEXT_WIDTH))
        self._header(sheet, table.names)
        count = 0
        writers = [self._writer(sheet, at, column) for at, column in enumerate(table.columns)]
        names = table.names
        for count, row in enumerate(rows, start=1):
            for write, name_of in zip(writers, names, strict=True):
                value = row[name_of]
                if value is not None:
                    write(count, value)
        self._as_table(sheet, name, names, count)
        sheet.ignore_errors({"number_stored_as_text": f"A2:{xl_col_to_name(len(names) - 1)}{count + 1}"})
        return count

    def _header(self, sheet: Any, header: Sequence[str]) -> None:
        sheet.freeze_panes(1, 0)
        for column, text in enumerate(header):
            sheet.write_string(0, column, text, self.bold)

    def _as_table(self, sheet: Any, name: str, header: Sequence[str], rows: int) -> None:
        """Make a table object of the range, which xlsxwriter allows only where it does not write as it goes.

        The cells are written already; what the object writes of its header again is dropped at the end.
        """
        if not rows:
            sheet.write_blank(1, 0, None, self.wrapped)  # a table has a row, and the header is written out with it
        columns = [{"header": text} for text in header]
        options = {"name": name.replace(" ", "_"), "columns": columns, "style": _STYLE}
        sheet.table_cells = _Nothing()
        sheet.constant_memory = False
        sheet.add_table(0, 0, max(rows, 1), len(header) - 1, options)
        sheet.constant_memory = True

    def _writer(self, sheet: Any, at: int, column: Column) -> Callable[[int, Any], Any]:
        match column.type:
            case ColumnType.NUMBER:
                return lambda row, value: self._number(sheet, row, at, value)
            case ColumnType.INTEGER:
                return lambda row, value: sheet.write_number(row, at, value)
            case ColumnType.BOOLEAN:
                return lambda row, value: sheet.write_boolean(row, at, value)
        return lambda row, value: self._text(sheet, row, at, value)

    def _number(self, sheet: Any, row: int, at: int, digits: str) -> None:
        """A number that shows its digits; one with more than a spreadsheet keeps exactly stays a text."""
        whole, _, fraction = digits.partition(".")
        if len(whole.lstrip("-")) + len(fraction) > _EXACT_DIGITS:
            sheet.write_string(row, at, digits)
            return
        sheet.write_number(row, at, float(digits), self._shown(len(fraction)))

    def _shown(self, decimals: int) -> Any:
        if decimals not in self._digits:
            pattern = "0." + "0" * decimals if decimals else "0"
            self._digits[decimals] = self._book.add_format({"num_format": pattern})
        return self._digits[decimals]

    def _text(self, sheet: Any, row: int, at: int, text: str) -> None:
        """A text; one that would become a formula when edited is marked as text for good."""
        sheet.write_string(row, at, text, self._quoted if text.startswith(FORMULA) else None)


class _Nothing(dict[Any, Any]):
    """Keeps nothing: xlsxwriter notes every cell of a table, to find tables that overlap, and ours are alone."""

    def __setitem__(self, key: Any, value: Any) -> None:
        return


def _each(msgid: str) -> tuple[str, ...]:
    return tuple(translated(msgid, locale) for locale in LOCALES)


def _both(msgid: str) -> str:
    """In every language, one after another, once where they are the same."""
    return " · ".join(dict.fromkeys(_each(msgid)))


def _edition(head: FileHead) -> str:
    return " · ".join(dict.fromkeys(text.format(n=head.edition) for text in _each(N_("edition {n}"))))
