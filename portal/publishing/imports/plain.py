"""Plain rows: those that careful reading would take unchanged, which in a large file are nearly all.

A row is plain when the file said the same of its body and indicator before, without a fault, and when its
period, numbers and status stand there in the very spelling that is published. Such a row is taken as it is;
any other is left to careful reading (`checks`), so that the two never differ in what they accept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any

from portal.foundation.sheet_errors import is_error
from portal.publishing.imports.checked import Checked, FigureInput, Origin
from portal.publishing.imports.fields import ALL_FIELDS, NUMBERS
from portal.publishing.imports.mapping import Mapping, default_mapping
from portal.publishing.imports.parsing import MOST_DIGITS, parse_period
from portal.publishing.values import FigureKey, ObsStatus

MOST_NOTE = 2000
_NUMBER = re.compile(r"(?:-(?=[0.]*[1-9]))?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?").fullmatch
_STATUSES = {status.value: status.value for status in ObsStatus}
_MISSING = frozenset(status.value for status in ObsStatus if status.means_missing)
_LAYOUT = ("encoding", "sheet", "locale", "header_rows", "fill_down", "skip_rows", "end", "letters")
_OF_BODY = ("body_code", "body_name")
_OF_SERVICE = ("service_code", "service_name")
_OF_INDICATOR = ("indicator_code", "indicator_name", "unit", "direction", "kind", "definition")

Cells = Sequence[str]


def is_plain(mapping: Mapping) -> bool:
    """Whether the mapping takes cells as they stand: it may name columns and a layout, no more."""
    usual = default_mapping()
    form = usual.file.model_copy(update={name: getattr(mapping.file, name) for name in _LAYOUT})
    return mapping == usual.model_copy(
        update={"release": mapping.release, "columns": mapping.columns, "file": form}
    )


class PlainRows:
    """Takes plain rows of one file into `result`, and learns from the others what is plain."""

    def __init__(self, file: str, headers: Sequence[str], mapping: Mapping, result: Checked) -> None:
        columns = dict(mapping.columns) or {name: name for name in headers if name in ALL_FIELDS}
        at = {field: headers.index(column) for field, column in columns.items()}
        self._body_of = _picker(at, _OF_BODY)
        self._alone_of = _picker(at, _OF_INDICATOR)
        self._with_service_of = _picker(at, (*_OF_INDICATOR, *_OF_SERVICE, "body_code"))
        self._bodies: dict[Any, str] = {}
        self._indicators: dict[Any, str] = {}
        self._periods: dict[str, str] = {}
        self._targets: dict[str, str] = {}
        self._code_at = at["body_code"], at["indicator_code"]
        self._period_at = at["period"]
        self._service_at = at.get("service_code", -1)
        self._numbers_at = tuple(at.get(name, -1) for name in NUMBERS)
        self._status_at, self._note_at = at.get("obs_status", -1), at.get("obs_note", -1)
        self._style = mapping.periods
        self._figures = result.figures
        self._result = result
        self._origin = Origin(file, columns)

    def take(self, number: int, cells: Cells) -> bool:
        """Take the row if it is plain; False leaves it to be read with care."""
        cells = (*cells, "")  # what a file has no column for is read at −1
        body = self._bodies.get(self._body_of(cells))
        alone = not cells[self._service_at]
        indicator = self._indicators.get(self._alone_of(cells) if alone else self._with_service_of(cells))
        period = self._periods.get(cells[self._period_at])
        if body is None or indicator is None or period is None:
            return False
        values = [cells[at] or None for at in self._numbers_at]
        for value in values:
            if value is not None and (len(value) > MOST_DIGITS or not _NUMBER(value)):
                return False
        target, actual, numerator, denominator = values
        status = cells[self._status_at] or ("O" if actual is None else "A")
        if status not in _STATUSES or (actual is not None and status in _MISSING):
            return False
        note = cells[self._note_at]
        if note and (len(note) > MOST_NOTE or "\x00" in note or note != note.strip() or is_error(note)):
            return False
        key = FigureKey(body, indicator, period)
        if key in self._figures:
            return False
        if target is not None:
            target = self._targets.setdefault(target, target)
        self._figures[key] = FigureInput(
            key, target, actual, numerator, denominator, _STATUSES[status], note or None, number, self._origin
        )
        self._result.rows += 1
        return True

    def learn(self, cells: Cells) -> None:
        """Remember what a row that was read with care, and had no fault, says of its body and indicator."""
        cells = (*cells, "")
        body, indicator = (cells[at] for at in self._code_at)
        if body != body.strip() or indicator != indicator.strip():
            return
        self._bodies.setdefault(self._body_of(cells), body)
        key = self._with_service_of(cells) if cells[self._service_at] else self._alone_of(cells)
        self._indicators.setdefault(key, indicator)
        period = cells[self._period_at]
        if period not in self._periods and str(parse_period(period, self._style)) == period:
            self._periods[period] = period


def _picker(at: dict[str, int], fields: Sequence[str]) -> Callable[[Cells], Any]:
    """What a row says in these fields and their translations, to be compared with what others say there."""
    found = [place for field, place in at.items() if field.startswith(tuple(fields))]
    return itemgetter(*found) if found else lambda _cells: ()
