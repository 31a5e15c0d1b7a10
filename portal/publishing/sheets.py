"""A return as a spreadsheet: pre-filled with codes, names, last value and target; read back all or nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.foundation.faults import Fault, ImportRefused
from portal.foundation.i18n import N_, Message, message
from portal.foundation.layouts import Row, Table
from portal.foundation.marked import sheet_name, write_cell
from portal.foundation.sheet_errors import EXPECTED, is_error
from portal.publishing.collecting import NUMBERS, Entry, Value
from portal.publishing.files import guarded
from portal.publishing.imports.mapping import NumberFormat
from portal.publishing.imports.parsing import parse_number
from portal.publishing.rules.entries import faults as entry_faults

COLUMNS = (
    *("round", "body_code", "body_name", "indicator_code", "indicator_name", "unit", "period"),
    *("last_period", "last_value", "target", "actual", "numerator", "denominator", "obs_status"),
    *("note", "explanation"),
)
FILLED = frozenset({"actual", "numerator", "denominator", "obs_status", "note", "explanation"})
"""What the body fills in; the target too, where none is settled."""
_TEXTS = ("obs_status", "note", "explanation")
NEEDED = ("indicator_code", "actual")
STYLE = NumberFormat.model_validate(
    {"thousands": ",", "percent": "drop", "multipliers": {"万": 10_000, "亿": 100_000_000}}
)
_WIDTHS = {"body_name": 28, "indicator_name": 44, "note": 40, "explanation": 40}


@dataclass(frozen=True)
class Named:
    """The names and the unit a sheet shows beside codes, in the reader's language."""

    body: str
    indicators: Mapping[str, str]
    units: Mapping[str, str]


def number_typed(text: str | None) -> str | None:
    """A number as a person types it (１,２３４, 91.5%, 1.2万), as a decimal string. Raises ValueError."""
    if text is None or not text.strip():
        return None
    return parse_number(text, STYLE)


def sheet_csv(values: Sequence[Value], named: Named) -> bytes:
    """UTF-8 with a byte order mark, so that a spreadsheet opens it with Chinese intact; no cell is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for cells in _rows(values, named):
        writer.writerow([guarded(cell) for cell in cells])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def sheet_xlsx(values: Sequence[Value], named: Named) -> bytes:
    """One sheet, header on row 1; what is to be filled in has its own ground."""
    import xlsxwriter  # heavy: only a page that gives out a file needs it

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    head = book.add_format({"bold": True, "bottom": 1})
    known = book.add_format({"font_color": "#505a5f"})
    empty = book.add_format({"bg_color": "#FFF7DB", "border": 1, "border_color": "#b1b4b6"})
    sheet = book.add_worksheet(sheet_name(values[0].round if values else "1"))
    sheet.write_row(0, 0, COLUMNS, head)
    sheet.freeze_panes(1, 5)
    for at, name in enumerate(COLUMNS):
        sheet.set_column(at, at, _WIDTHS.get(name, 14))
    for row, (value, cells) in enumerate(zip(values, _rows(values, named), strict=True), start=1):
        for at, cell in enumerate(cells):
            open_cell = COLUMNS[at] in FILLED or (COLUMNS[at] == "target" and value.asked.target is None)
            write_cell(sheet, row, at, cell, empty if open_cell and value.state.is_with_body else known)
    book.close()
    return out.getvalue()


def read_sheet(table: Table, values: Sequence[Value]) -> dict[str, Entry]:
    """The entries of a filled sheet, by indicator; rows left empty are left out.

    Raises ImportRefused naming file, row and column of each fault; then nothing is taken.
    """
    missing = [name for name in NEEDED if name not in table.headers]
    if missing:
        raise ImportRefused(
            [Fault(table.file, 1, name, message(N_("a column {name}"), name=name), "") for name in missing]
        )
    known = {value.key.indicator: value for value in values}
    found: dict[str, Entry] = {}
    wrong: list[Fault] = []
    seen: set[str] = set()
    for row in table.rows:
        code = _text(row, "indicator_code") or ""
        if expected := _misplaced(row, code, known, seen):
            wrong.append(row.fault(*expected))
            continue
        seen.add(code)
        _take(row, known[code], found, wrong)
    if wrong:
        raise ImportRefused(wrong)
    return found


def _take(row: Row, value: Value, found: dict[str, Entry], wrong: list[Fault]) -> None:
    broken = [name for name in (*NUMBERS, *_TEXTS) if is_error(_text(row, name) or "")]
    if broken:
        wrong.extend(row.fault(name, EXPECTED) for name in broken)
        return
    numbers: dict[str, str | None] = {}
    for name in NUMBERS:
        try:
            numbers[name] = number_typed(row.cells.get(name))
        except ValueError as error:
            wrong.append(row.fault(name, _said(error)))
            return
    texts = {name: _text(row, name) for name in _TEXTS}
    entry = Entry(**numbers, **texts)
    if not any((entry.actual, entry.numerator, entry.denominator, *texts.values())):
        return
    if not value.state.is_with_body:
        if _differs(entry, value.entry):
            wrong.append(row.fault("actual", message(N_("the value as it was handed in"))))
        return
    faulty = entry_faults(entry, value.asked)
    wrong.extend(row.fault(name, words) for name, words in faulty.items())
    found[value.key.indicator] = entry


def _misplaced(
    row: Row, code: str, known: Mapping[str, Value], seen: set[str]
) -> tuple[str, Message | str] | None:
    """What makes a row one of another return, as the column and what was expected there."""
    if code not in known:
        return "indicator_code", N_("an indicator of this return")
    if code in seen:
        return "indicator_code", N_("each indicator once")
    value = known[code]
    for column, own in (("body_code", value.key.body), ("period", value.key.period), ("round", value.round)):
        given = _text(row, column)
        if given is not None and given != own:
            return column, message(N_("{own}, as in this return"), own=own)
    return None


def _differs(one: Entry, other: Entry) -> bool:
    return (one.actual, one.numerator, one.denominator) != (other.actual, other.numerator, other.denominator)


def _said(error: ValueError) -> Message | str:
    said = error.args[0] if error.args else N_("a number")
    return said if isinstance(said, Message | str) else N_("a number")


def _text(row: Row, column: str) -> str | None:
    return row.cells.get(column, "").strip() or None


def _rows(values: Sequence[Value], named: Named) -> list[list[str]]:
    return [_cells(value, named) for value in values]


def _cells(value: Value, named: Named) -> list[str]:
    code, entry, asked = value.key.indicator, value.entry, value.asked
    given: dict[str, Any] = {
        "round": value.round,
        "body_code": value.key.body,
        "body_name": named.body,
        "indicator_code": code,
        "indicator_name": named.indicators.get(code),
        "unit": named.units.get(code),
        "period": value.key.period,
        "last_period": asked.last_period,
        "last_value": asked.last,
        **entry.stored,
        "target": entry.target or asked.target,
    }
    return [given[name] or "" for name in COLUMNS]
