"""If these failed, half an act could be written, or the same act twice, or values other than those given."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.exc import IntegrityError

from portal.foundation.db import Database
from portal.foundation.jobs import Job, enqueue
from portal.foundation.writes import Step, Write, into, run_all

AT = datetime(2026, 2, 9, 9, tzinfo=UTC)
ADD = into(Job, "id", "kind", "payload", "due_at", "attempts")
CLAIM = Write(
    update(Job).where(Job.kind == bindparam("was")).values(kind=bindparam("becomes"), attempts=Job.attempts + 1)
)
REMOVE = Write(delete(Job).where(Job.kind == bindparam("was")))


def adding(*letters: str) -> Step:
    rows = (
        {"kind": "added", "payload": {"n": [1]}, "due_at": AT, "attempts": 0} | {"id": x * 26} for x in letters
    )
    return ADD.step(*rows)


def removing(kind: str) -> Step:
    return REMOVE.step({"was": kind})


def claiming(was: str, becomes: str) -> Step:
    return CLAIM.step({"was": was, "becomes": becomes})


def kinds(database: Database) -> list[str]:
    with database.read() as session:
        return sorted(session.scalars(select(Job.kind)))


@pytest.fixture
def waiting(database: Database) -> Database:
    """With one job of the kind "open"."""
    with database.write() as session:
        enqueue(session, "open", {}, due_at=AT)
    return database


def test_what_is_written_is_what_a_mapped_row_gives_back(database: Database) -> None:
    with database.write() as session:
        assert adding("a", "b").run(session) == 2
    with database.read() as session:
        found = [(row.id, row.payload, row.due_at) for row in session.scalars(select(Job).order_by(Job.id))]
    assert found == [("a" * 26, {"n": [1]}, AT), ("b" * 26, {"n": [1]}, AT)]


def test_steps_of_a_session_come_after_what_it_held_back_and_go_with_it(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.write() as session:
        enqueue(session, "open", {}, due_at=AT)
        run_all(session, [claiming("open", "claimed"), adding("a")])
        assert sorted(session.scalars(select(Job.kind))) == ["added", "claimed"]
        raise ZeroDivisionError
    assert kinds(database) == []


def test_steps_by_themselves_are_committed_when_the_call_returns(waiting: Database) -> None:
    assert waiting.write_steps(claiming("open", "claimed"), adding("a", "b"), adding("c"))
    assert kinds(waiting) == ["added", "added", "added", "claimed"]


def test_whoever_comes_second_writes_nothing(waiting: Database) -> None:
    assert waiting.write_steps(claiming("open", "first"), adding("a"))
    assert not waiting.write_steps(claiming("open", "second"), adding("b"))
    assert kinds(waiting) == ["added", "first"]


def test_steps_that_fail_leave_nothing_and_raise_what_a_session_raises(waiting: Database) -> None:
    assert waiting.write_steps(claiming("open", "first"), adding("a"))
    with pytest.raises(IntegrityError) as refused:
        waiting.write_steps(claiming("first", "second"), adding("b"), adding("a"))
    assert "2026-02-09" not in str(refused.value), "values stay out of messages and logs"
    assert kinds(waiting) == ["added", "first"]
    assert waiting.write_steps(claiming("first", "third"), adding("b")), "and everything goes on"


def test_a_step_may_add_again_what_the_one_before_it_deleted(waiting: Database) -> None:
    with waiting.write() as session:
        adding("a").run(session)
    assert waiting.write_steps(claiming("open", "claimed"), removing("added"), adding("a"))
    assert kinds(waiting) == ["added", "claimed"]
    assert not waiting.write_steps(claiming("open", "claimed"), removing("added"))
    assert kinds(waiting) == ["added", "claimed"]
