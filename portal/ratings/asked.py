"""Reads of answers that were asked for: what the body may see of one, what the office chases, what the rater is
told. Nobody is shown a level, a channel or anything finer than the month of the rating."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from portal.foundation.i18n import N_
from portal.ratings.answers import OWED, AnswerState
from portal.ratings.details import Reason, reasons_in
from portal.ratings.errors import NoSuchAnswer
from portal.ratings.models import AnswerRow, CommentRow, FollowUpRow, RollUpRow
from portal.ratings.values import CommentState


@dataclass(frozen=True)
class Asked:
    """A low rating that the body answers to. `words` are as the moderator let them through, None where there are
    none to show."""

    id: str
    service: str
    period: str
    state: AnswerState
    due_on: date | None
    overdue: bool
    reasons: tuple[Reason, ...]
    words: str | None
    reply: str | None


@dataclass(frozen=True)
class Told:
    """What the holder of the code is told. `state` is None as long as the body has not got it; `word` is what
    they said last, until it is taken."""

    service: str
    period: str
    state: AnswerState | None
    due_on: date | None
    overdue: bool
    reply: str | None
    word: str | None


def asked_of(session: Session, services: Collection[str], *, limit: int = 200) -> tuple[Asked, ...]:
    """What was asked of some services and has not ended, the earliest last day first."""
    rows = session.execute(
        _SEEN.where(FollowUpRow.service.in_(services), AnswerRow.due_on.is_not(None))
        .order_by(AnswerRow.due_on, AnswerRow.id)
        .limit(limit)
    )
    return tuple(_asked(row) for row in rows)


def get_asked(session: Session, answer_id: str) -> Asked:
    """Raises NoSuchAnswer."""
    row = session.execute(_SEEN.where(AnswerRow.id == answer_id)).one_or_none()
    if row is None:
        raise NoSuchAnswer(N_("There is no such answer."))
    return _asked(row)


def overdue_answers(session: Session, today: date, *, limit: int = 200) -> tuple[Asked, ...]:
    """What bodies still owe although its last day has passed, the longest overdue first."""
    rows = session.execute(
        _SEEN.where(AnswerRow.state.in_(OWED), AnswerRow.due_on < today.isoformat())
        .order_by(AnswerRow.due_on, AnswerRow.id)
        .limit(limit)
    )
    return tuple(_asked(row) for row in rows)


def find_told(session: Session, key: bytes) -> Told | None:
    """The answer for the code of this digest; None when nobody holds such a code."""
    row = session.execute(
        select(FollowUpRow, AnswerRow)
        .outerjoin(AnswerRow, AnswerRow.id == FollowUpRow.id)
        .where(FollowUpRow.key == key)
    ).one_or_none()
    if row is None:
        return None
    asked, answer = row
    if answer is None:
        return Told(asked.service, asked.period, None, None, False, None, None)
    state, due_on = AnswerState(answer.state), _day(answer.due_on)
    return Told(asked.service, asked.period, state, due_on, answer.overdue, answer.reply, answer.word)


def is_guessable(session: Session, service: str) -> bool:
    """Whether so few rated the service in the newest published month that the body might guess who asks."""
    newest = select(RollUpRow.suppressed).where(RollUpRow.service == service).order_by(RollUpRow.period.desc())
    return session.scalar(newest.limit(1)) is not False


_SEEN: Select[AnswerRow, FollowUpRow, CommentRow | None] = (
    select(AnswerRow, FollowUpRow, CommentRow)
    .join(FollowUpRow, FollowUpRow.id == AnswerRow.id)
    .outerjoin(CommentRow, CommentRow.id == FollowUpRow.comment_id)
)


def _asked(row: Row[AnswerRow, FollowUpRow, CommentRow | None]) -> Asked:
    answer, asked, comment = row
    shown = comment is not None and comment.state == CommentState.APPROVED
    return Asked(
        id=answer.id,
        service=asked.service,
        period=asked.period,
        state=AnswerState(answer.state),
        due_on=_day(answer.due_on),
        overdue=answer.overdue,
        reasons=reasons_in(asked.details),
        words=(comment.masked or comment.text) if comment is not None and shown else None,
        reply=answer.reply,
    )


def _day(day: str | None) -> date | None:
    return None if day is None else date.fromisoformat(day)
