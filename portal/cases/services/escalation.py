"""A deadline that passed goes to somebody outside the chain of the case, and is kept to be counted in public."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from portal.audit.services import record
from portal.audit.values import case_chain
from portal.cases import rules
from portal.cases.models import Case, MissedRow
from portal.cases.services import deadlines, reminders
from portal.config import Settings
from portal.foundation.actor import Actor


def cases_with_a_missed_day(session: Session, *, today: date) -> tuple[str, ...]:
    """Cases of which a deadline passed that nobody noticed yet."""
    late = or_(Case.feedback_due_on < today, Case.message_due_on < today, Case.acknowledge_due_on < today)
    waits = or_(and_(Case.state.in_(sorted(rules.UNDECIDED)), late), Case.answer_due_on < today)
    rows = session.scalars(select(Case).where(waits).order_by(Case.id)).all()
    noted = {
        (row.case_id, row.deadline, row.due_on)
        for row in session.scalars(select(MissedRow).join(Case, Case.id == MissedRow.case_id).where(waits))
    }
    return tuple(
        case.id for case in rows if any((case.id, *one) not in noted for one in deadlines.missed(case, today))
    )


def notice_missed(session: Session, case: Case, *, settings: Settings, now: datetime) -> int:
    """Note every deadline of a case that passed since it was last looked at; return how many."""
    found = deadlines.missed(case, now.date())
    new = [one for one in found if session.get(MissedRow, (case.id, *one)) is None]
    for deadline, due_on in new:
        row = MissedRow(case_id=case.id, deadline=deadline, due_on=due_on, noticed_on=now.date())
        session.add(row)
        record(
            session,
            actor=Actor.system(),
            act="cases.deadline-missed",
            subject=case.id,
            details={"deadline": deadline.value, "due": due_on.isoformat()},
            now=now,
            chain=case_chain(case.id),
        )
    if new:
        session.flush()
        reminders.on_missed(session, case, settings=settings, now=now)
    return len(new)
