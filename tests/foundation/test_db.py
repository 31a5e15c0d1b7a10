"""Returning commits, raising rolls back, reading cannot write, writers queue."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from portal.foundation.db import Database, insert_rows
from portal.foundation.jobs import Job, enqueue

NOW = datetime(2026, 2, 9, 9, 0, tzinfo=UTC)

ADD_JOB = insert(Job.__table__).values(
    {name: bindparam(name) for name in ("id", "kind", "payload", "due_at", "attempts")}
)


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


def test_reading_sessions_that_follow_each_other_see_what_was_written_between(database: Database) -> None:
    for expected in ([], ["first"], ["first", "second"]):
        assert job_kinds(database) == expected
        with database.write() as session:
            enqueue(session, ["first", "second", "third"][len(expected)], {}, due_at=NOW)


def test_two_reading_sessions_at_once_see_each_their_own_moment(database: Database) -> None:
    with database.read() as early:
        assert early.scalars(select(Job.kind)).all() == []
        with database.write() as session:
            enqueue(session, "later", {}, due_at=NOW)
        assert job_kinds(database) == ["later"]
        assert early.scalars(select(Job.kind)).all() == []


def test_nothing_stays_in_a_reading_session_for_its_next_use(database: Database) -> None:
    with database.write() as session:
        enqueue(session, "read", {}, due_at=NOW)
    with database.read() as session:
        found = session.scalars(select(Job)).one()
        assert found in session
    with database.read() as session:
        assert found not in session
        assert found.kind == "read"


@pytest.mark.parametrize("ends", [Session.rollback, Session.commit, Session.close])
def test_a_reading_session_whose_transaction_was_ended_is_not_used_again(
    database: Database, ends: Callable[[Session], None]
) -> None:
    with database.read() as session:
        job_kinds(database)
        ends(session)
    with pytest.raises(KeyError), database.read() as session:
        session.scalars(select(Job.kind)).all()
        raise KeyError
    assert job_kinds(database) == []
    assert database.in_use == 0


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


@pytest.mark.parametrize("count", [0, 1, 180, 181, 400])
def test_many_rows_at_once_are_all_there_each_with_its_own_values(database: Database, count: int) -> None:
    rows = [(f"{n:026}", f"kind-{n}", "{}", "2026-02-09T09:00:00.000000Z", n) for n in range(count)]
    with database.write() as session:
        insert_rows(session, Job, ("id", "kind", "payload", "due_at", "attempts"), rows)
    with database.read() as session:
        found = session.execute(select(Job.id, Job.kind, Job.attempts).order_by(Job.id)).all()
    assert [tuple(row) for row in found] == [(one[0], one[1], one[4]) for one in rows]


def add_job(database: Database, job_id: str) -> None:
    row = {"id": job_id, "kind": "alone", "payload": "{}", "due_at": "2026-02-09T09:00:00.000000Z", "attempts": 0}
    database.execute_alone(ADD_JOB, row)


def test_a_statement_alone_is_committed_when_the_call_returns(database: Database) -> None:
    add_job(database, "a" * 26)
    assert job_kinds(database) == ["alone"]


def test_a_statement_alone_that_fails_leaves_nothing_and_raises_what_a_session_raises(database: Database) -> None:
    add_job(database, "a" * 26)
    with pytest.raises(IntegrityError) as refused:
        add_job(database, "a" * 26)
    assert "2026-02-09" not in str(refused.value), "values stay out of messages and logs"
    add_job(database, "b" * 26)
    assert job_kinds(database) == ["alone", "alone"]


def test_statements_alone_wait_for_other_writers_and_none_is_lost(database: Database) -> None:
    def write(number: int) -> None:
        for turn in range(10):
            add_job(database, f"{number}{turn}".ljust(26, "x"))
            with database.write() as session:
                enqueue(session, "session", {}, due_at=NOW)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(job_kinds(database)) == 120
