"""A refused file given back as the same sheet, its faulty cells marked."""

from __future__ import annotations

from collections.abc import Callable

from portal.foundation.faults import ImportRefused
from portal.foundation.grids import read_grid
from portal.foundation.i18n import Message
from portal.foundation.layouts import lay_out
from portal.foundation.marked import Words, marked_workbook, marks_of
from portal.publishing.imports.mapping import Mapping

ENGLISH = Words("What is wrong", ("Row", "Column", "Expected", "Found"))


def marked_sheet(
    file: str,
    data: bytes,
    mapping: Mapping,
    refusal: ImportRefused,
    *,
    words: Words = ENGLISH,
    say: Callable[[Message | str], str] = str,
) -> bytes:
    """An XLSX of the file's sheet with its faults marked. Raises ImportRefused when it is no sheet at all."""
    form = mapping.file
    try:
        grid = read_grid(file, data, encoding=form.encoding, sheet=form.sheet)
        headers = lay_out(grid, form.layout).headers
    except ImportRefused:
        headers = ()  # without a header every fault marks the first cell of its row
    return marked_workbook(
        read_grid(file, data, encoding=form.encoding, sheet=form.sheet),
        marks_of(refusal.every, headers, say),
        words,
    )
