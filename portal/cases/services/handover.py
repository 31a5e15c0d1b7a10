"""All that somebody has in hand goes to others: before a leave, after a departure, or because there is too much.

Each case is handed over as one alone would be: its keys are granted by whoever does it, to people who may have it.
Cases that do not exist for whoever hands over are neither moved nor counted.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from portal.cases.errors import NotEligible
from portal.cases.models import Case
from portal.cases.permissions import CasesPermission
from portal.cases.services import about, access, anchoring, assigning, casework, epochs, trail, upkeep
from portal.cases.services.access import Officer
from portal.cases.values import CaseState, Handed

MOST_AT_ONCE = 10
"""Each costs some forty milliseconds, for which on SQLite everybody else who writes waits, reporters included."""
MOVED = (CaseState.ASSIGNED, CaseState.INVESTIGATING)
"""A finding that waits for its second signature stays with whoever proposed it until then."""


def in_hand(session: Session, *, officer: Officer, now: datetime) -> dict[str, int]:
    """How many of the cases that exist for this officer each person has in hand."""
    officer.actor.require(CasesPermission.HANDLE)
    query = (
        select(Case.assigned_to, func.count())
        .where(*_movable(officer, now))
        .group_by(Case.assigned_to)
        .order_by(Case.assigned_to)
    )
    return {person: count for person, count in session.execute(query) if person}


def hand_over(
    session: Session,
    *,
    person_id: str,
    to: str | None,
    gives_up_keys: bool = False,
    officer: Officer,
    now: datetime,
) -> Handed:
    """Assign what `person_id` has in hand to `to`, or each case to whoever is suggested for it.

    At most MOST_AT_ONCE cases are moved; the others are left, and go when it is done again. A case that nobody may
    have, or `to` may not, stays where it is. With
    `gives_up_keys`, which one can say for oneself alone, the one who hands over keeps no key to what was moved:
    it gets a new lock. Raises NotEligible, and KeysNotTrusted.
    """
    officer.actor.require(CasesPermission.HANDLE)
    if gives_up_keys and person_id != officer.id:
        raise NotEligible
    anchoring.require(session, officer.settings)
    query = select(Case.id).where(*_movable(officer, now), Case.assigned_to == person_id)
    moved, stayed = list[str](), list[str]()
    cases = session.scalars(query.order_by(Case.listed_on, Case.id)).all()
    for case_id in cases:
        if len(moved) == MOST_AT_ONCE:
            break
        target = _target(session, case_id, person_id, to, officer, now)
        if target is None:
            stayed.append(case_id)
            continue
        casework.assign(session, case_id=case_id, person_id=target, officer=officer, now=now)
        moved.append(case_id)
        if gives_up_keys:
            _give_up(session, case_id, officer, now)
    return Handed(tuple(moved), tuple(stayed), len(cases) - len(moved) - len(stayed))


def _movable(officer: Officer, now: datetime) -> list[ColumnElement[bool]]:
    return [Case.state.in_(MOVED), Case.assigned_to.is_not(None), *access.visible_to(officer, now=now)]


def _target(
    session: Session, case_id: str, person_id: str, to: str | None, officer: Officer, now: datetime
) -> str | None:
    """Who gets it: `to` if they may, or whoever is suggested; never the one who hands over."""
    found = assigning.suggested(
        session, case_id=case_id, officer=officer, permission=CasesPermission.HANDLE, now=now
    )
    able = [one.person_id for one in found if one.person_id != person_id]
    if to is not None:
        return to if to in able else None
    return able[0] if able else None


def _give_up(session: Session, case_id: str, officer: Officer, now: datetime) -> None:
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.HANDLE, now=now)
    for one in (case, *about.joined_with(session, case)):
        held = epochs.holders_of(session, one.id)
        left = upkeep.others_left(session, one, without=officer.id, settings=officer.settings, now=now)
        if officer.id not in held or not left:
            continue
        upkeep.change_lock(session, one, without=[officer.id], settings=officer.settings, now=now)
        trail.note(session, one, officer, "cases.give-up-keys", now)
