"""What was joined into a case is decided and closed with it, so that every reporter reads what was found."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.cases import rules
from portal.cases.models import Case
from portal.cases.services import about, check_ins, reminders, steps, trail
from portal.cases.services.access import Officer
from portal.cases.values import CaseState


def on_decided(session: Session, case: Case, officer: Officer, *, now: datetime) -> None:
    covered = about.figures_of(session, case) if case.finding in rules.FOUND_FALSE else None
    for one in _joined(session, case, CaseState.JOINED):
        about.cover(session, one, covered)  # of its figures, those the finding names and no other
        one.finding, one.decided_by, one.decided_on = case.finding, case.decided_by, case.decided_on
        one.edition_decided = case.edition_decided
        steps.move(session, one, rules.after("follow", CaseState(one.state)), day=now.date())
        reminders.on_decided(session, one, correction_due=False, settings=officer.settings, now=now)
        trail.note(session, one, officer, "cases.decide", now, finding=one.finding or "")


def on_closed(session: Session, case: Case, officer: Officer, *, now: datetime) -> None:
    for one in _joined(session, case, CaseState.DECIDED):
        one.closed_on = now.date()
        steps.move(session, one, rules.after("close", CaseState(one.state)), day=now.date())
        check_ins.on_closed(session, one, settings=officer.settings)
        trail.note(session, one, officer, "cases.close", now)


def closed_with(session: Session, case: Case) -> tuple[Case, ...]:
    """What was closed together with this case."""
    return _joined(session, case, CaseState.CLOSED)


def _joined(session: Session, case: Case, state: CaseState) -> tuple[Case, ...]:
    query = select(Case).where(Case.merged_into == case.id, Case.state == state)
    return tuple(session.scalars(query.order_by(Case.id).with_for_update()))
