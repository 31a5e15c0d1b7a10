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
def writers(path: Path, queue: WriteQueue) -> Iterator[Together]:
    opened = Together(path, queue)
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
