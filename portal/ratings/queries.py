"""Reads of this room: comments for the desk, receipts for reconciliation, roll-ups for operators."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session, aliased

from portal.foundation.i18n import N_
from portal.foundation.paging import Page
from portal.ratings.errors import NoSuchComment
from portal.ratings.models import CommentRow, HeldRow, ReceiptCountRow, ReceiptRow, TotalRow
from portal.ratings.values import Channel, Comment, CommentState, HideReason, Level, ReceiptUse, month_of

__all__ = [
    "CommentFilter",
    "alike_to",
    "comment_queue",
    "count_alike",
    "count_held",
    "count_marks",
    "find_service_of_receipt",
    "get_comment",
    "list_comments",
    "list_receipt_uses",
]


@dataclass(frozen=True)
class CommentFilter:
    """Which comments to see: of a service, by a channel, with a flag; None means all."""

    service: str | None = None
    channel: str | None = None
    flag: str | None = None


def list_comments(session: Session, *, state: CommentState, number: int = 1, size: int = 20) -> Page[Comment]:
    """Comments of one state, oldest month first; within a month in no order that means anything."""
    chosen = select(CommentRow).where(CommentRow.state == state.value)
    total = session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    rows = session.scalars(
        chosen.order_by(CommentRow.period, CommentRow.id).limit(size).offset((number - 1) * size)
    )
    return Page([_comment(row) for row in rows], number, size, total)


def comment_queue(
    session: Session,
    *,
    state: CommentState,
    only: CommentFilter = CommentFilter(),
    after: str = "",
    limit: int = 20,
) -> tuple[Comment, ...]:
    """The next comments of one state, oldest month first, behind `after` (period/id of the last one seen).

    However many there are, it reads as far as it shows, and nothing is counted.
    """
    chosen = select(CommentRow).where(CommentRow.state == state.value)
    if after:
        period, _, last = after.partition("/")
        chosen = chosen.where(tuple_(CommentRow.period, CommentRow.id) > (period, last))
    if only.service:
        chosen = chosen.where(CommentRow.service == only.service)
    if only.channel:
        chosen = chosen.where(CommentRow.channel == only.channel)
    if only.flag:
        chosen = chosen.where(CommentRow.flags.contains(only.flag, autoescape=True))
    rows = session.scalars(chosen.order_by(CommentRow.period, CommentRow.id).limit(limit))
    return tuple(_comment(row) for row in rows)


def count_alike(session: Session, comment_id: str, *, most: int = 1000) -> int:
    """How many other comments that wait have the very same words, up to `most`."""
    return len(session.scalars(alike_to(comment_id).limit(most)).all())


def alike_to(comment_id: str) -> Select[str]:
    """The ids of the comments that wait and have the very same words as this one."""
    own = aliased(CommentRow)
    return (
        select(CommentRow.id)
        .join(own, (own.alike == CommentRow.alike) & (own.text == CommentRow.text))
        .where(own.id == comment_id, CommentRow.id != comment_id, CommentRow.state == CommentState.WAITING.value)
    )


def get_comment(session: Session, comment_id: str) -> Comment:
    """Raises NoSuchComment."""
    row = session.get(CommentRow, comment_id) if comment_id.isalnum() else None
    if row is None:
        raise NoSuchComment(N_("There is no such comment."))
    return _comment(row)


def find_service_of_receipt(session: Session, *, key: bytes, now: datetime) -> str | None:
    """The service a code is good for now; None when it is spent, expired or unknown, without saying which."""
    return session.scalar(
        select(ReceiptRow.service).where(
            ReceiptRow.key == key, ReceiptRow.spent.is_(False), ReceiptRow.expires >= month_of(now)
        )
    )


def list_receipt_uses(session: Session, period: str) -> tuple[ReceiptUse, ...]:
    """Issued and used receipts of a month by service; uses count from the daily fold on."""
    rows = session.scalars(
        select(ReceiptCountRow).where(ReceiptCountRow.period == period).order_by(ReceiptCountRow.service)
    )
    return tuple(ReceiptUse(row.service, row.period, row.issued, row.used, row.expired) for row in rows)


def count_held(session: Session) -> int:
    """How many marks and comments wait for the fold."""
    return session.scalar(select(func.count()).select_from(HeldRow).where(HeldRow.folded_on.is_(None))) or 0


def count_marks(session: Session, service: str, period: str) -> int:
    """Folded marks of a service's month, whether shown or not: for the office, never for a page."""
    return (
        session.scalar(
            select(func.sum(TotalRow.count)).where(TotalRow.service == service, TotalRow.period == period)
        )
        or 0
    )


def _comment(row: CommentRow) -> Comment:
    return Comment(
        id=row.id,
        service=row.service,
        period=row.period,
        level=Level(row.level),
        text=row.text,
        state=CommentState(row.state),
        reason=HideReason(row.reason) if row.reason else None,
        published=row.act_id is not None,
        channel=Channel(row.channel),
        flags=tuple(row.flags.split()),
        masked=row.masked,
    )
