"""Whose training ends soon is told so, like anything else that is due: a role that lapses must surprise nobody."""

from __future__ import annotations

from datetime import UTC, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.queries import ending_training
from portal.duties.models import DutyRow
from portal.duties.services import close_duty, open_duty
from portal.foundation.i18n import N_, Message
from portal.foundation.jobs import JobContext

KIND = "training"
HOUR = 4
"""UTC hour at which it is looked at, once a day."""


def remind(context: JobContext) -> None:
    """Open a duty for each training that ends within a month; close those that were renewed."""
    with context.database.write() as session:
        remind_of_training(session, now=context.clock.now())


def remind_of_training(session: Session, *, now: datetime) -> None:
    ending = {f"{one.person_id}:{one.course}": one for one in ending_training(session, now.date())}
    open_ones = {duty.subject: duty for duty in session.scalars(select(DutyRow).where(DutyRow.kind == KIND))}
    for subject, duty in open_ones.items():
        if subject not in ending or duty.due_at.date() != ending[subject].until:
            close_duty(session, kind=KIND, subject=subject)
    for subject, one in ending.items():
        due_at = datetime.combine(one.until, time(23, 59), UTC)
        if subject in open_ones and open_ones[subject].due_at == due_at:
            continue
        open_duty(
            session,
            kind=KIND,
            subject=subject,
            title=Message(N_("Renew your training, or a role of yours no longer counts")),
            address="/desk/training",
            people=[one.person_id],
            due_at=due_at,
            now=now,
        )
