"""Returning commits, raising rolls back, reading cannot write, writers queue."""

import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from portal.foundation.db import Database
from portal.foundation.jobs import Job, enqueue

NOW = datetime(2026, 2, 9, 9, 0, tzinfo=UTC)


def job_kinds(database: Database) -> list[str]:
    with database.read() as session:
        return sorted(session.scalars(select(Job.kind)))


def test_returning_commits(database: Database) -> None:
    with database.write() as session:
        enqueue(session, "kept", {}, due_at=NOW)
    assert job_kinds(database) == ["kept"]


def test_raising_rolls_back(database: Database) -> None:
    with pytest.raises(RuntimeError), database.write() as session:
        enqueue(session, "lost", {}, due_at=NOW)
        session.flush()
        raise RuntimeError
    assert job_kinds(database) == []


def test_a_reading_session_cannot_write(database: Database) -> None:
    with database.read() as session:
        enqueue(session, "sneaked", {}, due_at=NOW)
        with pytest.raises(DBAPIError):
            session.flush()


def test_writers_wait_for_each_other_and_none_is_lost(database: Database) -> None:
    def write(number: int) -> None:
        for turn in range(10):
            with database.write() as session:
                enqueue(session, f"{number}-{turn}", {}, due_at=NOW)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(job_kinds(database)) == 60
