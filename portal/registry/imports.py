"""Reading the register from tables: one file of bodies, of services or of indicators (docs/importing.md)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar

from sqlalchemy.orm import Session

from portal.foundation.actor import Actor
from portal.foundation.i18n import LOCALES, N_, Message, message
from portal.foundation.sheet_errors import EXPECTED, is_error
from portal.foundation.tables import Fault, ImportRefused, Row, Table
from portal.registry import body_columns, queries, services
from portal.registry.errors import RegisterRefused
from portal.registry.rules import tidy
from portal.registry.values import Body, Direction, Indicator, Kind, Level, Service

Choice = TypeVar("Choice", bound=StrEnum)
Entry = Body | Service | Indicator
TRUE, FALSE = frozenset({"true", "yes", "1"}), frozenset({"false", "no", "0", ""})


class RegisterTable(StrEnum):
    """Which of the register's tables a file holds."""

    BODIES = "bodies"
    SERVICES = "services"
    INDICATORS = "indicators"


_NAMES = tuple(f"name_{locale}" for locale in LOCALES)
_DEFINITIONS = tuple(f"definition_{locale}" for locale in LOCALES)
_PLACES = tuple(f"place_{locale}" for locale in LOCALES)
_UNITS = tuple(f"unit_{locale}" for locale in LOCALES)
_CRITERIA = tuple(f"criteria_{locale}" for locale in LOCALES)
COLUMNS: Mapping[RegisterTable, tuple[str, ...]] = {
    RegisterTable.BODIES: ("code", *_NAMES, "parent_code", "level", "invented"),
    RegisterTable.SERVICES: ("code", "body_code", *_NAMES, *_PLACES, "windows"),
    RegisterTable.INDICATORS: (
        "code",
        *_NAMES,
        *_DEFINITIONS,
        *_UNITS,
        *_CRITERIA,
        "direction",
        "kind",
        "body_code",
        "service_code",
        "weight",
        "part_of",
    ),
}
REQUIRED: Mapping[RegisterTable, tuple[str, ...]] = {
    RegisterTable.BODIES: ("code", "level"),
    RegisterTable.SERVICES: ("code", "body_code"),
    RegisterTable.INDICATORS: ("code", "direction", "kind"),
}


@dataclass(frozen=True)
class RegisterReport:
    """What an import of the register did, or would have done."""

    table: RegisterTable
    rows: int
    changed: int


def recognise(table: Table) -> RegisterTable:
    """Which table this is, by its columns. Raises ImportRefused when its columns are of none."""
    for kind in (RegisterTable.INDICATORS, RegisterTable.BODIES, RegisterTable.SERVICES):
        if set(REQUIRED[kind]) <= set(table.headers):
            unknown = _unknown(kind, table)
            if unknown:
                expected = message(N_("one of {choices}"), choices=", ".join(COLUMNS[kind]))
                raise ImportRefused([Fault(table.file, 1, name, expected, name) for name in unknown])
            return kind
    columns = N_("columns of bodies, services or indicators")
    raise ImportRefused([Fault(table.file, 1, "-", columns, ", ".join(table.headers))])


def _unknown(kind: RegisterTable, table: Table) -> list[str]:
    known = set(COLUMNS[kind])
    if kind is RegisterTable.BODIES:
        return body_columns.unknown_columns(set(table.headers), known)
    return sorted(set(table.headers) - known - {""})


def import_register(
    session: Session,
    table: Table,
    *,
    actor: Actor,
    now: datetime,
    progress: Callable[[Sequence[Row]], Iterable[Row]] = iter,
) -> RegisterReport:
    """Take every row into the register, or none; `progress` watches the rows go by.

    Raises ImportRefused with every fault; the caller's transaction must then roll back.
    """
    kind = recognise(table)
    faults: list[Fault] = []
    changed = 0
    rows = _parents_first(table.rows) if kind is RegisterTable.BODIES else table.rows
    seen: dict[str, int] = {}
    for row in progress(rows):
        reader = _Reader(row, faults)
        for column in (column for column, text in row.cells.items() if is_error(text.strip())):
            reader.fault(column, EXPECTED)
        if reader.faulty:
            continue
        entry = _with_what_is_known(session, _READ[kind](reader), row, reader)
        first = seen.setdefault(entry.code, row.number)
        if first != row.number:
            reader.fault("code", message(N_("each code once; this one is also in row {row}"), row=str(first)))
        elif not reader.faulty:
            changed += _upsert(session, entry, row, faults, actor, now)
    if faults:
        raise ImportRefused(faults)
    return RegisterReport(kind, len(table.rows), changed)


def _with_what_is_known(session: Session, entry: Entry, row: Row, reader: _Reader) -> Entry:
    """Columns that a file may leave out keep what the register has."""
    if isinstance(entry, Body):
        return body_columns.with_columns(entry, queries.find_body(session, entry.code), row.cells, reader.fault)
    if isinstance(entry, Service):
        return _with_place(entry, queries.find_service(session, entry.code), row)
    if isinstance(entry, Indicator) and "part_of" not in row.cells:
        known = queries.find_indicator(session, entry.code)
        return entry if known is None else replace(entry, part_of=known.part_of)
    return entry


def _with_place(service: Service, known: Service | None, row: Row) -> Service:
    """A file without these columns leaves where the service is; an empty cell takes it away."""
    if known is None:
        return service
    if not row.cells.keys() & set(_PLACES):
        service = replace(service, place=known.place)
    return service if "windows" in row.cells else replace(service, windows=known.windows)


def _upsert(session: Session, entry: Entry, row: Row, faults: list[Fault], actor: Actor, now: datetime) -> bool:
    try:
        match entry:
            case Body():
                return services.upsert_body(session, entry, actor=actor, now=now)
            case Service():
                return services.upsert_service(session, entry, actor=actor, now=now)
            case Indicator():
                return services.upsert_indicator(session, entry, actor=actor, now=now)
    except RegisterRefused as refusal:
        for field, expected in refusal.fields.items():
            column = (
                field.replace("names.", "name_")
                .replace("definition.", "definition_")
                .replace("unit.", "unit_")
                .replace("place.", "place_")
                .replace("criteria.", "criteria_")
                .replace("codes.", body_columns.CODE_COLUMN)
                .replace("former.", "former_name_")
                .replace("successors", "successor_codes")
            )
            faults.append(row.fault("name_en" if column == "names" else column, expected))
        return False


class _Reader:
    """One row's cells as values; what cannot be read becomes a fault of its column."""

    def __init__(self, row: Row, faults: list[Fault]) -> None:
        self._row = row
        self._faults = faults
        self.faulty = False

    def text(self, column: str) -> str:
        return self._row.cells.get(column, "").strip()

    def fault(self, column: str, expected: Message | str) -> None:
        self.faulty = True
        self._faults.append(self._row.fault(column, expected))

    def names(self, start: str) -> Mapping[str, str]:
        texts = {locale: tidy(self.text(f"{start}_{locale}")) for locale in LOCALES}
        return {locale: text for locale, text in texts.items() if text}

    def choice(self, column: str, choices: type[Choice], fallback: Choice) -> Choice:
        text = self.text(column)
        try:
            return choices(text)
        except ValueError:
            self.fault(column, message(N_("one of {choices}"), choices=", ".join(choices)))
            return fallback

    def flag(self, column: str) -> bool:
        text = self.text(column).lower()
        if text not in TRUE | FALSE:
            self.fault(column, N_("true or false"))
        return text in TRUE

    def weight(self) -> Decimal | None:
        text = self.text("weight")
        if not text:
            return None
        try:
            weight = Decimal(text)
        except InvalidOperation:
            weight = Decimal("NaN")
        if not weight.is_finite() or len(text) > 20:
            self.fault("weight", N_("a number from 0 to 100"))
            return None
        return weight


def _read_body(reader: _Reader) -> Body:
    return Body(
        code=reader.text("code"),
        names=reader.names("name"),
        parent_code=reader.text("parent_code") or None,
        level=reader.choice("level", Level, Level.UNSTATED),
        invented=reader.flag("invented"),
    )


def _read_service(reader: _Reader) -> Service:
    windows = re.split(r"[\s,;，；、]+", reader.text("windows"))
    return Service(
        reader.text("code"),
        reader.text("body_code"),
        reader.names("name"),
        reader.names("place"),
        tuple(window for window in windows if window),
    )


def _read_indicator(reader: _Reader) -> Indicator:
    return Indicator(
        code=reader.text("code"),
        names=reader.names("name"),
        definition=reader.names("definition"),
        unit=reader.names("unit"),
        direction=reader.choice("direction", Direction, Direction.NONE),
        kind=reader.choice("kind", Kind, Kind.EXPECTED),
        body_code=reader.text("body_code") or None,
        service_code=reader.text("service_code") or None,
        weight=reader.weight(),
        criteria=reader.names("criteria"),
        part_of=reader.text("part_of") or None,
    )


_READ: Mapping[RegisterTable, Callable[[_Reader], Entry]] = {
    RegisterTable.BODIES: _read_body,
    RegisterTable.SERVICES: _read_service,
    RegisterTable.INDICATORS: _read_indicator,
}


def _parents_first(rows: Iterable[Row]) -> list[Row]:
    """The rows in an order in which parents and successors come before the bodies that name them.

    A cycle is left for the rules.
    """
    waiting = {row.number: row for row in rows}
    codes = {row.cells.get("code", "").strip() for row in waiting.values()}
    needed = {number: {code for code in _named(row) if code in codes} for number, row in waiting.items()}
    ordered: list[Row] = []
    placed: set[str] = set()
    while waiting:
        ready = [row for number, row in waiting.items() if needed[number] <= placed]
        for row in ready or list(waiting.values()):
            ordered.append(waiting.pop(row.number))
            placed.add(row.cells.get("code", "").strip())
    return ordered


def _named(row: Row) -> set[str]:
    return {row.cells.get("parent_code", "").strip(), *body_columns.successors(row.cells)}
