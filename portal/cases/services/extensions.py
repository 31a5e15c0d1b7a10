"""The term for feedback is extended once, by two people; the reporter reads the new day in the mailbox."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.cases import rules
from portal.cases.errors import NotEligible, WrongState
from portal.cases.models import Case
from portal.cases.permissions import CasesPermission
from portal.cases.services import access, answers, deadlines, halves, reminders, trail
from portal.cases.services.access import Officer
from portal.cases.values import CaseState, Why
from portal.foundation.i18n import N_, Message

EXTENSION = answers.EXTENSION


def propose_extension(session: Session, *, case_id: str, reason: str, officer: Officer, now: datetime) -> None:
    """The assignee's half; the reason is sealed. Raises WrongState, NotEligible, NobodyToDecide."""
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.HANDLE, now=now)
    waits, extended = case.extension_id is not None, case.extended_on is not None
    if not rules.may_extend(state=CaseState(case.state), waits=waits, extended=extended):
        raise WrongState
    if case.assigned_to != officer.id:
        raise NotEligible
    case.extension_id = halves.propose(
        session,
        case,
        kind=EXTENSION,
        title=Message(N_("More time for a case waits for a second signature")),
        payload={"until": deadlines.extended_by(case.feedback_due_on, officer.settings).isoformat()},
        reason=reason,
        why=Why.EXTENSION,
        officer=officer,
        now=now,
    )
    case.extension_by = officer.id
    trail.note(session, case, officer, "cases.propose-extension", now)


def agree_to_extension(session: Session, *, case_id: str, officer: Officer, now: datetime) -> None:
    """The second half, never by the proposer. Raises WrongState and the errors of duties.countersign."""
    case = _waiting(session, case_id, officer, now)
    halves.countersign(session, case, kind=EXTENSION, officer=officer, now=now)
    case.feedback_due_on = deadlines.extended_by(case.feedback_due_on, officer.settings)
    case.extended_on, case.extended_by, case.extension_id = now.date(), officer.id, None
    session.flush()
    reminders.on_extended(session, case, now=now)
    trail.note(session, case, officer, "cases.extend", now)
    joined = select(Case).where(Case.merged_into == case.id).order_by(Case.id)
    for one in session.scalars(joined.with_for_update()):
        extend_along(session, one, case, officer, now=now)


def extend_along(session: Session, case: Case, main: Case, officer: Officer, *, now: datetime) -> None:
    """A joined case is decided with the one it was joined to: its reporter reads the day of both."""
    if main.extended_on is None or case.feedback_due_on >= main.feedback_due_on:
        return
    case.feedback_due_on = main.feedback_due_on
    case.extended_on, case.extended_by, case.extension_by = main.extended_on, main.extended_by, main.extension_by
    session.flush()
    reminders.on_extended(session, case, now=now)
    trail.note(session, case, officer, "cases.extend", now)


def refuse_extension(session: Session, *, case_id: str, reason: str, officer: Officer, now: datetime) -> None:
    case = _waiting(session, case_id, officer, now)
    halves.refuse(session, case, kind=EXTENSION, reason=reason, why=Why.EXTENSION, officer=officer, now=now)
    case.extension_id = case.extension_by = None
    trail.note(session, case, officer, "cases.refuse-extension", now)


def _waiting(session: Session, case_id: str, officer: Officer, now: datetime) -> Case:
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.DECIDE, now=now)
    if case.extension_id is None or CaseState(case.state) not in rules.UNDECIDED:
        raise WrongState
    return case
