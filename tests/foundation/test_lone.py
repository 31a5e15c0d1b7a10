"""If these failed, a page of a report could be drawn from an older state, or die of a connection that had died."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import bindparam, literal_column, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from portal.foundation import lone
from portal.foundation.db import Database
from portal.foundation.jobs import Job, enqueue
from portal.foundation.reads import Read
from portal.foundation.writes import into

AT = datetime(2026, 2, 9, 9, tzinfo=UTC)
OF_KIND = Read(select(Job.kind, Job.due_at).where(Job.kind == bindparam("kind")))
JOB = into(Job, "id", "kind", "payload", "due_at", "attempts")


def put(database: Database, kind: str) -> None:
    with database.write() as session:
        enqueue(session, kind, {}, due_at=AT)


def test_what_is_read_alone_is_what_was_committed_last(database: Database) -> None:
    for turn in range(8):  # the driver prepares what is asked several times
        assert list(database.read_alone(OF_KIND, kind=f"{turn}")) == []
        put(database, f"{turn}")
        assert list(database.read_alone(OF_KIND, kind=f"{turn}")) == [(f"{turn}", AT)]


def test_what_is_not_committed_is_not_read_alone(database: Database) -> None:
    with database.write() as session:
        enqueue(session, "late", {}, due_at=AT)
        session.flush()
        assert list(database.read_alone(OF_KIND, kind="late")) == []
    assert len(database.read_alone(OF_KIND, kind="late")) == 1


def test_in_a_rehearsal_what_is_rehearsed_is_read(database: Database) -> None:
    with database.rehearse() as session:
        enqueue(session, "rehearsed", {}, due_at=AT)
        session.flush()
        assert len(database.read_alone(OF_KIND, kind="rehearsed")) == 1
    assert list(database.read_alone(OF_KIND, kind="rehearsed")) == []


def test_a_failure_is_what_a_session_raises_and_the_next_goes_on(database: Database) -> None:
    row = {"id": "a" * 26, "kind": "one", "payload": {}, "due_at": AT, "attempts": 0}
    words: Any = JOB._statement
    database.execute_alone(words, {**row, "payload": "{}", "due_at": "2026-02-09T09:00:00.000000Z"})
    with pytest.raises(IntegrityError) as refused:
        database.execute_alone(words, {**row, "payload": "{}", "due_at": "2026-02-09T09:00:00.000000Z"})
    assert "2026-02-09" not in str(refused.value), "values stay out of messages and logs"
    assert len(database.read_alone(OF_KIND, kind="one")) == 1


def test_a_parameter_may_be_named_twice_and_a_percent_sign_is_one(database: Database) -> None:
    put(database, "100 %")
    twice = Read(
        select(Job.kind)
        .where(Job.kind.like(literal_column("'100 %'")), Job.kind == bindparam("kind"))
        .where(Job.kind >= bindparam("kind"))
    )
    assert list(database.read_alone(twice, kind="100 %")) == [("100 %",)]


def test_more_statements_than_stay_prepared_are_answered(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database.is_sqlite:
        pytest.skip("a file prepares nothing by name")
    monkeypatch.setattr("portal.foundation.prepared._MOST", 3)
    put(database, "here")
    for _ in range(2):
        for number in range(8):
            query = Read(select(literal_column(str(number)), Job.kind).where(Job.kind == bindparam("kind")))
            assert list(database.read_alone(query, kind="here")) == [(number, "here")]


def test_a_connection_that_died_while_nobody_used_it_is_found_out(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    if database.is_sqlite:
        pytest.skip("a file has no server that could go away")
    put(database, "here")
    assert len(database.read_alone(OF_KIND, kind="here")) == 1
    _end_all_others(database)
    with pytest.raises(DBAPIError):  # used a moment ago: not asked
        database.read_alone(OF_KIND, kind="here")
    assert len(database.read_alone(OF_KIND, kind="here")) == 1
    _end_all_others(database)
    monkeypatch.setattr(lone, "IDLE", -1.0)
    assert len(database.read_alone(OF_KIND, kind="here")) == 1
    with database.read() as session:
        assert session.scalars(select(Job.kind)).all() == ["here"]


def _end_all_others(database: Database) -> None:
    """As when the server was started again, for all connections but the one that does it."""
    with database.engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
