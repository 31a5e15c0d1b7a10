"""Reads that are asked again and again, at no more than the driver's cost.

SQLAlchemy takes a tenth of a millisecond to build a query, to find its text and to wrap its rows; SQLite answers
most of them in a hundredth. A `Read` is a query that is built once, when its module is imported, and turned into
text once for each engine. It runs in the session's own transaction, so that it sees what the session sees.

    _NEWEST = Read(select(Act.edition).where(Act.id == bindparam("act")))
    rows = _NEWEST.rows(session, act=act_id)
    _NAMED = Read(select(…).where(one_of(StatementRow.key, "keys")))      any number of values, as one parameter
    rows = _NAMED.rows(session, keys=as_list(codes))
"""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

from sqlalchemy import ColumnElement, Dialect, Integer, Select, String, bindparam
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from portal.foundation.lone import numbered

Rows = Sequence[Sequence[Any]]
_Processor = Callable[[Any], Any]
Ask = Callable[..., Rows]
"""Asks a `Read` with its parameters: in a session (`asking`), or by itself (`Database.read_alone`)."""


class Read:
    """A query with named parameters, which are plain values: texts, numbers, None."""

    def __init__(self, query: Select[*tuple[Any, ...]]) -> None:
        self._query = query
        self._of: dict[str, _Text] = {}

    def rows(self, session: Session, **values: Any) -> Rows:
        """What the query finds, as tuples. Raises what a session raises."""
        text, found = self._found(session, values)
        return text.taken(found)

    def rows_of(self, ask: Callable[[str, Any], Rows], dialect: Dialect, **values: Any) -> Rows:
        """What `ask` finds for the query's words and values, as tuples. Raises what `ask` raises."""
        text = self._of.get(dialect.name) or self._write(dialect)
        return text.taken(ask(*text.alone(values)))

    def columns(self, session: Session, **values: Any) -> Sequence[Sequence[Any]]:
        """What the query finds, column by column; no column when it finds no row. For many rows of which values
        are made: to make those of a column together costs half."""
        text, found = self._found(session, values)
        return text.columns(found)

    def _found(self, session: Session, values: dict[str, Any]) -> tuple["_Text", list[tuple[Any, ...]]]:
        dialect, raw = connected(session)
        text = self._of.get(dialect.name) or self._write(dialect)
        try:
            return text, raw.execute(text.words, text.given(values)).fetchall()
        except dialect.loaded_dbapi.Error as error:
            raise as_session_raises(error, dialect) from error

    def first(self, session: Session, **values: Any) -> Sequence[Any] | None:
        """The first row, or None."""
        found = self.rows(session, **values)
        return found[0] if found else None

    def _write(self, dialect: Dialect) -> "_Text":
        written = self._of[dialect.name] = _Text(self._query, dialect)
        return written


def asking(session: Session) -> Ask:
    """Asks in a session, what it has not written yet written before."""

    def ask(query: Read, **values: Any) -> Rows:
        session.flush()
        return query.rows(session, **values)

    return ask


def as_session_raises(error: Exception, dialect: Dialect) -> Exception:
    """What a session raises for this error of the driver, without statement and values."""
    base = dialect.loaded_dbapi.Error
    raised: Exception = DBAPIError.instance(None, None, error, base, hide_parameters=True, dialect=dialect)
    return raised


def connected(session: Session) -> tuple[Dialect, Any]:
    """The engine and the driver's connection of the session's transaction, begun when first asked for."""
    kept: tuple[Any, Dialect, Any] | None = session.info.get(_KEPT)
    transaction = session.get_transaction()
    if kept is not None and transaction is not None and kept[0] is transaction:
        return kept[1], kept[2]
    connection = session.connection()
    raw = connection.connection.driver_connection
    session.info[_KEPT] = (session.get_transaction(), connection.dialect, raw)
    return connection.dialect, raw


_KEPT = "connection of reads"


class _Text:
    """A query as one engine's driver takes it, and what makes values of the columns it gives."""

    def __init__(self, query: Select[*tuple[Any, ...]], dialect: Dialect) -> None:
        compiled: Any = query.compile(dialect=dialect)
        self.words: str = compiled.string
        self._fixed: dict[str, Any] = {k: v for k, v in compiled.params.items() if v is not None}
        self._order: tuple[str, ...] | None = tuple(compiled.positiontup) if compiled.positional else None
        self._alone = numbered(self.words) if self._order is None else (self.words, self._order)
        made = ((at, _processor(column, dialect)) for at, column in enumerate(query.selected_columns))
        self._made = tuple((at, make) for at, make in made if make is not None)

    def given(self, values: dict[str, Any]) -> Any:
        if self._fixed:
            values = {**self._fixed, **values}
        return values if self._order is None else [values[name] for name in self._order]

    def alone(self, values: dict[str, Any]) -> tuple[Any, list[Any]]:
        """Words and values for `Lone`."""
        words, order = self._alone
        if self._fixed:
            values = {**self._fixed, **values}
        return words, [values[name] for name in order]

    def taken(self, rows: Rows) -> Rows:
        return list(zip(*self.columns(rows), strict=True)) if self._made and rows else rows

    def columns(self, rows: Rows) -> list[Sequence[Any]]:
        columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
        for at, make in self._made if rows else ():
            known = {one: make(one) for one in set(columns[at])}
            columns[at] = [known[one] for one in columns[at]]
        return columns


def _processor(column: ColumnElement[Any], dialect: Dialect) -> _Processor | None:
    return column.type.dialect_impl(dialect).result_processor(dialect, None)


def one_of(column: Any, name: str) -> ColumnElement[bool]:
    """Whether the column is one of the values that the parameter `name` lists (see `as_list`)."""
    return cast(ColumnElement[bool], column.bool_op("IN")(_Listed(bindparam(name, type_=String), column)))


class _Listed(FunctionElement[Any]):
    """The values of a list, of the column's type."""

    inherit_cache = True


@compiles(_Listed, "sqlite")
def _listed_sqlite(element: _Listed, compiler: SQLCompiler, **kw: Any) -> str:
    given, _ = element.clauses
    return f"(SELECT value FROM json_each({compiler.process(given, **kw)}))"  # noqa: S608  (a parameter's mark)


@compiles(_Listed, "postgresql")
def _listed_postgresql(element: _Listed, compiler: SQLCompiler, **kw: Any) -> str:
    given, column = element.clauses
    kind = "integer" if isinstance(column.type, Integer) else "text"
    return f"(SELECT CAST(jsonb_array_elements_text(CAST({compiler.process(given, **kw)} AS jsonb)) AS {kind}))"


def as_list(values: Iterable[str | int]) -> str:
    """Values for a condition of `one_of`."""
    return json.dumps(sorted(set(values)))
