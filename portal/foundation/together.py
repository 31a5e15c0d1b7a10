"""Committing together: what several threads of a process want written alone, at once, goes in one transaction.

A commit waits for the disk, and costs far more than the statement in it. So whoever finds a commit under way
waits, and the next commit takes all who wait; a call returns only when the disk has what it wrote. Also, a
thread that waits for the disk lets go of the interpreter and must win it back, which among busy threads takes
longer than the disk: whoever comes alone where several came before therefore waits a moment for them, and of
those waiting only the last one, which is running anyhow, writes.

One who comes alone after one who came alone waits for nobody. Those who come with several statements never wait
for company: each has worked longer than a commit takes, so somebody works while another commits.
"""

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from portal.foundation.sqlite_file import WriteQueue, open_file

LEAST_WAIT, MOST_WAIT = 0.002, 0.02  # seconds to wait for company; between them, as long as the last commit took

MOST_TURN = 0.01
"""Seconds to wait for the turn of this process: whoever has it may wait for the file, which is ours by then."""

_FOR_EVER = -1


class _Asked:
    """A statement somebody waits for, until `done` can be acquired; then `error` says how it ended, or `writes`
    that it is theirs to write what waits."""

    __slots__ = ("done", "error", "values", "words", "writes")

    waits_for_company = True

    def __init__(self, words: str, values: Sequence[Any]) -> None:
        self.words, self.values = words, values
        self.done = threading.Lock()
        self.done.acquire()
        self.error: BaseException | None = None
        self.writes = False

    def run(self, raw: sqlite3.Connection) -> None:
        raw.execute(self.words, self.values)

    def run_alone(self, raw: sqlite3.Connection) -> None:
        """Outside BEGIN a statement commits by itself, or leaves nothing: one call instead of three."""
        raw.execute(self.words, self.values)


class _AskedAll(_Asked):
    """Several statements somebody waits for."""

    __slots__ = ("_turn", "_work", "ran")

    waits_for_company = False

    def __init__(self, work: Callable[[sqlite3.Connection], bool], turn: "threading.RLock") -> None:
        super().__init__("", ())
        self._work = work
        self._turn = turn
        self.ran = False

    def run(self, raw: sqlite3.Connection) -> None:
        """In the turn of those who read: each statement lets go of the interpreter, as a read does."""
        has_turn = self._turn.acquire(timeout=MOST_TURN)
        try:
            self.ran = self._work(raw)
        finally:
            if has_turn:
                self._turn.release()

    def run_alone(self, raw: sqlite3.Connection) -> None:
        raw.execute("BEGIN IMMEDIATE")
        try:
            self.run(raw)
            raw.execute("COMMIT")
        except BaseException:
            self.ran = False
            if raw.in_transaction:
                raw.execute("ROLLBACK")
            raise


class Together:
    """Executes statements of this process on one SQLite file, each committed when its call returns."""

    def __init__(self, database: Path, queue: WriteQueue, turn: "threading.RLock") -> None:
        self._path = database
        self._queue = queue
        self._turn = turn
        self._groups: dict[int, _Group] = {}

    def execute(self, words: str, values: Sequence[Any]) -> None:
        """Raises what the driver raises for this very statement; what others asked is not touched by it."""
        self._mine().execute(_Asked(words, values))

    def execute_all(self, work: Callable[[sqlite3.Connection], bool]) -> bool:
        """The same for several statements, which `work` runs on the connection it is given, or none of them.

        It gives True when it ran them; False, having run nothing that changes anything, when they are void.
        """
        mine = _AskedAll(work, self._turn)
        self._mine().execute(mine)
        return mine.ran

    def close(self) -> None:
        self._mine().close()

    def _mine(self) -> "_Group":
        """A forked process begins anew: it has none of the threads that might wait, and no right to the file."""
        return self._groups.get(os.getpid()) or self._groups.setdefault(os.getpid(), _Group(self))

    def open(self) -> sqlite3.Connection:
        return open_file(self._path)

    @property
    def queue(self) -> WriteQueue:
        return self._queue


class _Group:
    """Who waits in this process, and the connection that the one who writes uses."""

    def __init__(self, file: Together) -> None:
        self._file = file
        self._door = threading.Lock()
        self._waiting: list[_Asked] = []
        self._writing = False
        self._usual = 1  # how many were there at the last commit or came while it lasted
        self._wait = LEAST_WAIT
        self._raw: sqlite3.Connection | None = None

    def execute(self, mine: _Asked) -> None:
        with self._door:
            self._waiting.append(mine)
            enough = not mine.waits_for_company or len(self._waiting) >= self._usual
            writes = self._may_write(enough)
        patience = self._wait
        while not writes:
            if mine.done.acquire(timeout=patience):
                writes = mine.writes
                break
            with self._door:
                taken = mine not in self._waiting
                writes = self._may_write(not taken)
            patience = _FOR_EVER if taken else self._wait
        if writes:
            self._write()
        if mine.error is not None:
            raise mine.error

    def close(self) -> None:
        if self._raw is not None:
            self._raw.close()
            self._raw = None

    def _may_write(self, wishes: bool) -> bool:
        """Take the turn, if it is wished and free. Call it behind the door."""
        if not wishes or self._writing:
            return False
        self._writing = True
        return True

    def _write(self) -> None:
        """Write all that waits when our process's turn comes."""
        group: list[_Asked] = []
        try:
            try:
                handle = self._file.queue.enter()
            finally:
                with self._door:
                    group, self._waiting = self._waiting, []
            try:
                began = time.monotonic()
                self._commit(group)
                self._wait = min(max(time.monotonic() - began, LEAST_WAIT), MOST_WAIT)
            finally:
                self._file.queue.leave(handle)
        except BaseException as error:
            for one in group:
                one.error = error
            raise
        finally:
            with self._door:
                self._usual = max(1, len(group) + len(self._waiting))
                successor = next((one for one in self._waiting if not one.waits_for_company), None)
                self._writing = successor is not None
            for one in group:
                one.done.release()
            if successor is not None:
                successor.writes = True
                successor.done.release()

    def _commit(self, group: Sequence[_Asked]) -> None:
        raw, self._raw = self._raw or self._file.open(), None
        try:
            if len(group) == 1 or not _commit_all(raw, group):
                for one in group:
                    one.error = _commit_one(raw, one)
        except BaseException:
            raw.close()
            raise
        if any(one.error for one in group):
            raw.close()
        else:
            self._raw = raw


def _commit_all(raw: sqlite3.Connection, group: Sequence[_Asked]) -> bool:
    """Commit all in one transaction, or nothing: then each must be tried alone, to find whose fault it was.

    Raises sqlite3.Error when no transaction can begin, which is nobody's fault.
    """
    raw.execute("BEGIN IMMEDIATE")
    try:
        for one in group:
            one.run(raw)
        raw.execute("COMMIT")
    except sqlite3.Error:
        if raw.in_transaction:
            raw.execute("ROLLBACK")
        return False
    return True


def _commit_one(raw: sqlite3.Connection, one: _Asked) -> sqlite3.Error | None:
    try:
        one.run_alone(raw)
    except sqlite3.Error as error:
        return error
    return None
