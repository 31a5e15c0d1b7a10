"""If these failed, one mistake would undo another mark, or a mark would be answered before it is kept."""

import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest

from portal.foundation import sqlite_file, together
from portal.foundation.sqlite_file import WriteQueue, open_file
from portal.foundation.together import Together

ADD = "INSERT INTO mark (id) VALUES (?)"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with sqlite3.connect(tmp_path / "marks.sqlite3") as connection:
        connection.execute("CREATE TABLE mark (id INTEGER PRIMARY KEY CHECK (id < 100))")
    return tmp_path / "marks.sqlite3"


@pytest.fixture
def queue(path: Path) -> Iterator[WriteQueue]:
    opened = WriteQueue(path)
    yield opened
    opened.close()


@pytest.fixture
def turn() -> "threading.RLock":
    return threading.RLock()


@pytest.fixture
def writers(path: Path, queue: WriteQueue, turn: "threading.RLock") -> Iterator[Together]:
    opened = Together(path, queue, turn)
    yield opened
    opened.close()


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the connections of `Together` run, in order."""
    heard: list[str] = []

    def listened_to(database: Path) -> sqlite3.Connection:
        raw = open_file(database)
        raw.set_trace_callback(heard.append)
        return raw

    monkeypatch.setattr(together, "open_file", listened_to)
    return heard


def marks(path: Path) -> list[int]:
    with sqlite3.connect(path) as connection:
        return [row[0] for row in connection.execute("SELECT id FROM mark ORDER BY id")]


def write_at_once(writers: Together, queue: WriteQueue, *ids: int) -> list[BaseException | None]:
    """Write each on a thread of its own, all of them waiting behind another process before the first may."""
    group = writers._mine()
    handle = queue.enter()
    with ThreadPoolExecutor(len(ids)) as pool:
        asked = [pool.submit(writers.execute, ADD, (one,)) for one in ids]
        while len(group._waiting) < len(ids):
            threading.Event().wait(0.001)
        queue.leave(handle)
        wait(asked)
    return [one.exception() for one in asked]


def test_those_who_wait_are_committed_in_one_transaction(
    writers: Together, queue: WriteQueue, path: Path, ran: list[str]
) -> None:
    assert write_at_once(writers, queue, 1, 2, 3) == [None, None, None]
    assert marks(path) == [1, 2, 3]
    assert [words for words in ran if words in {"BEGIN IMMEDIATE", "COMMIT"}] == ["BEGIN IMMEDIATE", "COMMIT"]


def test_whoever_is_alone_waits_for_nobody_and_needs_no_transaction(writers: Together, ran: list[str]) -> None:
    for one in (1, 2, 3):
        writers.execute(ADD, (one,))
    assert not {"BEGIN IMMEDIATE", "COMMIT"} & set(ran)


def test_a_mistake_is_told_to_whoever_made_it_and_the_others_are_kept(
    writers: Together, queue: WriteQueue, path: Path
) -> None:
    writers.execute(ADD, (2,))
    first, again, last = write_at_once(writers, queue, 1, 2, 3)
    assert isinstance(again, sqlite3.IntegrityError)
    assert (first, last) == (None, None)
    assert marks(path) == [1, 2, 3]


def test_several_statements_are_kept_or_none_of_them_whoever_is_in_the_group(
    writers: Together, queue: WriteQueue, path: Path
) -> None:
    def add(*ids: int) -> bool:
        def work(raw: sqlite3.Connection) -> bool:
            for one in ids:
                raw.execute(ADD, (one,))
            return bool(ids)

        return writers.execute_all(work)

    handle = queue.enter()
    with ThreadPoolExecutor(3) as pool:
        asked = [pool.submit(add, *ids) for ids in ((1, 2), (3, 100), ())]
        while len(writers._mine()._waiting) < len(asked):
            threading.Event().wait(0.001)
        queue.leave(handle)
        wait(asked)
    assert asked[0].result() is True
    assert isinstance(asked[1].exception(), sqlite3.IntegrityError)
    assert asked[2].result() is False
    assert marks(path) == [1, 2]


def test_after_a_mistake_everything_goes_on(writers: Together, queue: WriteQueue, path: Path) -> None:
    assert all(isinstance(error, sqlite3.IntegrityError) for error in write_at_once(writers, queue, 100, 200))
    writers.execute(ADD, (7,))
    assert write_at_once(writers, queue, 8, 9) == [None, None]
    assert marks(path) == [7, 8, 9]


def test_when_the_queue_cannot_be_entered_everybody_hears_and_nothing_is_written_later(
    writers: Together, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_queue: WriteQueue) -> int:
        raise OSError(24, "Too many open files")

    with monkeypatch.context() as patched, pytest.raises(OSError, match="open files"):
        patched.setattr(WriteQueue, "enter", refuse)
        writers.execute(ADD, (1,))
    writers.execute(ADD, (2,))
    assert marks(path) == [2]


def test_when_no_transaction_can_begin_everybody_hears_at_once(
    writers: Together, queue: WriteQueue, path: Path, ran: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_file, "PATIENCE", 0)
    stranger = sqlite3.connect(path, isolation_level=None)  # one that does not know the queue
    stranger.execute("BEGIN IMMEDIATE")
    errors = write_at_once(writers, queue, 1, 2, 3)
    assert all(isinstance(error, sqlite3.OperationalError) for error in errors)
    stranger.close()
    writers.execute(ADD, (4,))
    assert marks(path) == [4]
    assert ran.count("BEGIN IMMEDIATE") <= 1


def test_a_call_returns_only_when_others_can_read_what_it_wrote(writers: Together, path: Path) -> None:
    def write(number: int) -> bool:
        reader = sqlite3.connect(path)
        seen = []
        for one in range(number * 10, number * 10 + 10):
            writers.execute(ADD, (one,))
            seen.append(reader.execute("SELECT count(*) FROM mark WHERE id = ?", (one,)).fetchone()[0])
        reader.close()
        return all(seen)

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(write, range(6)))
    assert marks(path) == list(range(60))


def test_whoever_comes_with_several_statements_while_others_commit_is_told_to_write_next(
    writers: Together, queue: WriteQueue, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody looks at a clock: with a wait of an hour it would never be written otherwise."""
    monkeypatch.setattr(together, "LEAST_WAIT", 3600)
    monkeypatch.setattr(together, "MOST_WAIT", 3600)
    group = writers._mine()
    group._wait = 3600
    inside, go_on = threading.Event(), threading.Event()

    def first(raw: sqlite3.Connection) -> bool:
        inside.set()
        go_on.wait()
        raw.execute(ADD, (1,))
        return True

    def second(raw: sqlite3.Connection) -> bool:
        raw.execute(ADD, (2,))
        return True

    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(writers.execute_all, first)]
        inside.wait()
        asked.append(pool.submit(writers.execute_all, second))
        while not group._waiting:
            threading.Event().wait(0.001)
        go_on.set()
        assert [one.result() for one in asked] == [True, True]
    assert marks(path) == [1, 2]


def test_several_statements_are_run_in_the_turn_of_those_who_read(
    writers: Together, turn: "threading.RLock"
) -> None:
    with ThreadPoolExecutor(1) as pool:

        def work(_raw: sqlite3.Connection) -> bool:
            return pool.submit(turn.acquire, False).result()

        assert writers.execute_all(work) is False, "somebody else had the turn meanwhile"
    assert turn.acquire(blocking=False)


def test_a_turn_that_is_never_free_keeps_nobody_from_writing(
    writers: Together, turn: "threading.RLock", path: Path
) -> None:
    """Whoever has it may wait for the file, which is the writer's."""

    def work(raw: sqlite3.Connection) -> bool:
        raw.execute(ADD, (1,))
        return True

    with turn, ThreadPoolExecutor(1) as pool:
        assert pool.submit(writers.execute_all, work).result() is True
    assert marks(path) == [1]
