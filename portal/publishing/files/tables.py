"""A data file as a table: its columns with their types, what names a row, and its rows as CSV and as JSON.

A row is a mapping of every column to a value: text, whole number, truth value or None. Measured numbers are
decimal strings with the digits published; what reads them as numbers does so by the column's type.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from portal.foundation.i18n import LOCALES
from portal.publishing.files.cells import BOM, csv_line, in_blocks
from portal.publishing.files.values import Context, FileHead, Lines
from portal.publishing.log.canonical import canonical
from portal.publishing.log.entries import moment
from portal.publishing.values import Statement

Row = Mapping[str, Any]


class ColumnType(StrEnum):
    """text · number: a decimal string · integer · boolean · moment: UTC, to the second."""

    TEXT = "text"
    NUMBER = "number"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    MOMENT = "moment"


@dataclass(frozen=True)
class Column:
    name: str
    type: ColumnType = ColumnType.TEXT


@dataclass(frozen=True)
class Table:
    """One data file: `key` are the columns that together name a row."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rows: Callable[[FileHead, Context, Lines], Iterator[Row]]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


def texts(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name) for name in names)


def numbers(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, ColumnType.NUMBER) for name in names)


def integers(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, ColumnType.INTEGER) for name in names)


def names_in(prefix: str) -> tuple[Column, ...]:
    """The columns of a name in each language."""
    return texts(*(f"{prefix}_{locale}" for locale in LOCALES))


def named(prefix: str, statement: Statement, part: str = "names") -> dict[str, str | None]:
    """A text of a statement in each language, under its columns."""
    said: Mapping[str, str] = statement.get(part) or {}
    return {f"{prefix}_{locale}": said.get(locale) for locale in LOCALES}


def csv_of(table: Table, head: FileHead, context: Context, lines: Lines, *, bom: bool = True) -> Iterator[bytes]:
    """The table as CSV (RFC 4180, UTF-8), header on row 1.

    A cell that a spreadsheet could take for a formula begins with an apostrophe.
    """
    yield (BOM if bom else b"") + csv_line(table.names)
    yield from in_blocks(csv_line([row[name] for name in table.names]) for row in table.rows(head, context, lines))


def json_of(table: Table, head: FileHead, context: Context, lines: Lines) -> Iterator[bytes]:
    """The same rows as JSON, each on its own line; measured numbers are decimal strings."""
    start = {"at": moment(head.at), "edition": head.edition, "origin": head.origin}
    yield canonical(start)[:-1] + f',"{table.name}":['.encode()
    rows = table.rows(head, context, lines)
    yield from in_blocks((b",\n" if at else b"\n") + canonical(row) for at, row in enumerate(rows))
    yield b"\n]}\n"
