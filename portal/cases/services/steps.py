"""A case moves from state to state, and each state it enters is noted with its day."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.cases.models import Case, MissedRow, StepRow
from portal.cases.values import CaseState, Deadline, Missed, Step


def move(session: Session, case: Case, state: CaseState, *, day: date) -> None:
    """Enter a state that `rules.after` gave; whatever else that state needs is set on the case before.

    It is written at once: the database checks each step by itself.
    """
    case.state = state
    session.flush()
    last = session.scalar(select(func.max(StepRow.number)).where(StepRow.case_id == case.id))
    number = 0 if last is None else last + 1
    session.add(StepRow(case_id=case.id, number=number, state=state, day=day))
    session.flush()


def steps_of(session: Session, case_id: str) -> tuple[Step, ...]:
    rows = session.scalars(select(StepRow).where(StepRow.case_id == case_id).order_by(StepRow.number))
    return tuple(Step(CaseState(row.state), row.day) for row in rows)


def missed_of(session: Session, case_id: str) -> tuple[Missed, ...]:
    rows = session.scalars(
        select(MissedRow).where(MissedRow.case_id == case_id).order_by(MissedRow.due_on, MissedRow.deadline)
    )
    return tuple(Missed(Deadline(row.deadline), row.due_on) for row in rows)
