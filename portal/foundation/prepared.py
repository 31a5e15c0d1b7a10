"""PostgreSQL: statements that are asked again and again, each exchange one call of the server's own library.

The driver goes about a statement in steps that leave room for much that is not wanted here, and takes as long over
them as the server over a short query; one of many parameters it even reads anew each time. On a `Prepared`
connection a statement is prepared when it first comes, and from then on the interpreter is let go of and won back
once for each. What becomes of values, and what is made of the answer, stays the driver's.
"""

from collections.abc import Sequence
from typing import Any

from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus

_MOST = 100
"""How many statements stay prepared on a connection: with each, the server keeps its plan."""


class Prepared:
    """A connection of the driver, in no transaction, for statements with numbered parameters ($1, $2, …)."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self._names: dict[tuple[bytes, tuple[int, ...]], bytes] = {}

    def rows(self, words: bytes, values: Sequence[Any]) -> Sequence[tuple[Any, ...]]:
        """All that a statement finds. Raises what the driver raises."""
        driver, found = self._exchange(words, values)
        if not found.ntuples:
            return []
        driver.set_pgresult(found)
        rows: Sequence[tuple[Any, ...]] = driver.load_rows(0, found.ntuples, tuple)
        return rows

    def run(self, words: bytes, values: Sequence[Any]) -> int:
        """Carry out a statement; how many rows it touched. Raises what the driver raises."""
        return self._exchange(words, values)[1].command_tuples or 0

    def _exchange(self, words: bytes, values: Sequence[Any]) -> tuple[Any, Any]:
        driver: Any = Transformer(self._raw)
        given = driver.dump_sequence(values, [PyFormat.AUTO] * len(values))
        name = self._names.get((words, driver.types)) or self._prepare(words, driver.types)
        found = self._raw.pgconn.exec_prepared(name, given, driver.formats)
        self._require_done(found)
        return driver, found

    def _prepare(self, words: bytes, types: tuple[int, ...]) -> bytes:
        if len(self._names) >= _MOST:
            self._raw.execute("DEALLOCATE ALL")
            self._names.clear()
        name = b"alone_%d" % len(self._names)
        self._require_done(self._raw.pgconn.prepare(name, words, types))
        self._names[words, types] = name
        return name

    def _require_done(self, found: Any) -> None:
        if found.status not in (ExecStatus.COMMAND_OK, ExecStatus.TUPLES_OK):
            raise error_from_result(found, self._raw.info.encoding)
