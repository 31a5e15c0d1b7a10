"""Writes that are made again and again, at no more than the driver's cost: the counterpart of `reads`.

A `Write` is a statement with named parameters, built once, when its module is imported, and turned into text
once for each engine. With rows of values it is a `Step`. Steps are plain values: they can be made before any
transaction begins, and be carried out in a session (`Step.run`) or by themselves (`Database.write_steps`).

    _ADDED = into(Wrap)                                        all columns of a table, or those named
    _ADDED.step({"id": …, "case_id": …}, …).run(session)
"""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Delete, Dialect, Insert, bindparam, insert
from sqlalchemy.orm import Session

from portal.foundation.lone import NAMED
from portal.foundation.reads import as_session_raises, connected

Row = Mapping[str, Any]


class Write:
    """An INSERT, UPDATE or DELETE with named parameters; values are what the columns of a mapped table take."""

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._of: dict[str, _Text] = {}

    @property
    def inserts(self) -> bool:
        return isinstance(self._statement, Insert)

    @property
    def deletes(self) -> bool:
        return isinstance(self._statement, Delete)

    def step(self, *rows: Row) -> "Step":
        """The statement, to be carried out once for each of `rows`."""
        return Step(self, rows)

    def text(self, dialect: Dialect) -> "_Text":
        """As the driver of this engine takes it."""
        found = self._of.get(dialect.name)
        if found is None:
            found = self._of[dialect.name] = _Text(self._statement, dialect)
        return found


class _Text:
    """The words of a statement for one engine, and what makes the driver's values of those given."""

    def __init__(self, statement: Any, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        self.words: str = compiled.string
        order: Sequence[str] = compiled.positiontup if compiled.positional else tuple(compiled.binds)
        made: Mapping[str, Callable[[Any], Any]] = compiled._bind_processors
        self._fixed = {name: value for name, value in compiled.params.items() if value is not None}
        self._named = not compiled.positional
        self._order = tuple(order)
        self._made = tuple((at, made[name]) for at, name in enumerate(self._order) if made.get(name) is not None)
        self._at = tuple(map(self._order.index, NAMED.findall(self.words))) if self._named else ()

    def given(self, row: Row) -> Any:
        """One row of values as the driver takes it; what the row does not name is NULL."""
        values = self._values(row)
        return dict(zip(self._order, values, strict=True)) if self._named else values

    def in_turn(self, row: Row) -> Iterator[Any]:
        """Its values in the order in which the words name them, each as often."""
        return map(self._values(row).__getitem__, self._at)

    def _values(self, row: Row) -> list[Any]:
        if self._fixed:
            row = {**self._fixed, **row}
        values = list(map(row.get, self._order))
        for at, make in self._made:
            values[at] = make(values[at])
        return values


@dataclass(frozen=True, slots=True)
class Ready:
    """A step as the driver of one engine takes it."""

    words: str
    values: Sequence[Any]

    def run(self, raw: Any) -> int:
        """Carry it out on a connection of the driver; how many rows of the table it touched."""
        cursor = raw.cursor()
        if len(self.values) == 1:
            cursor.execute(self.words, self.values[0])
        elif self.values:
            cursor.executemany(self.words, self.values)
        touched: int = cursor.rowcount
        return touched


@dataclass(frozen=True, slots=True)
class Step:
    """A statement with its rows."""

    write: Write
    rows: Sequence[Row]

    def ready(self, dialect: Dialect) -> Ready:
        """What an engine needs of it, worked out before anybody waits."""
        text = self.write.text(dialect)
        return Ready(text.words, [text.given(row) for row in self.rows])

    def run(self, session: Session) -> int:
        """Carry it out in the session's transaction; how many rows of the table it touched.

        What the session itself holds back is not written before it. Raises what a session raises.
        """
        dialect, raw = connected(session)
        try:
            return self.ready(dialect).run(raw)
        except dialect.loaded_dbapi.Error as error:
            raise as_session_raises(error, dialect) from error


def into(table: Any, *columns: str) -> Write:
    """The INSERT of a row into a mapped table: all that the database does not work out itself, or `columns`."""
    own = table.__table__.columns
    names = columns or tuple(column.name for column in own if column.computed is None)
    return Write(insert(table.__table__).values({name: bindparam(name, type_=own[name].type) for name in names}))


def run_all(session: Session, steps: Sequence[Step]) -> None:
    """Carry out steps one after another, after what the session has held back."""
    session.flush()
    for step in steps:
        step.run(session)


def as_one(acts: Sequence[Sequence[Step]], dialect: Dialect) -> tuple[bytes, list[Any]] | None:
    """PostgreSQL: one statement for all steps of acts that are alike, with numbered parameters, and its values.

    It fails with a division by zero, and so writes nothing, where the first step of any act does not touch exactly
    one row. None where they cannot be one: all parts of a statement see the rows from before it, so what one step
    wrote none may change or delete.
    """
    steps = acts[0]
    if any(one.write.deletes or (len(one.rows) > 1 and not one.write.inserts) for one in steps[1:]):
        return None
    shape, *others = (tuple((one.write, len(one.rows)) for one in act) for act in acts)
    if any(other != shape for other in others):
        return None
    values: list[Any] = []
    for nth, step in enumerate(steps):
        text = step.write.text(dialect)
        for act in acts:
            for row in act[nth].rows:
                values += text.in_turn(row)
    return _as_one(shape, len(acts), dialect), values


@lru_cache(maxsize=64)  # by how many rows of each: files and figures of a report
def _as_one(shape: tuple[tuple[Write, int], ...], acts: int, dialect: Dialect) -> bytes:
    """The words for so many acts, with so many rows of each step."""
    numbers, told = itertools.count(1), []
    for nth, (write, count) in enumerate(shape):
        words, every = write.text(dialect).words, acts
        if write.inserts:
            head, values, group = words.partition(" VALUES ")
            words, every = head + values + ", ".join([group] * count * acts), 1
        for act in range(every):
            part = NAMED.sub(lambda _: f"${next(numbers)}", words).replace("%%", "%")
            told.append(f"step_{nth}_{act} AS ({part}{' RETURNING 1' if nth == 0 else ''})")
    first = " UNION ALL ".join(f"SELECT 1 FROM step_0_{act}" for act in range(acts))  # noqa: S608  (ours)
    whole = f"WITH {', '.join(told)} SELECT 1 / (count(*) = {acts})::int FROM ({first}) AS first"  # noqa: S608
    return whole.encode()
