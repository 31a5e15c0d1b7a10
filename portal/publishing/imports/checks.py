"""Judging lines: every field of every line is read, and every fault is told with its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any, TypeVar

from portal.foundation.i18n import LOCALES, N_, Message, message
from portal.foundation.sheet_errors import EXPECTED, is_error
from portal.foundation.streams import Numbered, Stream
from portal.foundation.tables import MOST_KEPT, Fault, ImportRefused, Row, Table
from portal.publishing.imports.checked import (
    BodyClaim,
    Checked,
    FigureInput,
    IndicatorClaim,
    Origin,
    ServiceClaim,
)
from portal.publishing.imports.fields import NUMBERS
from portal.publishing.imports.lines import Line, lines_of, numbered, require_columns
from portal.publishing.imports.mapping import Mapping as FigureMapping
from portal.publishing.imports.parsing import ONE, parse_number, parse_period
from portal.publishing.imports.plain import MOST_NOTE, PlainRows, is_plain
from portal.publishing.values import FigureKey, ObsStatus
from portal.registry.queries import is_code, name_fault, tidy
from portal.registry.values import Direction, Kind

NOTHING: frozenset[str] = frozenset()
COMMON = "*"
"""Stands for several: no code can be this."""

_FAULTS_LATER = ("body_code", "indicator_code", "period", *NUMBERS)
"""The fields of a figure that may turn out wrong only when it is held against what is published."""

Choice = TypeVar("Choice", bound=StrEnum)
Claim = TypeVar("Claim", BodyClaim, ServiceClaim, IndicatorClaim)


def check_table(table: Table | Stream, mapping: FigureMapping, lines: Iterable[Numbered] | None = None) -> Checked:
    """Read every line (or `lines`, the same lines behind a progress bar).

    Rows that are plain are taken as they are (see `plain`), all others are read field by field.
    Raises ImportRefused with all faults found, bounded in what is kept, when there is any.
    """
    require_columns(table, mapping)
    checker = _Checker(mapping)
    plain = PlainRows(table.file, table.headers, mapping, checker.result) if is_plain(mapping) else None
    for number, cells in numbered(table) if lines is None else lines:
        if plain is not None and plain.take(number, cells):
            continue
        before = checker.total
        checker.take_row(Row(table.file, number, dict(zip(table.headers, cells, strict=True))))
        if plain is not None and checker.total == before:
            plain.learn(cells)
    if checker.total:
        raise ImportRefused(checker.faults, checker.total)
    indicators = checker.result.indicators
    for code, claim in indicators.items():
        if claim.body == COMMON or claim.service == COMMON:
            body = None if claim.body == COMMON else claim.body
            indicators[code] = replace(claim, body=body, service=None)
    return checker.result


def _with(claim: Claim, part: str, value: object) -> Claim:
    changes: dict[str, Any] = {part: value}
    return replace(claim, **changes)


def _shown(said: object) -> str:
    return " / ".join(said.values()) if isinstance(said, Mapping) else str(said)


class _Checker:
    """Gathers what a file holds and what is wrong in it."""

    def __init__(self, mapping: FigureMapping) -> None:
        self._mapping = mapping
        self.result = Checked()
        self.faults: list[Fault] = []
        self.total = 0
        self._last = (0, "")
        self._columns: dict[tuple[tuple[str, str], ...], Mapping[str, str]] = {}

    def take_row(self, row: Row) -> None:
        self.result.rows += 1
        lines = list(lines_of(row, self._mapping))
        for line in lines:
            before = self.total
            self._take(line)
            if self.total > before:
                return  # the other periods of this row would repeat its faults
        if lines:
            self._count_defaults(lines[0])

    def _take(self, line: Line) -> None:
        broken = [field for field, text in line.values.items() if is_error(text)]
        for field in broken:
            self._fault(line, field, EXPECTED)
        if broken:
            return  # what else would be said of these cells follows from it
        self._claim_body(line)
        self._claim_service(line)
        self._claim_indicator(line)
        self._figure(line)

    def _claim_body(self, line: Line) -> None:
        claim = BodyClaim(self._code(line, "body_code"), self._names(line, "body_name"), line)
        self._claim(self.result.bodies, claim, ("names",), {"names": "body_name"})

    def _claim_service(self, line: Line) -> None:
        if not line.get("service_code"):
            return
        names = self._names(line, "service_name")
        claim = ServiceClaim(self._code(line, "service_code"), line.get("body_code"), names, line)
        columns = {"names": "service_name", "body": "body_code"}
        self._claim(self.result.services, claim, ("names", "body"), columns)

    def _claim_indicator(self, line: Line) -> None:
        service = line.get("service_code") or None
        claim = IndicatorClaim(
            code=self._code(line, "indicator_code"),
            names=self._names(line, "indicator_name"),
            definition=self._names(line, "definition"),
            unit=self._names(line, "unit"),
            direction=self._choice(line, "direction", Direction),
            kind=self._choice(line, "kind", Kind),
            body=line.get("body_code") if service else None,
            service=service,
            line=line,
        )
        columns = {
            "names": "indicator_name",
            "body": "body_code",
            "service": "service_code",
        }
        parts = ("names", "definition", "unit", "direction", "kind", "body", "service")
        self._claim(self.result.indicators, claim, parts, columns)

    def _claim(
        self, known: dict[str, Claim], claim: Claim, parts: tuple[str, ...], columns: Mapping[str, str]
    ) -> None:
        """Gather what the lines say about a code; where two say something, they must agree.

        An indicator found under several services is common to them and belongs to none.
        """
        first = known.setdefault(claim.code, claim)
        for part in parts:
            said, says = getattr(first, part), getattr(claim, part)
            if not says or says == said:
                continue
            if not said:
                first = _with(first, part, says)
            elif isinstance(claim, IndicatorClaim) and part in {"body", "service"}:
                first = _with(first, part, COMMON)
            elif said != COMMON:
                place = str(first.line.row.number)
                expected = message(N_("{value}, as in row {row}"), value=_shown(said), row=place)
                self._fault(claim.line, columns.get(part, part), expected)
        known[claim.code] = first

    def _figure(self, line: Line) -> None:
        numbers = {name: self._number(line, name) for name in NUMBERS}
        words = self._mapping.numbers.unchanged
        unchanged = frozenset(name for name in NUMBERS if line.get(name) in words) if words else NOTHING
        key = FigureKey(line.get("body_code"), line.get("indicator_code"), self._period(line))
        is_missing = numbers["actual"] is None and "actual" not in unchanged
        default = ObsStatus.MISSING_VALUE if is_missing else ObsStatus.NORMAL
        figure = FigureInput(
            key=key,
            obs_status=(self._choice(line, "obs_status", ObsStatus) or default).value,
            note=self._note(line),
            row=line.row.number,
            origin=self._origin(line),
            unchanged=unchanged,
            **numbers,
        )
        if not is_missing and ObsStatus(figure.obs_status).means_missing:
            self._fault(line, "obs_status", N_("a status for a value that is there"))
        first = self.result.figures.setdefault(key, figure)
        if first is not figure:
            place = str(first.row)
            self._fault(line, "period", message(N_("each figure once; this one is also in row {row}"), row=place))

    def _origin(self, line: Line) -> Origin:
        """Where the line's figure stands, in as few words as a later fault needs: a file may have a million."""
        columns = self._columns.setdefault(tuple(line.origins.items()), line.origins)
        typed = {field: line.typed(field) for field in _FAULTS_LATER}
        return Origin(line.row.file, columns, typed)

    def _code(self, line: Line, field: str) -> str:
        text = line.get(field)
        if not is_code(text):
            self._fault(line, field, N_("a code of letters A–Z, digits, hyphens and underscores, at most 80"))
        return text

    def _names(self, line: Line, field: str) -> Mapping[str, str]:
        """The text in every language the line gives; the plain column is in the file's language."""
        fields = {self._mapping.file.locale: field} | {
            locale: f"{field}_{locale}" for locale in LOCALES if line.get(f"{field}_{locale}")
        }
        names = {}
        for locale, source in fields.items():
            text = tidy(line.get(source))
            if not text:
                continue
            if expected := name_fault(text):
                self._fault(line, source, expected)
            names[locale] = text
        return names

    def _note(self, line: Line) -> str | None:
        text = line.get("obs_note").strip()
        if len(text) > MOST_NOTE or "\x00" in text:
            self._fault(line, "obs_note", N_("a note of at most 2000 characters, none of them NUL"))
        return text or None

    def _choice(self, line: Line, field: str, choices: type[Choice]) -> Choice | None:
        text = line.get(field)
        if not text:
            return None
        try:
            return choices(text)
        except ValueError:
            self._fault(line, field, message(N_("one of {choices}"), choices=", ".join(choices)))
            return None

    def _number(self, line: Line, field: str) -> str | None:
        text = line.get(field)
        style = self._mapping.numbers
        if not text or text in style.unchanged:
            return None
        try:
            return parse_number(text, style, style.scale.get(field, ONE))  # type: ignore[call-overload]
        except ValueError as error:
            self._fault(line, field, str(error))
            return None

    def _period(self, line: Line) -> str:
        text = line.get("period")
        try:
            return str(parse_period(text, self._mapping.periods))
        except ValueError:
            self._fault(line, "period", N_("a period such as 2023, 2023-24, 2023-Q1 or 2023-04"))
            return text

    def _count_defaults(self, line: Line) -> None:
        """Count the rows a default filled in for, by the text it put in."""
        for field, text in self._mapping.defaults.items():
            if line.get(field) == text and field in self._mapping.columns:
                self.result.defaulted[text] = self.result.defaulted.get(text, 0) + 1

    def _fault(self, line: Line, field: str, expected: Message | str) -> None:
        """Tell the first thing wrong in a cell; what follows from it would only repeat it."""
        fault = line.fault(field, expected)
        if (fault.row, fault.column) == self._last:
            return
        self._last = fault.row, fault.column
        self.total += 1
        if len(self.faults) < MOST_KEPT:
            self.faults.append(fault)
