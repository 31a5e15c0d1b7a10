"""While comments wait: a moderator is told of those that are nearly the same as many others that wait.

The rule of the month (`services.checking`) looks again at all of them when it is over, whatever was decided.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from sqlalchemy import ColumnElement, case, select, update
from sqlalchemy.orm import Session

from portal.ratings.models import CommentRow
from portal.ratings.rules.likeness import Said, alike_among
from portal.ratings.rules.texts import Flag
from portal.ratings.values import CommentState

_AT_ONCE = 500


def find_resembling(session: Session) -> Sequence[str]:
    """The ids of comments that wait among so many of a service and month that say nearly the same. Only reads."""
    return [
        comment
        for _, said in comments_said(session, CommentRow.state == CommentState.WAITING.value)
        for group in alike_among(said)
        for comment in group.ids
    ]


def comments_said(session: Session, which: ColumnElement[bool]) -> Iterator[tuple[str, Iterator[Said]]]:
    """Comments by service and month, each group with its service, read on as they are looked at."""
    rows = session.execute(
        select(
            *(CommentRow.service, CommentRow.period),
            *(CommentRow.id, CommentRow.channel, CommentRow.level, CommentRow.text),
        )
        .where(which)
        .order_by(CommentRow.service, CommentRow.period, CommentRow.id)
        .execution_options(yield_per=_AT_ONCE)
    )
    for (service, _), group in groupby(rows, key=lambda row: (row.service, row.period)):
        yield service, (Said(row.id, row.channel, row.level, row.text) for row in group)


def flag_resembling(session: Session, ids: Sequence[str]) -> None:
    """Point these out to the moderator, as far as they still wait and are not pointed out."""
    flags, like_others = CommentRow.flags, Flag.LIKE_OTHERS.value
    for start in range(0, len(ids), _AT_ONCE):
        session.execute(
            update(CommentRow)
            .where(
                CommentRow.id.in_(ids[start : start + _AT_ONCE]),
                CommentRow.state == CommentState.WAITING.value,
                flags.not_like(f"%{like_others}%"),
            )
            .values(flags=case((flags == "", like_others), else_=flags + f" {like_others}"))
            .execution_options(synchronize_session=False)
        )
