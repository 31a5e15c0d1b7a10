"""Results that no longer match what is published: the office is asked to look at them again.

After a case the body's figure is voided or corrected in public; the next check finds that the score made of
it has moved, and opens a duty. Nothing is published by itself.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from portal.duties.services import close_duty, open_duty
from portal.evaluation.models import ObjectRow
from portal.evaluation.permissions import EvaluationPermission
from portal.evaluation.queries import compute
from portal.evaluation.values import CycleState
from portal.foundation.i18n import N_, Message
from portal.publishing.queries import current_edition
from portal.registry.queries import get_body

REVIEW = "evaluation.review"
PUBLISH = "evaluation.publish"
TIME_TO_REVIEW = timedelta(days=10)


def subject(cycle: str, body: str) -> str:
    return f"evaluation:{cycle}/{body}"


def is_review_due(session: Session) -> bool:
    """Whether a public result has not yet been held against the newest edition."""
    return session.scalar(_unchecked(current_edition(session).n).limit(1)) is not None


def ask_for_reviews(session: Session, *, now: datetime) -> int:
    """Hold every public result against the newest edition; return how many no longer match.

    A result is looked at once per edition, so doing it again at once costs nothing and repeats nothing.
    """
    edition = current_edition(session).n
    rows = session.scalars(_unchecked(edition)).all()
    return sum(_ask(session, row, edition, now) for row in rows)


def _unchecked(edition: int) -> Select[ObjectRow]:
    return (
        select(ObjectRow)
        .where(ObjectRow.state == CycleState.PUBLISHED, ObjectRow.checked_edition < edition)
        .order_by(ObjectRow.cycle, ObjectRow.body)
    )


def _ask(session: Session, row: ObjectRow, edition: int, now: datetime) -> bool:
    computed = compute(session, cycle=row.cycle, body=row.body)
    row.checked_edition = edition
    if computed.previous is None or not computed.is_news:
        close_duty(session, kind=REVIEW, subject=subject(row.cycle, row.body))
        return False
    names = {"names": dict(computed.cycle.names), "body": dict(get_body(session, row.body).names)}
    open_duty(
        session,
        kind=REVIEW,
        subject=subject(row.cycle, row.body),
        title=Message(N_("The result of {body} in {names} no longer matches what is published"), names),
        address=f"/desk/evaluation/{row.cycle}/{row.body}",
        permission=EvaluationPermission.MANAGE,
        due_at=now + TIME_TO_REVIEW,
        now=now,
    )
    return True
