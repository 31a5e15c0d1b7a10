"""The rows of whole tables as lines of JSON, the same from SQLite and PostgreSQL, and back into either.

A row is an array of what the columns hold: null, a number, a string, or {"b": base64} for bytes; a boolean is 0 or
1, a day ISO 8601. Rows come in the order of their keys, which are random where order would tell something.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Table

from portal.foundation.db import metadata

_AT_ONCE = 2000
_PIECE = 1 << 20
Row = Sequence[Any]


def tables() -> tuple[Table, ...]:
    """Every table, those that others point to first."""
    return tuple(metadata.sorted_tables)


def stored_columns(table: Table) -> tuple[str, ...]:
    """The columns that rows are written in: the database makes those it computes from them by itself."""
    return tuple(column.name for column in table.columns if column.computed is None)


def dump(connection: Connection, table: Table) -> Iterator[bytes]:
    """The rows of a table as lines, in pieces of about a mebibyte that end with a line; none of an empty table."""
    columns = _listed(stored_columns(table))
    order = _listed(column.name for column in table.primary_key)
    words = f'SELECT {columns} FROM "{table.name}" ORDER BY {order}'  # noqa: S608  (our own names)
    options = {"stream_results": True, "yield_per": _AT_ONCE}
    piece, size = [], 0
    for row in connection.exec_driver_sql(words, execution_options=options):
        line = json.dumps([_written(value) for value in row], ensure_ascii=False, separators=(",", ":")) + "\n"
        piece.append(line.encode("utf-8", "surrogatepass"))
        size += len(piece[-1])
        if size >= _PIECE:
            yield b"".join(piece)
            piece, size = [], 0
    if piece:
        yield b"".join(piece)


def load(connection: Connection, table: str, columns: Sequence[str], rows: Iterable[bytes]) -> int:
    """Put rows, a line each, into a table; return how many. Rows of one table may point to each other."""
    counted = 0

    def values() -> Iterator[tuple[Any, ...]]:
        nonlocal counted
        for line in rows:
            counted += 1
            yield tuple(_read(value) for value in json.loads(line.decode("utf-8", "surrogatepass")))

    names = _listed(columns)
    if connection.dialect.name == "postgresql":
        raw: Any = connection.connection.driver_connection
        with raw.cursor() as cursor, cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
            for row in values():
                copy.write_row(row)
        return counted
    words = f'INSERT INTO "{table}" ({names}) VALUES ({", ".join("?" * len(columns))})'  # noqa: S608
    left = values()
    while block := list(islice(left, _AT_ONCE)):
        connection.exec_driver_sql(words, block)
    return counted


def has_rows(connection: Connection, table: Table) -> bool:
    words = f'SELECT 1 FROM "{table.name}" LIMIT 1'  # noqa: S608
    return connection.exec_driver_sql(words).first() is not None


def empty(connection: Connection, names: Iterable[str]) -> None:
    """Delete every row of these tables, given with those first that others point to."""
    for name in reversed(list(names)):
        connection.exec_driver_sql(f'DELETE FROM "{name}"')  # noqa: S608


def let_rows_point_ahead(connection: Connection) -> None:
    """In this transaction SQLite looks at the end whether rows point to rows; PostgreSQL after each statement."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")


def count_on(connection: Connection) -> None:
    """Let PostgreSQL give out numbers behind those that rows have by now; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables():
        column = table.autoincrement_column
        if column is None:
            continue
        sequence = f"pg_get_serial_sequence('{table.name}', '{column.name}')"
        newest = f'(SELECT max({column.name}) FROM "{table.name}")'  # noqa: S608
        connection.exec_driver_sql(
            f"SELECT setval({sequence}, coalesce({newest}, 1), {newest} IS NOT NULL) WHERE {sequence} IS NOT NULL"
        )


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _written(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return {"b": b64encode(value).decode()}
    if isinstance(value, bool):
        return int(value)
    return value.isoformat() if isinstance(value, date) else value


def _read(value: Any) -> Any:
    return b64decode(value["b"]) if isinstance(value, dict) else value
