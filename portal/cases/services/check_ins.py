"""After closing, an officer asks the reporter twice whether anything was done to them for reporting."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.cases import rules
from portal.cases.errors import WrongState
from portal.cases.models import Case, CheckInRow
from portal.cases.permissions import CasesPermission
from portal.cases.services import access, deadlines, items, reminders, trail
from portal.cases.services.access import Officer
from portal.cases.values import CaseState, CheckIn, ItemKind
from portal.config import Settings


def on_closed(session: Session, case: Case, *, settings: Settings) -> None:
    """Note by when the reporter is asked: some months after closing, on working days."""
    if case.closed_on is None:
        raise WrongState
    for months in rules.CHECK_IN_MONTHS:
        due_on = deadlines.check_in_by(case.closed_on, months, settings)
        session.add(CheckInRow(case_id=case.id, months=months, due_on=due_on))
    session.flush()


def on_reopened(session: Session, case: Case, *, today: date) -> None:
    """Closing it again begins the months anew."""
    session.execute(delete(CheckInRow).where(CheckInRow.case_id == case.id))
    reminders.on_checked_in(session, case, today=today)


def cases_to_ask(session: Session, *, today: date) -> tuple[str, ...]:
    """Cases whose reporter is to be asked within a week, and nobody was told yet."""
    query = select(CheckInRow.case_id).where(
        CheckInRow.opened_on.is_(None), CheckInRow.due_on <= today + rules.CHECK_IN_NOTICE
    )
    return tuple(sorted(set(session.scalars(query))))


def open_due(session: Session, case: Case, *, now: datetime) -> int:
    """Put the question before those who hold the case; return for how many days that was due."""
    due = [row for row in _rows(session, case.id) if row.opened_on is None and _may(case, row, now.date())]
    for row in due:
        row.opened_on = now.date()
        reminders.on_check_in(session, case, due_on=row.due_on, now=now)
    session.flush()
    return len(due)


def ask(session: Session, *, case_id: str, text: str, submission: str, officer: Officer, now: datetime) -> None:
    """Ask in the mailbox of a closed case. Raises NoSuchCase, and WrongState when it is not due."""
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.HANDLE, now=now)
    due = [row for row in _rows(session, case.id) if _may(case, row, now.date())]
    if not due:
        raise WrongState
    keys = access.writing_keys(session, case=case, officer=officer, now=now)
    content = {"text": text, "author": officer.id, "asks": True, "check_in": due[-1].months}
    items.add_item(
        session,
        case_id=case.id,
        keys=keys,
        kind=ItemKind.TO_REPORTER,
        content=content,
        day=now.date(),
        submission=submission,
    )
    for row in due:  # one question is enough when the office slept through two days
        row.asked_on, row.opened_on = now.date(), row.opened_on or now.date()
    session.flush()
    reminders.on_checked_in(session, case, today=now.date())
    reminders.on_written(session, case, now=now)
    trail.note(session, case, officer, "cases.check-in", now, months=str(due[-1].months))


def of(session: Session, case_id: str) -> tuple[CheckIn, ...]:
    return tuple(CheckIn(row.months, row.due_on, row.asked_on) for row in _rows(session, case_id))


def _rows(session: Session, case_id: str) -> list[CheckInRow]:
    query = select(CheckInRow).where(CheckInRow.case_id == case_id).order_by(CheckInRow.months)
    return list(session.scalars(query))


def _may(case: Case, row: CheckInRow, today: date) -> bool:
    return rules.may_check_in(
        state=CaseState(case.state), due_on=row.due_on, asked=row.asked_on is not None, today=today
    )
