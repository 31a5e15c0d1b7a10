"""Whoever may not hold a case any more loses all of it at once, whatever it is that changes its lock, and no act
leaves a case to people who are gone."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts.services import connect, disable_person, enable_person
from portal.accounts.values import ConnectionKind
from portal.cases.errors import LastHolder
from portal.cases.jobs import change_locks, clear_up
from portal.cases.models import Case, Wrap
from portal.cases.services import casework, epochs, handover, joining
from portal.cases.services.removals import reapply_departures
from portal.cases.services.upkeep import HOLDER_REMOVED
from portal.cases.values import CaseState
from portal.foundation.actor import Actor
from portal.foundation.context import Portal
from portal.foundation.removals import known_removals
from tests.cases.test_desk import do, state_of, to_state
from tests.factories import publishing as published
from tests.factories.accounts import Someone, person
from tests.factories.cases import Filed, Office, filed_report, officer_of


def gone(portal: Portal, *people: Someone | None) -> None:
    """They left the office a moment ago; the job that looks after locks has not run since."""
    with portal.database.write() as session:
        for someone in people:
            assert someone is not None
            disable_person(session, person_id=someone.id, actor=Actor.system(), now=portal.clock.now())


def wraps_of(portal: Portal, someone: Someone, case_id: str) -> list[int]:
    with portal.database.read() as session:
        query = select(Wrap.epoch).where(Wrap.case_id == case_id, Wrap.person_id == someone.id)
        return list(session.scalars(query.order_by(Wrap.epoch)))


def noted(portal: Portal) -> set[str]:
    with portal.database.read() as session:
        return {one.subject for one in known_removals(session) if one.kind == HOLDER_REMOVED}


def hand_over(portal: Portal, office: Office, case_id: str) -> None:
    other = person(portal, roles=["case-officer"], name="Lia Later")
    with portal.database.write() as session:
        handover.hand_over(
            session,
            person_id=office.officer.id,
            to=other.id,
            gives_up_keys=True,
            officer=officer_of(office.officer),
            now=portal.clock.now(),
        )


def recuse(portal: Portal, office: Office, case_id: str) -> None:
    do(portal, casework.recuse, office.officer, case_id)


def restore(portal: Portal, office: Office, case_id: str) -> None:
    pairs = [(case_id, office.officer.id)]
    with portal.database.write() as session:
        reapply_departures(session, pairs=pairs, settings=portal.settings, now=portal.clock.now())


@pytest.mark.parametrize("act", [recuse, hand_over, restore])
def test_who_left_keeps_no_key_when_somebody_else_gives_theirs_up(
    portal: Portal, office: Office, act: Any
) -> None:
    """Else the wraps of the departed would lie there for good, and nobody would look for them again."""
    case_id = to_state(portal, office, CaseState.ASSIGNED)
    gone(portal, office.decider)
    act(portal, office, case_id)

    assert wraps_of(portal, office.decider, case_id) == [] == wraps_of(portal, office.officer, case_id)
    assert {f"{case_id}:{one.id}" for one in (office.decider, office.officer)} <= noted(portal)


def test_a_case_in_the_hands_of_who_left_waits_for_others_when_somebody_steps_aside(
    portal: Portal, office: Office
) -> None:
    case_id = to_state(portal, office, CaseState.ACKNOWLEDGED)
    do(portal, casework.assign, office.officer, case_id, person_id=office.decider.id)
    gone(portal, office.decider)
    recuse(portal, office, case_id)

    assert state_of(portal, case_id) == ("acknowledged", None)
    with portal.database.read() as session:
        assert session.get_one(Case, case_id).assigned_to is None
        assert office.outside is not None and epochs.holders_of(session, case_id) == (office.outside.id,)


@pytest.mark.parametrize("act", ["recuse", "declare_conflict"])
def test_who_left_does_not_count_as_somebody_who_can_open_the_case(
    portal: Portal, office: Office, act: str
) -> None:
    """Two officers who left this minute would otherwise be all that remains of a report."""
    case_id = filed_report(portal).case_id
    gone(portal, office.decider, office.outside)

    with pytest.raises(LastHolder):
        do(portal, getattr(casework, act), office.officer, case_id)
    with portal.database.read() as session:
        assert office.officer.id in epochs.holders_of(session, case_id)


def test_keys_to_older_locks_go_too_though_their_holder_came_back(portal: Portal, office: Office) -> None:
    """Whoever holds a lock, and not the newest one, lost the case once: what lies there is left over."""
    case_id = filed_report(portal).case_id
    with portal.database.write() as session:
        left_over = session.scalars(select(Wrap).where(Wrap.person_id == office.decider.id)).one()
        row = {name: getattr(left_over, name) for name in (column.name for column in Wrap.__table__.columns)}
        epochs.revoke(session, case_id=case_id, people=[office.decider.id])
    gone(portal, office.decider)
    do(portal, casework.recuse, office.officer, case_id)
    with portal.database.write() as session:
        session.add(Wrap(**row))
        enable_person(session, person_id=office.decider.id, actor=Actor.system(), now=portal.clock.now())
    change_locks(portal)

    assert wraps_of(portal, office.decider, case_id) == []
    assert f"{case_id}:{office.decider.id}" in noted(portal)


def test_who_may_not_hold_one_of_two_joined_cases_loses_both_when_somebody_steps_aside(
    portal: Portal, office: Office
) -> None:
    published.append(portal, published.body("DOT"))
    main, other = (acknowledged(portal, office, **about) for about in ({}, {"subject": DOT}))
    do(portal, casework.recuse, office.connected, other.case_id)
    do(portal, joining.propose_joining, office.officer, other.case_id, into_id=main.case_id, reason="same")
    do(portal, joining.agree_to_joining, office.decider, other.case_id)
    with portal.database.write() as session:
        now = portal.clock.now()
        kind = ConnectionKind.DECLARED
        connect(session, person_id=office.decider.id, body_code="DOT", kind=kind, now=now)
    recuse(portal, office, main.case_id)

    for case in (main, other):
        assert wraps_of(portal, office.decider, case.case_id) == []


DOT = {"body": "DOT"}


def acknowledged(portal: Portal, office: Office, **about: Any) -> Filed:
    filed = filed_report(portal, **about)
    do(portal, casework.acknowledge, office.officer, filed.case_id)
    return filed


def lies_in_the_files(portal: Portal, *bits: bytes) -> bool:
    """Whether any of these stands in SQLite's file or its log, where deleted rows can lie for long."""
    path = Path(portal.database.url.database or "")
    raw = b"".join(one.read_bytes() for one in (path, path.with_name(path.name + "-wal")) if one.exists())
    return any(one in raw for one in bits)


@pytest.mark.parametrize("how", ["steps aside", "left"])
def test_a_key_that_was_taken_stands_in_no_file_of_the_database_any_more(
    portal: Portal, office: Office, how: str
) -> None:
    """Not in a freed page, and not in the log: with that person's key a thief of the disk would open it."""
    if not portal.database.is_sqlite:
        pytest.skip("what PostgreSQL frees is its own business: docs/threat-model.md")
    case_id = filed_report(portal).case_id
    with portal.database.read() as session:
        sealed = session.scalars(select(Wrap.sealed).where(Wrap.person_id == office.officer.id)).one()
    assert lies_in_the_files(portal, sealed)
    if how == "left":
        gone(portal, office.officer)
        change_locks(portal)
    else:
        recuse(portal, office, case_id)
        clear_up(portal)

    assert not lies_in_the_files(portal, sealed)
