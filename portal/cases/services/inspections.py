"""Inspections that a case orders: how, on which day, by whom; what came of it is attached to the case, sealed.

How it is made and what for is sealed; the day and the team stand in clear, for their duty says as much.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.cases import rules
from portal.cases.errors import NotEligible, WrongState
from portal.cases.models import Case, InspectionRow, InspectorRow
from portal.cases.permissions import CasesPermission
from portal.cases.services import access, casework, reminders, trail
from portal.cases.services.access import Officer
from portal.cases.values import CaseState, Inspection, InspectionState, ItemKind, Method, Says


def of(session: Session, case_id: str) -> Inspection | None:
    """The newest inspection of a case."""
    row = _newest(session, case_id)
    if row is None:
        return None
    return Inspection(InspectionState(row.state), row.day, reminders.inspectors(session, case_id), row.ended_on)


def order(
    session: Session,
    *,
    case_id: str,
    method: Method,
    day: date,
    team: Sequence[str],
    text: str,
    submission: str,
    officer: Officer,
    now: datetime,
) -> None:
    """Order an inspection; its team, whom nothing connects to the body, gets to read the case.

    Raises NoSuchCase, WrongState outside of an investigation or while one is ordered, NotEligible.
    """
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.HANDLE, now=now)
    before = _newest(session, case.id)
    if not rules.may("propose", CaseState(case.state)) or not team or day < now.date():
        raise WrongState
    if before is not None and before.state == InspectionState.ORDERED:
        raise WrongState
    for person_id in team:
        casework.let_in(session, case, person_id, CasesPermission.HANDLE, officer, now)
    number = before.number + 1 if before else 1
    session.add(
        InspectionRow(
            case_id=case.id, number=number, state=InspectionState.ORDERED, ordered_on=now.date(), day=day
        )
    )
    session.flush()
    session.add_all(InspectorRow(case_id=case.id, number=number, person_id=one) for one in sorted(set(team)))
    session.flush()
    more = {"says": Says.INSPECTION.value, "method": method.value}
    casework.write_item(session, case, ItemKind.NOTE, text, submission, officer, now, more=more)
    reminders.on_inspection(session, case, day=day, now=now)
    trail.note(session, case, officer, "cases.order-inspection", now, day=day.isoformat())


def attach_result(
    session: Session, *, case_id: str, text: str, submission: str, officer: Officer, now: datetime
) -> None:
    """What one of the team found. Raises NoSuchCase, WrongState, NotEligible for whoever is not of the team."""
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.HANDLE, now=now)
    row = _ordered(session, case)
    if officer.id not in reminders.inspectors(session, case.id):
        raise NotEligible
    says = {"says": Says.INSPECTED.value}
    casework.write_item(session, case, ItemKind.NOTE, text, submission, officer, now, more=says)
    _end(session, case, row, InspectionState.DONE, now)
    trail.note(session, case, officer, "cases.inspected", now)


def cancel(session: Session, *, case_id: str, officer: Officer, now: datetime) -> None:
    """It is not made. Raises NoSuchCase, WrongState when none is ordered."""
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.HANDLE, now=now)
    _end(session, case, _ordered(session, case), InspectionState.CANCELLED, now)
    trail.note(session, case, officer, "cases.cancel-inspection", now)


def _end(session: Session, case: Case, row: InspectionRow, state: InspectionState, now: datetime) -> None:
    row.state, row.ended_on = state, now.date()
    session.flush()
    reminders.on_inspected(session, case)


def _ordered(session: Session, case: Case) -> InspectionRow:
    row = _newest(session, case.id)
    if row is None or row.state != InspectionState.ORDERED:
        raise WrongState
    return row


def _newest(session: Session, case_id: str) -> InspectionRow | None:
    query = select(InspectionRow).where(InspectionRow.case_id == case_id)
    return session.scalar(query.order_by(InspectionRow.number.desc()).limit(1))
