"""Kept reads see what the session sees, give the values the columns mean, and fail as sessions do."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, select
from sqlalchemy.exc import DBAPIError

from portal.foundation.db import Database
from portal.foundation.reads import Read, as_list, one_of
from portal.publishing.models import Act

AT = datetime(2026, 2, 3, 9, 30, tzinfo=UTC)
_STARTED = Read(select(Act.id, Act.proposed_at, Act.meta).where(Act.kind == bindparam("kind")).order_by(Act.id))
_AMONG = Read(select(Act.id).where(one_of(Act.id, "ids"), Act.state == "staged").order_by(Act.id))
_COUNTED = Read(select(Act.id).where(one_of(Act.figures, "counts")).order_by(Act.id))


def _act(id: str, **more: object) -> Act:
    facts = {"kind": "release", "state": "staged", "proposed_at": AT, "proposed_by": "p", "meta": {"n": ["1"]}}
    return Act(id=id, **{**facts, "figures": 0, **more})


def test_columns_come_as_the_values_they_mean(database: Database) -> None:
    with database.write() as session:
        session.add_all([_act("a"), _act("b", meta={}), _act("c", kind="notice")])
    with database.read() as session:
        assert _STARTED.rows(session, kind="release") == [("a", AT, {"n": ["1"]}), ("b", AT, {})]
        assert _STARTED.first(session, kind="nothing") is None
        ids, moments, meta = _STARTED.columns(session, kind="release")
        assert (list(ids), list(moments), list(meta)) == (["a", "b"], [AT, AT], [{"n": ["1"]}, {}])
        assert _STARTED.columns(session, kind="nothing") == []


def test_any_number_of_values_is_one_parameter(database: Database) -> None:
    with database.write() as session:
        session.add_all([_act("a", figures=1), _act("b'\"", figures=2), _act("c", figures=3)])
    with database.read() as session:
        assert _AMONG.rows(session, ids=as_list(["b'\"", "a", "a", "missing"])) == [("a",), ("b'\"",)]
        assert _AMONG.rows(session, ids=as_list([])) == []
        assert _COUNTED.rows(session, counts=as_list([3, 1])) == [("a",), ("c",)]


def test_a_transaction_sees_its_own_rows_and_no_later_ones(database: Database) -> None:
    with database.write() as session:
        session.add(_act("a"))
        session.flush()
        assert [row[0] for row in _STARTED.rows(session, kind="release")] == ["a"]
        session.rollback()
        assert _STARTED.rows(session, kind="release") == []


def test_what_the_driver_refuses_is_raised_as_a_session_raises_it(database: Database) -> None:
    """The edge answers 503 by it when the database is away."""
    with database.read() as session, pytest.raises(DBAPIError):
        _AMONG.rows(session, ids="no list")
