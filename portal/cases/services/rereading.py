"""Reading a dismissed case again: by somebody who holds it and had no part in dismissing it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.cases import rules
from portal.cases.errors import NotEligible, WrongState
from portal.cases.models import Case
from portal.cases.permissions import CasesPermission
from portal.cases.services import access, decisions, halves, reminders, samples, steps, trail
from portal.cases.services.access import Officer
from portal.cases.values import CaseState, Reread, Why


def may_read(session: Session, *, case_id: str, person_id: str) -> bool:
    """Whether a holder may read it again, should it have been drawn."""
    return person_id in reminders.rereaders(session, session.get_one(Case, case_id))


def read_again(
    session: Session, *, case_id: str, result: Reread, reason: str, officer: Officer, now: datetime
) -> None:
    """Say whether the dismissal stands; the reason is sealed. A doubt reopens the case at once.

    Raises NoSuchCase, WrongState when the case was not drawn or is read already, and NotEligible for whoever it
    was assigned to, who proposed the finding, or who decided it, and for the two who joined it into another.
    """
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.HANDLE, now=now)
    row = samples.waiting(session, case.id)
    if row is None or result is Reread.REOPENED:
        raise WrongState
    part = {row.assigned_to, row.proposed_by, row.decided_by}
    if officer.id in part | reminders.led_to_it(session, case):
        raise NotEligible
    keys = access.writing_keys(session, case=case, officer=officer, now=now)
    halves.seal_reason(session, case, reason=reason, why=Why.REREADING, keys=keys, officer=officer, now=now)
    row.result, row.reader_id, row.read_on = result, officer.id, now.date()
    session.flush()
    reminders.on_reread(session, case, today=now.date())
    trail.note(session, case, officer, "cases.read-again", now, result=result.value)
    if result is Reread.DOUBTS:
        if case.state != CaseState.CLOSED:
            state = rules.after("close", CaseState(case.state))
            case.closed_on = now.date()
            steps.move(session, case, state, day=now.date())
        decisions.begin_anew(session, case, settings=officer.settings, now=now)
