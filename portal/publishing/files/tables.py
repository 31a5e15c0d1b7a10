"""A data file as a table: its columns with their types, what names a row, and its rows as CSV and as JSON.

A row is a mapping of every column to a value: text, whole number, truth value or None. Measured numbers are
decimal strings with the digits published; what reads them as numbers does so by the column's type.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from portal.foundation.i18n import LOCALES
from portal.publishing.files.cells import BOM, csv_line, in_blocks
from portal.publishing.files.values import Context, FileHead, Lines
from portal.publishing.log.canonical import canonical, flat
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


class Feed(StrEnum):
    """What a table's rows are made from, beside the context: all versions of all figures, or every hand-in with
    the versions that name one."""

    FIGURES = "figures"
    HANDINS = "handins"


@dataclass(frozen=True)
class Told:
    """A table as a layout tells it: the names of its key, and its columns as name:type (text has no type)."""

    key: str
    columns: str


@dataclass(frozen=True)
class Table:
    """One data file: `key` are the columns that together name a row. A row may have more than the columns."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rows: Callable[[FileHead, Context, Lines], Iterator[Row]]
    feed: Feed = Feed.FIGURES

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)


def told(columns: str) -> tuple[Column, ...]:
    """The columns that a layout tells."""
    parts = (one.partition(":") for one in columns.split())
    return tuple(Column(name, ColumnType(kind or "text")) for name, _, kind in parts)


def named(prefix: str, statement: Statement, part: str = "names") -> dict[str, str | None]:
    """A text of a statement in each language, under the names of its columns."""
    said: Mapping[str, str] = statement.get(part) or {}
    return {f"{prefix}_{locale}": said.get(locale) for locale in LOCALES}


def csv_of(table: Table, head: FileHead, context: Context, lines: Lines, *, bom: bool = True) -> Iterator[bytes]:
    """The table as CSV (RFC 4180, UTF-8), header on row 1.

    A cell that a spreadsheet could take for a formula begins with an apostrophe.
    """
    yield csv_start(table, bom=bom)
    for rows in in_blocks(table.rows(head, context, lines)):
        yield csv_rows(table, rows)


def json_of(table: Table, head: FileHead, context: Context, lines: Lines) -> Iterator[bytes]:
    """The same rows as JSON, each on its own line; measured numbers are decimal strings."""
    yield json_start(table, head)
    gap = b"\n"
    for rows in in_blocks(table.rows(head, context, lines)):
        yield gap + b",\n".join(json_rows(table, rows))
        gap = b",\n"
    yield JSON_END


JSON_END = b"\n]}\n"


def csv_start(table: Table, *, bom: bool = True) -> bytes:
    return (BOM if bom else b"") + csv_line(table.names)


def csv_rows(table: Table, rows: Sequence[Row]) -> bytes:
    names = table.names
    return b"".join([csv_line([row[name] for name in names]) for row in rows])


def json_start(table: Table, head: FileHead) -> bytes:
    start = {"at": moment(head.at), "edition": head.edition, "origin": head.origin}
    return canonical(start)[:-1] + f',"{table.name}":['.encode()


def json_rows(table: Table, rows: Sequence[Row]) -> list[bytes]:
    """Each row in canonical form."""
    names = sorted(table.names)
    return [flat({name: row[name] for name in names}) for row in rows]
