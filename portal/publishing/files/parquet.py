"""A table as Parquet: typed columns, and every measured number a second time as the text that was published.

A column of numbers (`actual`) becomes two: `actual`, a double to reckon with, and `actual_digits`, the exact
digits (91.50 stays 91.50). Moments are UTC.

This module loads duckdb: for jobs and commands, not for the web.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from portal.publishing.files.tables import ColumnType, Table
from portal.publishing.files.values import FileHead

DIGITS = "_digits"
_TYPES = {
    ColumnType.TEXT: "VARCHAR",
    ColumnType.NUMBER: "VARCHAR",
    ColumnType.INTEGER: "BIGINT",
    ColumnType.BOOLEAN: "BOOLEAN",
    ColumnType.MOMENT: "TIMESTAMP",
}
_SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "threads": 1,
    "memory_limit": "256MB",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}
_OPEN = threading.local()


def write_parquet(path: Path, table: Table, head: FileHead, rows: Path) -> None:
    """Write the table of an edition to `path`, from a file of its rows as JSON lines.

    The same input gives the same bytes.
    """
    with _spilling_to(path.parent) as database:
        database.execute(_copy(path, rows, table, head))


@contextmanager
def _spilling_to(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """An empty database of this thread, to open which takes longer than most tables do.

    One that had to put something into `folder` leaves nothing there: it is closed.
    """
    database: duckdb.DuckDBPyConnection | None = getattr(_OPEN, "database", None)
    if database is None:
        database = _OPEN.database = duckdb.connect(":memory:", config=_SETTINGS)
    database.execute(f"SET temp_directory = {_text(folder)}")
    try:
        yield database
    finally:
        try:
            database.execute("SET temp_directory = ''")
        except duckdb.Error:  # said of a folder that was used
            database.close()
            _OPEN.database = None


def _copy(path: Path, rows: Path, table: Table, head: FileHead) -> str:
    types = ", ".join(f"{_name(column.name)}: '{_TYPES[column.type]}'" for column in table.columns)
    about = f"{{origin: {_text(head.origin)}, edition: {_text(head.edition)}}}"
    return (
        f"COPY (SELECT {', '.join(_wanted(table))} FROM read_json({_text(rows)}, format = 'newline_delimited',"  # noqa: S608
        f" columns = {{{types}}})) TO {_text(path)}"
        f" (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 100000, KV_METADATA {about})"
    )


def _wanted(table: Table) -> Iterator[str]:
    for column in table.columns:
        name = _name(column.name)
        if column.type is ColumnType.NUMBER:
            yield f"CAST({name} AS DOUBLE) AS {name}"
            yield f"{name} AS {_name(column.name + DIGITS)}"
        else:
            yield name


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"
