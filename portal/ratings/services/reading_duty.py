"""The moderators' one duty: so many comments wait to be read."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.duties.services import close_duty, open_duty
from portal.foundation.i18n import N_, message
from portal.ratings.models import CommentRow
from portal.ratings.permissions import RatingsPermission
from portal.ratings.values import CommentState

KIND = "comments-to-read"
SUBJECT = "comments"
MOST_COUNTED = 10_000  # however many wait, it takes no longer to say so
DAYS_TO_READ = timedelta(days=7)


def renew_duty(session: Session, *, now: datetime) -> None:
    """Say how many comments wait, or that none does any more. The deadline counts from the latest fold."""
    waits = select(CommentRow.id).where(CommentRow.state == CommentState.WAITING.value).limit(MOST_COUNTED)
    waiting = session.scalar(select(func.count()).select_from(waits.subquery()))
    close_duty(session, kind=KIND, subject=SUBJECT)
    if not waiting:
        return
    open_duty(
        session,
        kind=KIND,
        subject=SUBJECT,
        title=message(N_("Comments to read: {count}"), count=waiting),
        address="/desk/comments",
        permission=RatingsPermission.MODERATE,
        due_at=now + DAYS_TO_READ,
        now=now,
    )
