"""If these failed, a long work would keep everybody who rates waiting, or never come to its end."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from portal.foundation import turns
from portal.foundation.db import Database
from portal.foundation.sqlite_file import LOG_PAGES
from portal.foundation.turns import AIM, Turns


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long each turn is found to take."""
    given: list[float] = []

    def looks() -> Iterator[float]:
        while True:
            yield 0.0  # when it begins
            yield given.pop(0)

    monkeypatch.setattr(turns, "time", SimpleNamespace(monotonic=looks().__next__))
    return given


def take_turn(turns: Turns) -> int:
    with turns.write() as session:
        session.execute(text("SELECT 1"))
    return turns.at_once


def test_a_turn_that_took_too_long_is_followed_by_a_smaller_one(database: Database, seconds: list[float]) -> None:
    work = Turns(database, least=1, first=100, most=400)
    seconds[:] = [AIM * 2, AIM * 100, AIM * 100]
    assert [take_turn(work) for _ in range(3)] == [50, 25, 12]


def test_a_turn_that_was_soon_over_is_followed_by_a_larger_one(database: Database, seconds: list[float]) -> None:
    work = Turns(database, least=1, first=100, most=300)
    seconds[:] = [AIM, AIM / 2, 0.0]
    assert [take_turn(work) for _ in range(3)] == [100, 200, 300]


def test_it_never_shrinks_below_what_is_worth_a_transaction(database: Database, seconds: list[float]) -> None:
    work = Turns(database, least=40, first=100, most=300)
    seconds[:] = [AIM * 100] * 3
    assert [take_turn(work) for _ in range(3)] == [50, 40, 40]


def test_a_turn_that_raises_leaves_nothing(database: Database) -> None:
    work = Turns(database, least=1, first=1, most=1)
    with pytest.raises(RuntimeError), work.write() as session:
        session.execute(text("INSERT INTO schedule_run (name, last_at) VALUES ('x', '2026')"))
        raise RuntimeError
    with database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM schedule_run")) == 0


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_after_a_turn_the_log_is_moved_into_the_database_by_nobody_who_writes(database: Database) -> None:
    work = Turns(database, least=1, first=1, most=1)
    with work.write() as session:
        assert session.scalar(text("PRAGMA wal_autocheckpoint")) == 0
        session.execute(text("INSERT INTO schedule_run (name, last_at) VALUES ('x', '2026')"))
    copy = Path(database.url.database or "").with_suffix(".copy")
    copy.write_bytes(Path(database.url.database or "").read_bytes())  # without its log
    with sqlite3.connect(copy) as found:
        assert found.execute("SELECT name FROM schedule_run").fetchall() == [("x",)]
    with database.write() as session:
        assert session.scalar(text("PRAGMA wal_autocheckpoint")) == LOG_PAGES, (
            "others keep the log short themselves"
        )
