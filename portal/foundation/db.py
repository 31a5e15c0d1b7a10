"""The database: one MetaData, read-only reads, and writes that commit here and nowhere else.

`Database.read()` gives a session that cannot write. `Database.write()` commits when the block returns and
rolls back when it raises. Both connect at the first statement, so parsing, hashing and sealing done before
it hold no lock. On SQLite all writers of all processes wait in one fair queue (see `sqlite_file`), and those
of one process who write alone commit together (see `together`).
"""

import json
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import cache
from itertools import chain, islice
from typing import Any

import rfc8785
import structlog
from sqlalchemy import (
    Connection,
    Dialect,
    Engine,
    Executable,
    MetaData,
    String,
    Text,
    create_engine,
    literal,
)
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import make_url
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from portal.foundation.joint import Asked, Joint
from portal.foundation.lone import Lone, ask_if_idle, numbered
from portal.foundation.readers import Readers
from portal.foundation.reads import Read, Rows, as_session_raises
from portal.foundation.sqlite_file import LONG_WORK, WriteQueue, empty_log, file_of, sqlite_engine
from portal.foundation.together import Together
from portal.foundation.writes import Ready, Step, as_one

log = structlog.get_logger()

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


GONE_AFTER = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
"""PostgreSQL: when a server that does not answer is given up, in seconds (the last: milliseconds). By itself the
driver waits for ever for one that is gone without a word. What the database's address says goes first."""

_MOST_PARAMETERS = 900  # what every SQLite takes in one statement


class Base(DeclarativeBase):
    """Every mapped table of every room hangs below this one MetaData."""

    metadata = metadata


class UtcDateTime(TypeDecorator[datetime]):
    """An aware moment, stored as ISO 8601 text in UTC to the microsecond, so both engines sort it alike."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without time zone cannot be stored")
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


class JsonText(TypeDecorator[Any]):
    """A JSON value stored as canonical text (RFC 8785), the same bytes on both engines."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any | None, dialect: Dialect) -> str | None:
        return None if value is None else rfc8785.dumps(value).decode()

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Any | None:
        return None if value is None else json.loads(value)


class Database:
    """One database, opened for reading and for writing."""

    def __init__(self, url: str, *, pool_size: int = 8) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._together: Together | None = None
        self._readers: Readers | None = None
        self._turn: AbstractContextManager[Any] = nullcontext()
        self._rehearsed: ContextVar[Connection | None] = ContextVar("rehearsed", default=None)
        if self.is_sqlite:
            queue, turn = WriteQueue(file_of(url)), threading.RLock()
            self._turn, self._together = turn, Together(file_of(url), queue, turn)
            self._reader = sqlite_engine(url, pool_size, None)
            self._writer = sqlite_engine(url, pool_size, queue)
            self._worker = sqlite_engine(url, 2, queue, settings=LONG_WORK)
            self._readers = Readers(self._reader, pool_size)
        else:
            engine = create_engine(
                url,
                hide_parameters=True,
                pool_size=pool_size,
                max_overflow=pool_size,
                connect_args={name: at for name, at in GONE_AFTER.items() if name not in self.url.query},
            )
            ask_if_idle(engine)
            self._writer = self._worker = engine
            self._reader = engine.execution_options(postgresql_readonly=True, isolation_level="REPEATABLE READ")
        self._joints: dict[int, Joint[Sequence[Step]]] = {}  # by process: in a forked one, nobody waits
        self._lone = Lone(self._reader if self.is_sqlite else self._writer, pool_size)

    @property
    def engine(self) -> Engine:
        """The writing engine, for migrations and bulk loading inside `foundation` and commands."""
        return self._writer

    @property
    def in_use(self) -> int:
        """How many pooled connections somebody holds at this moment."""
        pools: set[Any] = {self._reader.pool, self._writer.pool, self._worker.pool}
        waiting = self._readers.waiting if self._readers is not None else 0
        held: int = sum(pool.checkedout() for pool in pools)
        return held - waiting

    @property
    def dialect(self) -> str:
        """What SQLAlchemy calls this engine: "sqlite" or "postgresql"."""
        return self._writer.dialect.name

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that refuses writes and sees one moment; in a rehearsal, the moment that is rehearsed."""
        rehearsed = self._rehearsed.get()
        if rehearsed is not None:
            with _upon(rehearsed) as session:
                yield session
            return
        if self._readers is not None:
            with self._readers.session() as session:
                yield session
            return
        with Session(self._reader, expire_on_commit=False, autoflush=False) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction: returning commits, raising rolls back."""
        with Session(self._writer, expire_on_commit=False) as session:
            yield session
            session.commit()

    @contextmanager
    def rehearse(self) -> Iterator[Session]:
        """One transaction that is always undone: what is written in it never was, for anybody.

        Until the block ends, `read()` in the same thread sees what the session has flushed. Other writers wait
        as for any transaction, so keep it short.
        """
        with self._writer.connect() as connection:
            transaction = connection.begin()
            token = self._rehearsed.set(connection)
            try:
                if not self.is_sqlite:
                    connection.exec_driver_sql("SET LOCAL lock_timeout = '250ms'")  # others go first
                with _upon(connection) as session:
                    yield session
            finally:
                self._rehearsed.reset(token)
                transaction.rollback()

    @contextmanager
    def foresee(self, model: type[Base], ident: str, **said: Any) -> Iterator[None]:
        """Until the block ends, `read()` in this thread sees one moment, in which one row says something else.

        A view of this connection alone stands before the table: nothing is written, nobody waits, and the block
        may take as long as it likes. Only what is read of this table is otherwise, so nothing joined by a key.
        """
        with self._before_reading() as connection:
            schema = "main" if self.is_sqlite else connection.exec_driver_sql("SELECT current_schema()").scalar()
            connection.exec_driver_sql(_view_before(f"{schema}.{model.__tablename__}", model, ident, said))
            if self.is_sqlite:
                connection.exec_driver_sql("PRAGMA query_only=ON")
            token = self._rehearsed.set(connection)
            try:
                yield
            finally:
                self._rehearsed.reset(token)

    @contextmanager
    def _before_reading(self) -> Iterator[Connection]:
        """A connection within a transaction that is undone, and never used by anybody else."""
        if self.is_sqlite:
            opened = self._reader.connect()
        else:
            opened = self._writer.connect().execution_options(isolation_level="REPEATABLE READ")
        with opened as connection:
            transaction = connection.begin()
            try:
                if self.is_sqlite:
                    connection.exec_driver_sql("PRAGMA query_only=OFF")
                yield connection
            finally:
                transaction.rollback()
                connection.invalidate()

    @contextmanager
    def write_turn(self) -> Iterator[Session]:
        """`write()` for one turn of a long work (see `turns`), which leaves SQLite's log to `tidy_log`."""
        with Session(self._worker, expire_on_commit=False) as session:
            yield session
            session.commit()

    def tidy_log(self) -> None:
        """Move SQLite's log into the database as far as nobody reads it; writers are not kept waiting."""
        if self.is_sqlite:
            with self._driver() as raw:
                raw.execute("PRAGMA wal_checkpoint(PASSIVE)").close()

    def in_turn(self) -> AbstractContextManager[Any]:
        """For short work with many reads that many do at once: on SQLite one thread of this process after another.

        Each read lets go of the interpreter, and among threads that want it, winning it back takes longer than the
        read. Nobody waits for the disk in it: `write_steps` comes afterwards.
        """
        return self._turn

    def read_alone(self, query: Read, **values: Any) -> Rows:
        """What one query finds, by itself: for what is asked all the time and needs nothing else of that moment.

        On PostgreSQL it takes one exchange with the server, where a session takes four. Raises what one raises.
        """
        if self._rehearsed.get() is not None:
            with self.read() as session:
                return query.rows(session, **values)
        dialect = self._writer.dialect
        try:
            return query.rows_of(self._lone.rows, dialect, **values)
        except dialect.loaded_dbapi.Error as error:
            raise as_session_raises(error, dialect) from error

    def execute_alone(self, statement: Executable, row: Mapping[str, Any]) -> None:
        """Execute one statement that needs no other; it is committed when the call returns, or nothing is there.

        For the act that everybody does at once: a session takes longer than statement and commit together, and
        what several threads execute alone at the same moment is committed at once (PostgreSQL does that itself).
        `row` holds plain values under the names of the statement's parameters. Raises what a session raises.
        """
        words, order = _in_driver_words(statement, self._writer.dialect)
        values = [row[name] for name in order]
        try:
            if self._together is not None:
                self._together.execute(words, values)
            else:
                self._lone.run(words, values)
        except self._writer.dialect.loaded_dbapi.Error as error:
            raise as_session_raises(error, self._writer.dialect) from error

    def about_to_write(self) -> AbstractContextManager[None]:
        """Until the block ends: whoever has steps to write waits a moment for those of this thread (PostgreSQL).

        A file commits what comes at once as it comes, since its threads take turns anyhow.
        """
        return nullcontext() if self.is_sqlite else self._joint.on_way()

    def write_steps(self, first: Step, *rest: Step) -> bool:
        """Carry out several steps by themselves, if `first` touches exactly one row; whether it did.

        Where it does not, somebody else was quicker, and nothing is written. Like `execute_alone`, for an act that
        many do at once: all is made beforehand, and what several threads want written goes in one commit. It is
        there when the call returns. Raises what a session raises.
        """
        dialect = self._writer.dialect
        try:
            if self._together is not None:
                ready = [step.ready(dialect) for step in (first, *rest)]
                return self._together.execute_all(lambda raw: _carry_out(raw, ready))
            done: bool = self._joint.do((first, *rest))
            return done
        except dialect.loaded_dbapi.Error as error:
            raise as_session_raises(error, dialect) from error

    @property
    def _joint(self) -> Joint[Sequence[Step]]:
        process = os.getpid()
        return self._joints.get(process) or self._joints.setdefault(process, Joint(self._write_jointly))

    def _write_jointly(self, acts: Sequence[Asked[Sequence[Step]]]) -> None:
        """PostgreSQL: what several threads want written, in one statement where it can be.

        One that does not go through changes nothing; then each is tried by itself, to see whose fault it was.
        """
        error_of = self._writer.dialect.loaded_dbapi.Error
        if len(acts) > 1:
            together = as_one([one.what for one in acts], self._writer.dialect)
            with suppress(error_of):
                if together is not None and self._write_as_one(*together):
                    for one in acts:
                        one.outcome = True
                    return
        for one in acts:
            try:
                one.outcome = self._write_by_itself(one.what)
            except error_of as error:
                one.error = error

    def _write_by_itself(self, steps: Sequence[Step]) -> bool:
        one = as_one([steps], self._writer.dialect)
        return self._write_pooled(steps) if one is None else self._write_as_one(*one)

    def _write_as_one(self, words: bytes, values: Sequence[Any]) -> bool:
        driver: Any = self._writer.dialect.loaded_dbapi
        try:
            self._lone.run(words, values)
        except driver.errors.DivisionByZero:
            return False
        return True

    def _write_pooled(self, steps: Sequence[Step]) -> bool:
        ready = [step.ready(self._writer.dialect) for step in steps]
        pooled = self._writer.raw_connection()
        try:
            raw: Any = pooled.driver_connection
            if ready[0].run(raw) != 1:
                return False
            with raw.pipeline():  # the server is told all without waiting for each answer
                for step in ready[1:]:
                    step.run(raw)
                raw.commit()
            return True
        finally:
            pooled.close()  # takes back what was not committed

    def truncate_wal(self) -> None:
        """Move SQLite's write-ahead log into the database and empty it, so that deleted rows are gone.

        Where somebody reads one older state for longer than half a minute, it is left to the next time, and noted.
        """
        if self.is_sqlite:
            with self._driver() as raw:
                if not empty_log(raw):
                    log.warning("the write-ahead log was not emptied: an older state is still read")

    @contextmanager
    def _driver(self) -> Iterator[Any]:
        """A connection of the driver, in no transaction."""
        pooled = self._worker.raw_connection()
        try:
            yield pooled.driver_connection
        finally:
            pooled.close()

    def erase_deleted(self, *, rewritten: tuple[str, ...] = (), cleaned: tuple[str, ...] = ()) -> None:
        """Remove deleted rows from the database's files: SQLite's log is emptied, PostgreSQL's tables vacuumed.

        `rewritten` tables are written anew, which needs them to be nearly empty; `cleaned` ones are vacuumed
        in place. Waits at most five seconds for a table in use, and then raises OperationalError.
        """
        self.truncate_wal()
        if self.is_sqlite:
            return
        with self._writer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("SET lock_timeout = '5s'")
            try:
                for table in rewritten:
                    connection.exec_driver_sql(f"VACUUM (FULL) {table}")
                for table in cleaned:
                    connection.exec_driver_sql(f"VACUUM {table}")
            finally:
                connection.exec_driver_sql("RESET lock_timeout")

    def dispose(self) -> None:
        if self._readers is not None:
            self._readers.close()
        self._lone.close()
        self._reader.dispose()
        self._writer.dispose()
        self._worker.dispose()
        if self._together is not None:
            self._together.close()


def _view_before(whole: str, model: type[Base], ident: str, said: Mapping[str, Any]) -> str:
    """The words that make a temporary view of the name of a table, which is `whole` with its schema, with what one
    of its rows says replaced."""

    def literally(value: Any, type_: Any) -> str:
        return str(literal(value, type_).compile(compile_kwargs={"literal_binds": True}))

    table: Any = model.__table__
    (key,) = table.primary_key
    mine = f"{key.name} = {literally(ident, key.type)}"
    columns = (
        f"CASE WHEN {mine} THEN {literally(said[one.name], one.type)} ELSE {one.name} END AS {one.name}"
        if one.name in said
        else one.name
        for one in table.columns
    )
    return f"CREATE TEMPORARY VIEW {table.name} AS SELECT {', '.join(columns)} FROM {whole}"  # noqa: S608


def _upon(connection: Connection) -> Session:
    """A session within the transaction that `connection` is in, and which goes on after it."""
    return Session(connection, expire_on_commit=False, autoflush=False, join_transaction_mode="create_savepoint")


def _carry_out(raw: Any, steps: Sequence[Ready]) -> bool:
    if steps[0].run(raw) != 1:
        return False
    for step in steps[1:]:
        step.run(raw)
    return True


@cache
def _in_driver_words(statement: Executable, dialect: Dialect) -> tuple[Any, tuple[str, ...]]:
    """The statement as it is carried out alone, and the order of its parameters."""
    compiled: Any = statement.compile(dialect=dialect)  # type: ignore[attr-defined]
    return (compiled.string, tuple(compiled.positiontup)) if compiled.positional else numbered(compiled.string)


def insert_if_absent(session: Session, table: type[Base], **values: Any) -> None:
    """Add a row unless one with its key is there; of two who do so at once, neither fails."""
    insert_or_not = sqlite_insert if session.get_bind().dialect.name == "sqlite" else postgres_insert
    session.execute(insert_or_not(table).values(**values).on_conflict_do_nothing())


def insert_rows(
    session: Session, table: type[Base], columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Add many rows of plain values at the driver's cost, which is a fifth of SQLAlchemy's."""
    if not rows:
        return
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        raw: Any = connection.connection.driver_connection
        words = f"COPY {table.__tablename__} ({', '.join(columns)}) FROM STDIN"
        with raw.cursor() as cursor, cursor.copy(words) as copy:
            for row in rows:
                copy.write_row(row)
        return
    _insert_blocks(connection, table, columns, rows)


def _insert_blocks(
    connection: Connection, table: type[Base], columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Many rows a statement, without the columns that no row says anything in: at half the cost of single rows."""
    own = table.__table__.columns
    said = {
        name: values
        for name, values in zip(columns, zip(*rows, strict=True), strict=True)
        if values.count(None) < len(rows) or not own[name].nullable or own[name].server_default is not None
    }
    at_once = max(1, _MOST_PARAMETERS // len(said))
    flat = chain.from_iterable(zip(*said.values(), strict=True))
    marks = f"({', '.join('?' * len(said))})"
    words = f"INSERT INTO {table.__tablename__} ({', '.join(said)}) VALUES "  # noqa: S608  (our own names)
    whole, rest = divmod(len(rows), at_once)
    if whole:
        blocks = [tuple(islice(flat, at_once * len(said))) for _ in range(whole)]
        connection.exec_driver_sql(words + ", ".join([marks] * at_once), blocks)
    if rest:
        connection.exec_driver_sql(words + ", ".join([marks] * rest), tuple(flat))
