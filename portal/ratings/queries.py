"""Reads of this room: comments for the desk, receipts for reconciliation, roll-ups for operators."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.foundation.i18n import N_
from portal.foundation.paging import Page
from portal.ratings.errors import NoSuchComment
from portal.ratings.models import CommentRow, HeldRow, ReceiptCountRow, TotalRow
from portal.ratings.services.receipts import find_service_of_receipt
from portal.ratings.values import Comment, CommentState, HideReason, Level, ReceiptUse

__all__ = [
    "count_held",
    "count_marks",
    "find_service_of_receipt",
    "get_comment",
    "list_comments",
    "list_receipt_uses",
]


def list_comments(session: Session, *, state: CommentState, number: int = 1, size: int = 20) -> Page[Comment]:
    """Comments of one state, oldest month first; within a month in no order that means anything."""
    chosen = select(CommentRow).where(CommentRow.state == state.value)
    total = session.scalar(select(func.count()).select_from(chosen.subquery())) or 0
    rows = session.scalars(
        chosen.order_by(CommentRow.period, CommentRow.id).limit(size).offset((number - 1) * size)
    )
    return Page([_comment(row) for row in rows], number, size, total)


def get_comment(session: Session, comment_id: str) -> Comment:
    """Raises NoSuchComment."""
    row = session.get(CommentRow, comment_id) if comment_id.isalnum() else None
    if row is None:
        raise NoSuchComment(N_("There is no such comment."))
    return _comment(row)


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
    )
