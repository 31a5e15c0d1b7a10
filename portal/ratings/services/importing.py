"""Taking in ratings that were collected elsewhere: straight into the totals, for they were never one person's
here. Their comments wait for a moderator like all others, under random ids and in random order.
"""

from collections import Counter
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from portal.foundation.i18n import N_, message
from portal.foundation.ids import new_id
from portal.ratings.errors import ImportedBefore
from portal.ratings.imports.reading import Collected
from portal.ratings.models import CommentRow, ImportRow
from portal.ratings.services.folding import add_details, add_totals, shuffled
from portal.ratings.services.reading_duty import renew_duty
from portal.ratings.values import Channel, CommentState


def import_ratings(session: Session, collected: Collected, *, digest: bytes, now: datetime) -> None:
    """Add what a file came to, all of it or, when this raises, nothing.

    `digest` is that of the file's bytes. Raises ImportedBefore when the same file was imported already.
    """
    before = session.get(ImportRow, digest)
    if before is not None:
        raise ImportedBefore(message(N_("This very file was imported on {day}."), day=before.day))
    session.add(ImportRow(digest=digest, ratings=collected.ratings, day=now.date().isoformat()))
    session.flush()
    add_totals(
        session,
        Counter(
            {
                (service, month, level, False, Channel.IMPORT.value): count
                for (service, month, level), count in collected.marks.items()
            }
        ),
    )
    add_details(
        session,
        Counter(
            {
                (service, month, Channel.IMPORT.value, question, answer): count
                for (service, month, question, answer), count in collected.answers.items()
            }
        ),
    )
    comments = [
        {
            "id": new_id(),
            "service": service,
            "period": month,
            "level": level,
            "channel": Channel.IMPORT.value,
            "text": text,
            "state": CommentState.WAITING.value,
        }
        for (service, month, level), text in shuffled(collected.comments)
    ]
    if comments:
        session.connection().execute(insert(CommentRow), comments)
        renew_duty(session, now=now)
