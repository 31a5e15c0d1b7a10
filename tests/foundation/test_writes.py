"""If these failed, half an act could be written, or the same act twice, or values other than those given."""

import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, delete, select, text, update
from sqlalchemy.exc import IntegrityError

from portal.foundation.db import Database
from portal.foundation.jobs import Job, enqueue
from portal.foundation.writes import Step, Write, as_one, into, run_all

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


def test_what_several_threads_want_written_at_once_is_one_transaction(database: Database) -> None:
    with database.write() as session:
        for kind in ("held", "b", "c", "d"):
            enqueue(session, kind, {}, due_at=AT)
    ends: dict[str, object] = {}

    def write(was: str, letter: str) -> None:
        try:
            ends[was] = database.write_steps(claiming(was, f"{was}-claimed"), adding(letter))
        except IntegrityError:
            ends[was] = IntegrityError

    with database.write() as session:  # whoever comes first waits for this, and all others for them
        session.execute(update(Job).where(Job.kind == "held").values(attempts=1))
        threads = [threading.Thread(target=write, args=("held", "a"))]
        threads[0].start()
        threading.Event().wait(0.3)
        for was, letter in (("b", "b"), ("c", "c"), ("d", "a"), ("nobody's", "d")):
            threads.append(threading.Thread(target=write, args=(was, letter)))
            threads[-1].start()
        threading.Event().wait(0.3)
    for thread in threads:
        thread.join(30)
    assert ends == {"held": True, "b": True, "c": True, "d": IntegrityError, "nobody's": False}
    assert kinds(database) == ["added", "added", "added", "b-claimed", "c-claimed", "d", "held-claimed"]


def test_alike_acts_of_several_threads_go_in_one_statement(waiting: Database) -> None:
    if waiting.is_sqlite:
        pytest.skip("a file commits them in one transaction, one statement after another")
    with waiting.write() as session:
        enqueue(session, "two", {}, due_at=AT)
    acts = [[claiming("open", "done"), adding("a", "b")], [claiming("two", "done"), adding("c", "d")]]
    one = as_one(acts, waiting.engine.dialect)
    assert one is not None and waiting._write_as_one(*one)
    with waiting.read() as session:
        rows = session.execute(text("SELECT id, kind, xmin FROM job")).all()
    assert sorted(row.id[0] for row in rows if row.kind == "added") == ["a", "b", "c", "d"]
    assert len(rows) == 6 and len({row.xmin for row in rows}) == 1


def test_acts_of_several_kinds_or_upon_the_same_row_are_not_one(waiting: Database) -> None:
    if waiting.is_sqlite:
        pytest.skip("PostgreSQL alone takes them as one statement")
    dialect = waiting.engine.dialect
    assert as_one([[claiming("open", "x"), adding("a")], [claiming("open", "x")]], dialect) is None
    assert as_one([[claiming("open", "x"), removing("added")]], dialect) is None
    twice = as_one([[claiming("open", "x"), adding("a")], [claiming("open", "y"), adding("b")]], dialect)
    assert twice is not None and not waiting._write_as_one(*twice)
    assert kinds(waiting) == ["open"]
