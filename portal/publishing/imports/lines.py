"""From rows of a foreign table to lines of our fields, as the mapping says; no judgement yet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from portal.foundation.i18n import LOCALES, N_, Message
from portal.foundation.streams import Numbered, Stream
from portal.foundation.tables import Fault, ImportRefused, Row, Table
from portal.publishing.imports.fields import ALL_FIELDS, NUMBERS, REQUIRED
from portal.publishing.imports.mapping import Mapping as FigureMapping
from portal.publishing.imports.mapping import Melt
from portal.registry.queries import slug, tidy

NO_WORDS: Mapping[str, Mapping[str, str]] = {}
_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
_LOCALE = re.compile(rf"_(?:{'|'.join(LOCALES)})$")


@dataclass(frozen=True)
class Line:
    """One figure as the file tells it: our fields as text, and the column each came from."""

    row: Row
    values: Mapping[str, str]
    origins: Mapping[str, str]

    def get(self, field: str) -> str:
        return self.values.get(field, "")

    def typed(self, field: str) -> str:
        """What stands in the file where the field was read."""
        return self.row.cells.get(self.origins.get(field, field), self.get(field))

    def fault(self, field: str, expected: Message | str) -> Fault:
        column = self.origins.get(field, field)
        return Fault(self.row.file, self.row.number, column, expected, self.typed(field))


def numbered(table: Table | Stream) -> Iterator[Numbered]:
    """Every row as its number and its cells, in the order of the headers."""
    if isinstance(table, Stream):
        yield from table.lines()
        return
    for row in table.rows:
        yield row.number, [row.cells[header] for header in table.headers]


def require_columns(table: Table | Stream, mapping: FigureMapping) -> None:
    """Raises ImportRefused naming every column the mapping asks for and the file does not have."""
    missing = sorted(set(_columns_used(mapping)) - set(table.headers))
    if not mapping.columns and not mapping.melt:
        missing = sorted(field for field in REQUIRED if field not in table.headers)
    if missing:
        headers = ", ".join(header for header in table.headers if header)
        headers = headers if len(headers) <= 120 else headers[:120] + "…"
        raise ImportRefused([Fault(table.file, 1, name, N_("a column of this name"), headers) for name in missing])


def lines_of(row: Row, mapping: FigureMapping) -> Iterator[Line]:
    """The figures of one row: itself, or one for each period its columns hold a value of."""
    base, origins = _base(row, mapping)
    if not mapping.melt:
        yield _finished(row, mapping, base, origins)
        return
    by_period: dict[str, tuple[dict[str, str], dict[str, str]]] = {}
    for melt in mapping.melt:
        _melt(row, mapping, melt, by_period)
    for period, (values, columns) in by_period.items():
        if any(values.get(name) for name in NUMBERS):
            yield _finished(row, mapping, {**base, **values, "period": period}, {**origins, **columns})


def _base(row: Row, mapping: FigureMapping) -> tuple[dict[str, str], dict[str, str]]:
    columns: Mapping[str, str] = mapping.columns
    if not columns and not mapping.melt:
        columns = {field: field for field in row.cells if field in ALL_FIELDS}
    values = {field: _cell(row, column, mapping) for field, column in columns.items()}
    origins = dict(columns)
    for field, extract in mapping.extract.items():
        match = re.search(extract.pattern, _cell(row, extract.source, mapping))
        taken = next((group for group in match.groups() if group is not None), "") if match else ""
        values[field] = taken.strip() or extract.default
        origins[field] = extract.source
    return values, origins


def _melt(
    row: Row,
    mapping: FigureMapping,
    melt: Melt,
    by_period: dict[str, tuple[dict[str, str], dict[str, str]]],
) -> None:
    for column in melt.columns:
        match = re.search(melt.period, column)
        period = match[1] if match else column
        values, origins = by_period.setdefault(period, ({}, {}))
        values[melt.into] = _cell(row, column, mapping)
        origins[melt.into] = origins["period"] = column
        for field, source in melt.also.items():
            values[field] = _cell(row, source, mapping)
            origins[field] = source
        values.update(melt.constants)


def _finished(row: Row, mapping: FigureMapping, values: dict[str, str], origins: dict[str, str]) -> Line:
    if mapping.file.missing_status and not values.get("obs_status") and not values.get("actual"):
        values["obs_status"] = _why_missing(row, origins, mapping)
    for field, codes in mapping.codes.items():
        if values.get(field):
            values[field] = codes.get(values[field], values[field])
    values.update(_defaults(values, mapping))
    values.update(mapping.constants)
    for field, template in mapping.texts.items():
        if not values.get(field):
            values[field] = "".join(_filled(template, values, row, mapping, mapping.words))
    for field, template in mapping.slugs.items():
        if not values.get(field):
            parts = _filled(template, values, row, mapping)
            values[field] = slug(*parts) if parts else ""
    return Line(row, values, origins)


def _defaults(values: Mapping[str, str], mapping: FigureMapping) -> dict[str, str]:
    """What stands in for missing cells. A translation goes with its default, not with what the source says."""
    missing = {field: text for field, text in mapping.defaults.items() if not values.get(field)}
    return {
        field: text
        for field, text in missing.items()
        if (base := _LOCALE.sub("", field)) in missing or base not in mapping.defaults
    }


def _filled(
    template: str,
    values: Mapping[str, str],
    row: Row,
    mapping: FigureMapping,
    words: Mapping[str, Mapping[str, str]] = NO_WORDS,
) -> Sequence[str]:
    """The template with {field} or {column} put in; nothing when one of them is missing."""
    named = {name: _value(name, values, row, mapping, words) for name in _PLACEHOLDER.findall(template)}
    if not all(named.values()):
        return ()
    return [tidy(_PLACEHOLDER.sub(lambda match: named[match[1]], template))]


def _value(
    name: str,
    values: Mapping[str, str],
    row: Row,
    mapping: FigureMapping,
    words: Mapping[str, Mapping[str, str]],
) -> str:
    if name in ALL_FIELDS:
        return values.get(name, "")
    text = _cell(row, name, mapping)
    return words.get(name, {}).get(text, text)


def _cell(row: Row, column: str, mapping: FigureMapping) -> str:
    text = row.cells.get(column, "").strip()
    return "" if text in mapping.file.missing or text in mapping.file.missing_status else text


def _why_missing(row: Row, origins: Mapping[str, str], mapping: FigureMapping) -> str:
    """The status that the text of a missing result stands for, when the mapping tells."""
    text = row.cells.get(origins.get("actual", "actual"), "").strip()
    return mapping.file.missing_status.get(text, "")


def _columns_used(mapping: FigureMapping) -> Iterator[str]:
    yield from mapping.columns.values()
    yield from (extract.source for extract in mapping.extract.values())
    for melt in mapping.melt:
        yield from melt.columns
        yield from melt.also.values()
    for template in (*mapping.texts.values(), *mapping.slugs.values()):
        yield from (name for name in _PLACEHOLDER.findall(template) if name not in ALL_FIELDS)
