"""Reports about one matter: linked so that whoever works on one finds the other, or joined into one case.

A link shows itself only where both cases exist for whoever looks. Joining takes two people, and everybody who
holds one of the cases must be allowed to hold the other; from then on they hold both. The joined case keeps its
own mailbox, words and keys: its reporter goes on writing into it, and reads what is found in the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.cases import rules
from portal.cases.errors import CannotJoin, NoSuchCase, OtherFigures, WrongState
from portal.cases.models import Case, LinkRow
from portal.cases.permissions import CasesPermission
from portal.cases.services import (
    about,
    access,
    casework,
    epochs,
    extensions,
    halves,
    reminders,
    seconds,
    steps,
    trail,
    upkeep,
)
from portal.cases.services.access import Officer
from portal.cases.services.epochs import Holder
from portal.cases.services.seconds import JOINING
from portal.cases.values import CaseState, Why
from portal.duties import services as duties
from portal.duties.queries import find_waiting
from portal.foundation.i18n import N_, Message

MOST_OFFERED = 20


def link(session: Session, *, case_id: str, other_id: str, officer: Officer, now: datetime) -> None:
    """Say that two cases belong together; both trails tell it. Raises NoSuchCase for either."""
    case, other = _both(session, case_id, other_id, officer, CasesPermission.HANDLE, now)
    if session.get(LinkRow, (case.id, other.id)) is not None:
        return
    for one, another in ((case, other), (other, case)):
        session.add(LinkRow(case_id=one.id, other_id=another.id, day=now.date()))
        trail.note(session, one, officer, "cases.link", now, other=another.id)
    session.flush()


def unlink(session: Session, *, case_id: str, other_id: str, officer: Officer, now: datetime) -> None:
    """Raises NoSuchCase, and WrongState when they are not linked."""
    case, other = _both(session, case_id, other_id, officer, CasesPermission.HANDLE, now)
    if session.get(LinkRow, (case.id, other.id)) is None:
        raise WrongState
    for one, another in ((case, other), (other, case)):
        session.execute(delete(LinkRow).where(LinkRow.case_id == one.id, LinkRow.other_id == another.id))
        trail.note(session, one, officer, "cases.unlink", now, other=another.id)


def linked(session: Session, *, case_id: str, officer: Officer, now: datetime) -> tuple[Case, ...]:
    """Cases linked to this one that exist for the officer."""
    query = select(Case).join(LinkRow, LinkRow.other_id == Case.id).where(LinkRow.case_id == case_id)
    return tuple(session.scalars(query.where(*access.visible_to(officer, now=now)).order_by(Case.id)))


def about_the_same(session: Session, *, case_id: str, officer: Officer, now: datetime) -> tuple[Case, ...]:
    """Other cases about the same figure, or the same service, that exist for the officer: the newest first."""
    case = access.get_granted(session, case_id=case_id, officer=officer, now=now)
    same = about.same_as(about.subject_of(session, case))
    if same is None:
        return ()
    found = select(Case).where(Case.id != case.id, same, *access.visible_to(officer, now=now))
    found = found.order_by(Case.received_on.desc(), Case.id)
    return tuple(session.scalars(found.limit(MOST_OFFERED)))


def propose_joining(
    session: Session, *, case_id: str, into_id: str, reason: str, officer: Officer, now: datetime
) -> None:
    """Put forward that `case_id` tells nothing that `into_id` does not: the first of two people.

    Raises NoSuchCase for either, WrongState, OtherFigures, CannotJoin, NobodyToDecide.
    """
    case, into = _both(session, case_id, into_id, officer, CasesPermission.HANDLE, now)
    _require_joinable(session, case, into, officer, now)
    halves.propose(
        session,
        case,
        kind=JOINING,
        title=Message(N_("Joining two cases waits for a second signature")),
        payload={"into": into.id},
        reason=reason,
        why=Why.JOINING,
        officer=officer,
        now=now,
    )
    trail.note(session, case, officer, "cases.propose-joining", now, other=into.id)


def agree_to_joining(session: Session, *, case_id: str, officer: Officer, now: datetime) -> None:
    """The second half, never by the proposer. Everybody who holds one case holds both from now on.

    Raises as `propose_joining` does, for what may have changed since, and the errors of duties.countersign.
    """
    waits = find_waiting(session, kind=JOINING, subject=case_id)
    if waits is None:
        raise WrongState
    case, into = _both(session, case_id, waits.payload["into"], officer, CasesPermission.DECIDE, now)
    _require_joinable(session, case, into, officer, now)
    halves.countersign(session, case, kind=JOINING, officer=officer, now=now)
    if case.extension_id is not None:
        duties.withdraw(session, proposal_id=case.extension_id, now=now)
        case.extension_id = case.extension_by = None
    holders = {one: set(epochs.holders_of(session, one.id)) for one in (case, into)}
    _share_keys(session, case, holders[into] - holders[case], officer, now)
    _share_keys(session, into, holders[case] - holders[into], officer, now)
    case.assigned_to = case.assigned_on = None
    case.merged_into = into.id
    steps.move(session, case, rules.after("join", CaseState(case.state)), day=now.date())
    reminders.on_given(session, case)
    reminders.on_subject_changed(session, case)
    reminders.see_to_hands(session, case, settings=officer.settings, now=now)
    trail.note(session, case, officer, "cases.join", now, other=into.id)
    extensions.extend_along(session, case, into, officer, now=now)
    trail.note(session, into, officer, "cases.take-in", now, other=case.id)


def refuse_joining(session: Session, *, case_id: str, reason: str, officer: Officer, now: datetime) -> None:
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.DECIDE, now=now)
    halves.refuse(session, case, kind=JOINING, reason=reason, why=Why.JOINING, officer=officer, now=now)
    trail.note(session, case, officer, "cases.refuse-joining", now)


def part(session: Session, *, case_id: str, reason: str, officer: Officer, now: datetime) -> None:
    """A joined case goes its own way again, as long as nothing is decided: it buries nothing, so one is enough."""
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.HANDLE, now=now)
    state = rules.after("part", CaseState(case.state))
    keys = access.writing_keys(session, case=case, officer=officer, now=now)
    halves.seal_reason(session, case, reason=reason, why=Why.JOINING, keys=keys, officer=officer, now=now)
    into, case.merged_into = case.merged_into or "", None
    steps.move(session, case, state, day=now.date())
    left = session.get_one(Case, into)
    reminders.on_given(session, case)
    reminders.see_to_hands(session, case, settings=officer.settings, now=now)
    for one in (case, left):
        reminders.on_subject_changed(session, one)
    trail.note(session, case, officer, "cases.part", now, other=into)
    trail.note(session, left, officer, "cases.part", now, other=case.id)


def _both(
    session: Session, case_id: str, other_id: str, officer: Officer, right: CasesPermission, now: datetime
) -> tuple[Case, Case]:
    """Both cases, locked in the order of their ids so that two people never wait for each other."""
    if case_id == other_id:
        raise NoSuchCase
    found = {
        one: access.take(session, case_id=one, officer=officer, right=right, now=now)
        for one in sorted((case_id, other_id))
    }
    return found[case_id], found[other_id]


def _require_joinable(session: Session, case: Case, into: Case, officer: Officer, now: datetime) -> None:
    """Raises WrongState, OtherFigures where a figure would be looked into by nobody, and CannotJoin while somebody
    who holds one may not hold the other."""
    rules.after("join", CaseState(case.state))
    if CaseState(into.state) not in rules.TAKES_IN or _took_in(session, case):
        raise WrongState
    if not set(about.figures_of(session, case)) <= set(about.figures_of(session, into)):
        raise OtherFigures
    for one, other in ((case, into), (into, case)):
        if not set(epochs.holders_of(session, other.id)) <= set(_may_hold(session, one, officer, now)):
            raise CannotJoin


def _may_hold(session: Session, case: Case, officer: Officer, now: datetime) -> dict[str, Holder]:
    """Everybody who could be granted the case as its reporter wishes, by id."""
    report = casework.read_report(session, case, access.open_keys(session, case=case, officer=officer))
    rights: Sequence[CasesPermission] = (CasesPermission.OUTSIDE,) if report.outside_only else upkeep.RIGHTS
    found = casework.eligible_for(
        session, case=case, report=report, permissions=rights, settings=officer.settings, now=now
    )
    return {one.person_id: Holder(one.person_id, one.key_id, one.box_public, one.holder) for one in found}


def _share_keys(session: Session, case: Case, people: set[str], officer: Officer, now: datetime) -> None:
    access.writing_keys(session, case=case, officer=officer, now=now)
    keys = access.open_keys(session, case=case, officer=officer)
    allowed = _may_hold(session, case, officer, now)
    for person in sorted(people):
        epochs.grant_all(session, case_id=case.id, keys=keys, holder=allowed[person])
    seconds.name_deciders(session, case, now=now)
    reminders.on_holders_changed(session, case.id)


def joined_to(session: Session, case: Case, *, officer: Officer, now: datetime) -> tuple[Case, ...]:
    """The cases that were joined into this one and exist for the officer."""
    query = select(Case).where(Case.merged_into == case.id, *access.visible_to(officer, now=now))
    return tuple(session.scalars(query.order_by(Case.id)))


def _took_in(session: Session, case: Case) -> bool:
    return session.scalar(select(Case.id).where(Case.merged_into == case.id).limit(1)) is not None
