"""The sheet somebody sent, given back with its faulty cells marked: what was expected stands in a comment.

Nothing in it can run: every cell is written as text or as a plain number, never as a formula or a link.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from portal.foundation.faults import Fault
from portal.foundation.grids import Grid, Merged
from portal.foundation.i18n import Message
from portal.foundation.layouts import letter

MOST_MARKED = 5_000
_MOST_MERGED = 2_000
_PLAIN_NUMBER = re.compile(r"-?(0|[1-9][0-9]{0,14})(\.[0-9]{0,9}[1-9])?")
_NO_SHEET_NAME = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Mark:
    """A cell to mark: its 1-based row, its column counted from 0, and what to say beside it."""

    row: int
    column: int
    says: str
    found: str


@dataclass(frozen=True)
class Words:
    """What the workbook says in the reader's language; `heads` are row, column, what is wrong, found."""

    list_title: str
    heads: tuple[str, str, str, str]


def marks_of(faults: Iterable[Fault], headers: Sequence[str], say: Callable[[Message | str], str]) -> list[Mark]:
    """Where faults stand in their sheet; one without a column of the sheet marks the first cell of its row."""
    places = {name: place for place, name in reversed(list(enumerate(headers)))}
    return [Mark(one.row, places.get(one.column, 0), say(one.expected), one.found) for one in faults]


def marked_workbook(grid: Grid, marks: Sequence[Mark], words: Words) -> bytes:
    """An XLSX of the same sheet with marked cells, and a second sheet that lists the marks."""
    import xlsxwriter  # heavy: only a page that gives out a file needs it

    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True}
    )
    looks = {
        "plain": book.add_format({}),
        "marked": book.add_format({"bg_color": "#F6D7D2", "border": 2, "border_color": "#942514"}),
        "head": book.add_format({"bold": True}),
    }
    title = sheet_name(grid.sheet or "1")
    sheet = book.add_worksheet(title)
    told: dict[tuple[int, int], list[Mark]] = {}
    for mark in marks[:MOST_MARKED]:
        told.setdefault((mark.row - 1, mark.column), []).append(mark)
    _merge(sheet, grid.merged, looks["plain"])
    _fill(sheet, grid.lines, told, looks)
    for (row, column), here in told.items():
        says = "\n".join(dict.fromkeys(mark.says for mark in here))
        sheet.write_comment(row, column, _clean(says)[:2000], {"x_scale": 2, "author": ""})
    _list(book, words, marks[:MOST_MARKED], title, looks)
    book.close()
    return out.getvalue()


def sheet_name(text: str) -> str:
    """The text as a sheet may be called: at most 31 characters, without brackets, slashes and colons."""
    return _NO_SHEET_NAME.sub(" ", text).strip().strip("'")[:31] or "1"


def _fill(
    sheet: Any, lines: Iterable[tuple[int, Sequence[str]]], told: dict[tuple[int, int], list[Mark]], looks: Any
) -> None:
    last = 0
    for last, cells in lines:
        for place, text in enumerate(cells[:16_384]):
            look = looks["marked"] if (last - 1, place) in told else None
            if text or look is not None:
                write_cell(sheet, last - 1, place, text, look)
    for row, column in told:
        if row >= last:
            sheet.write_blank(row, column, None, looks["marked"])


def write_cell(sheet: Any, row: int, column: int, text: str, look: Any = None) -> None:
    """A number where that loses no digit, else text: never a formula, a link or an error."""
    if _PLAIN_NUMBER.fullmatch(text) and len(text) <= 16:
        sheet.write_number(row, column, float(text), look)
    elif text:
        sheet.write_string(row, column, _clean(text)[:32_767], look)
    else:
        sheet.write_blank(row, column, None, look)


def _merge(sheet: Any, merged: Sequence[Merged], look: Any) -> None:
    from xlsxwriter.exceptions import XlsxWriterException

    for (first, left), (last, right) in merged[:_MOST_MERGED]:
        try:
            sheet.merge_range(first, left, last, right, "", look)
        except XlsxWriterException:
            continue  # ranges that overlap, which only a broken file has


def _list(book: Any, words: Words, marks: Sequence[Mark], title: str, looks: Any) -> None:
    name = sheet_name(words.list_title)
    sheet = book.add_worksheet(name if name.casefold() != title.casefold() else f"{name[:29]} 2")
    sheet.write_row(0, 0, words.heads, looks["head"])
    for row, mark in enumerate(marks, start=1):
        sheet.write_number(row, 0, mark.row)
        sheet.write_string(row, 1, letter(mark.column))
        sheet.write_string(row, 2, _clean(mark.says)[:2000])
        sheet.write_string(row, 3, _clean(mark.found)[:2000])
    sheet.set_column(0, 1, 8)
    sheet.set_column(2, 3, 60)


def _clean(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)
