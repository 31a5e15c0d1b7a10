"""A table as a workbook (XLSX): cover, notes, symbols, then the rows, one table to each sheet.

Laid out as the spreadsheet guidance of the Government Statistical Service asks: a cover that says what this
is, notes that say what each column means, symbols explained, no merged cells, headers in the first row of a
table object. Numbers are numbers that show the digits published; texts stay texts, whatever they begin with.

xlsxwriter makes the workbook with the first row of each sheet; the rows below are put in by `sheetrows` as
they come, in constant memory. This module loads xlsxwriter: for jobs and commands, not for the web.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from portal.foundation.catalogues import translated
from portal.foundation.i18n import LOCALES, N_
from portal.publishing.files import meanings
from portal.publishing.files.sheetrows import EXACT_DIGITS, Styles, rows_xml, sheet_numbers
from portal.publishing.files.tables import ColumnType, Row, Table
from portal.publishing.files.values import FileHead
from portal.publishing.log.entries import moment
from portal.publishing.symbols import REVISED, listed_symbols

MOST_ROWS = 1_048_575
"""How many rows a sheet holds below its header."""

_STYLE = "Table Style Light 1"
_WIDTHS = {ColumnType.NUMBER: 12, ColumnType.INTEGER: 10, ColumnType.BOOLEAN: 10, ColumnType.MOMENT: 21}
_TEXT_WIDTH = 24
_BESIDE = ("Cover", "Notes", "Symbols")
_SAMPLES = re.compile(rb'<row r="2".*?</row>', re.DOTALL)
_STYLE_OF = re.compile(rb'<c r="[A-Z]+2" s="([0-9]+)"')


def write_workbook(
    path: Path,
    table: Table,
    head: FileHead,
    rows: Iterable[Row],
    count: int,
    *,
    origin: str,
    most_rows: int = MOST_ROWS,
) -> None:
    """Write the table of an edition, `count` rows, to `path`. The same input gives the same bytes.

    `origin` is the address of the portal. More rows than a sheet holds go on in further sheets, as the cover says.
    Raises ValueError when there are not `count` rows.
    """
    sizes, rest = _sheets_of(table, count, most_rows), iter(rows)
    first = len(_BESIDE) + 1
    sheets = {f"xl/worksheets/sheet{at}.xml": size for at, size in enumerate(sizes.values(), start=first)}
    with (
        zipfile.ZipFile(_frame(table, head, sizes, origin)) as frame,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book,
    ):
        for part in frame.infolist():
            content = frame.read(part)
            with book.open(part.filename, "w", force_zip64=True) as out:  # dated 1980: bytes stay the same
                if part.filename in sheets:
                    for piece in _filled(content, table, islice(rest, sheets[part.filename])):
                        out.write(piece)
                elif part.filename.startswith("xl/tables/"):
                    out.write(_stretched(content, sizes))
                else:
                    out.write(content)
    if next(rest, None) is not None:
        raise ValueError("there are more rows than were counted")


def _sheets_of(table: Table, count: int, most_rows: int) -> dict[str, int]:
    """The sheets of rows by name, and how many each holds."""
    name = table.name.capitalize()
    return {
        f"{name} {at}" if at > 1 else name: size
        for at, size in enumerate(sheet_numbers(count, most_rows), start=1)
    }


def _frame(table: Table, head: FileHead, sizes: Mapping[str, int], origin: str) -> BytesIO:
    """The workbook without its rows: in their place, in row 2, one cell of each style."""
    made = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(made, options) as book:
        book.set_properties(
            {
                "title": f"{_both(meanings.TITLES[table.name])} – {_edition(head)}",
                "author": origin,
                "comments": head.origin,
                "created": head.at.astimezone(UTC).replace(tzinfo=None),
            }
        )
        sheets = _Sheets(book)
        cover, notes, symbols = (book.add_worksheet(name) for name in _BESIDE)
        for name, size in sizes.items():
            sheets.data(name, table, size)
        _cover(sheets, cover, table, head, list(sizes), sum(sizes.values()), origin)
        columns = [(one.name, *_each(meanings.meaning(table.name, one.name))) for one in table.columns]
        sheets.listing(notes, "Notes", ("column", *LOCALES), columns)
        marks = [(mark, code, *_each(str(said))) for mark, code, said in listed_symbols()]
        revised = (REVISED.mark, "", *_each(str(REVISED.meaning)))
        sheets.listing(symbols, "Symbols", ("symbol", "obs_status", *LOCALES), [*marks, revised])
    return made


def _filled(sheet: bytes, table: Table, rows: Iterator[Row]) -> Iterator[bytes]:
    """A sheet of the frame with its rows in place of the samples."""
    samples = _SAMPLES.search(sheet)
    if samples is None:
        raise ValueError("the frame has no samples")
    quoted, *decimals = (style.decode() for style in _STYLE_OF.findall(samples[0]))
    yield re.sub(rb"<dimension [^>]*/>", b"", sheet[: samples.start()])
    yield from rows_xml(table, Styles(quoted, dict(enumerate(decimals))), rows)
    yield sheet[samples.end() :]


def _stretched(part: bytes, sizes: Mapping[str, int]) -> bytes:
    """The table object of a sheet of rows, over all of them; the frame has it over the first alone.

    The library would note every cell of a table, to find tables that overlap.
    """
    for name, size in sizes.items():
        if f' name="{_identifier(name)}"'.encode() in part:
            return re.sub(rb'ref="A1:([A-Z]+)2"', rb'ref="A1:\g<1>%d"' % (max(size, 1) + 1), part)
    return part


def _identifier(name: str) -> str:
    return name.replace(" ", "_")


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
        patterns = ("0." + "0" * decimals if decimals else "0" for decimals in range(EXACT_DIGITS + 1))
        self._samples = [
            book.add_format({"quote_prefix": True}),
            *(book.add_format({"num_format": pattern}) for pattern in patterns),
        ]

    def listing(self, sheet: Any, name: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """A sheet of texts under a header."""
        self._header(sheet, header)
        for at, row in enumerate(rows, start=1):
            for column, text in enumerate(row):
                sheet.write_string(at, column, text, self.wrapped)
        self._as_table(sheet, name, header, len(rows))
        sheet.set_column(0, len(header) - len(LOCALES) - 1, 26)
        sheet.set_column(len(header) - len(LOCALES), len(header) - 1, 70)

    def data(self, name: str, table: Table, rows: int) -> None:
        """A sheet for so many rows: its header, and one cell of each style below it."""
        sheet = self._book.add_worksheet(name)
        for at, column in enumerate(table.columns):
            sheet.set_column(at, at, _WIDTHS.get(column.type, _TEXT_WIDTH))
        self._as_table(sheet, name, table.names, 1)
        self._header(sheet, table.names)
        for at, style in enumerate(self._samples):
            sheet.write_number(1, at, at, style)
        sheet.ignore_errors({"number_stored_as_text": f"A2:{xl_col_to_name(len(table.columns) - 1)}{rows + 1}"})

    def _header(self, sheet: Any, header: Sequence[str]) -> None:
        sheet.freeze_panes(1, 0)
        for column, text in enumerate(header):
            sheet.write_string(0, column, text, self.bold)

    def _as_table(self, sheet: Any, name: str, header: Sequence[str], rows: int) -> None:
        """Make a table object of the range; it has a row at least, if an empty one."""
        columns = [{"header": text, "header_format": self.bold} for text in header]
        options = {"name": _identifier(name), "columns": columns, "style": _STYLE}
        sheet.add_table(0, 0, max(rows, 1), len(header) - 1, options)


def _each(msgid: str) -> tuple[str, ...]:
    return tuple(translated(msgid, locale) for locale in LOCALES)


def _both(msgid: str) -> str:
    """In every language, one after another, once where they are the same."""
    return " · ".join(dict.fromkeys(_each(msgid)))


def _edition(head: FileHead) -> str:
    return " · ".join(dict.fromkeys(text.format(n=head.edition) for text in _each(N_("edition {n}"))))
