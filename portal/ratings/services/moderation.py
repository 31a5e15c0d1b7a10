"""Moderation: a comment is read by a person before it can appear; a hidden one stays counted.

An approved comment is published only where its month's ratings are: never for a service whose month had
too few marks to show.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.audit.services import record
from portal.foundation.actor import Actor
from portal.foundation.i18n import N_
from portal.foundation.ids import new_id
from portal.foundation.jobs import enqueue
from portal.publishing.services import propose_act, salt_text
from portal.publishing.values import ActKind, cite
from portal.ratings.errors import AlreadyDecided, NoSuchComment
from portal.ratings.models import CommentRow, RollUpRow
from portal.ratings.permissions import RatingsPermission
from portal.ratings.register import list_services
from portal.ratings.services.folding import shuffled
from portal.ratings.services.reading_duty import renew_duty
from portal.ratings.values import CommentState, HideReason

PUBLISH_JOB = "ratings.publish-comments"


def approve_comment(session: Session, *, comment_id: str, actor: Actor, now: datetime) -> None:
    """Let a comment appear. Raises Forbidden, NoSuchComment, AlreadyDecided."""
    _decide(session, comment_id, CommentState.APPROVED, None, actor=actor, now=now)
    enqueue(session, PUBLISH_JOB, {}, due_at=now)


def hide_comment(session: Session, *, comment_id: str, reason: HideReason, actor: Actor, now: datetime) -> None:
    """Keep a comment from appearing, for a reason of the list. Raises Forbidden, NoSuchComment, AlreadyDecided."""
    _decide(session, comment_id, CommentState.HIDDEN, reason, actor=actor, now=now)


def publish_comments(session: Session, *, now: datetime) -> str | None:
    """Propose one act with every approved comment that may be shown; None when there is none."""
    rows = shuffled(session.scalars(_PUBLISHABLE))
    bodies = {service.code: service.body for service in list_services(session)} if rows else {}
    rows = [row for row in rows if row.service in bodies]
    if not rows:
        return None
    act_id = propose_act(
        session,
        kind=ActKind.RATINGS,
        statements=_statements(session, rows, bodies),
        proposed_by=Actor.system().person_id,
        approved_by=Actor.system().person_id,
        now=now,
        act_id=new_id(),
    )
    for row in rows:
        row.act_id = act_id
    return act_id


_PUBLISHABLE = (
    select(CommentRow)
    .join(
        RollUpRow,
        (RollUpRow.service == CommentRow.service) & (RollUpRow.period == CommentRow.period),
    )
    .where(
        CommentRow.state == CommentState.APPROVED.value,
        CommentRow.act_id.is_(None),
        RollUpRow.suppressed.is_(False),
    )
)


def _statements(session: Session, rows: Sequence[CommentRow], bodies: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "t": "comment",
            "service": row.service,
            "body": bodies[row.service],
            "period": row.period,
            "level": None,
            "text": cite(salt_text(session, row.text)),
        }
        for row in rows
    ]


def _decide(
    session: Session,
    comment_id: str,
    state: CommentState,
    reason: HideReason | None,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    actor.require(RatingsPermission.MODERATE)
    # one statement decides between two moderators at the same time
    decided = session.scalar(
        update(CommentRow)
        .where(CommentRow.id == comment_id, CommentRow.state == CommentState.WAITING.value)
        .values(state=state.value, reason=reason.value if reason else None)
        .returning(CommentRow.service)
        .execution_options(synchronize_session=False)
    )
    if decided is None:
        _say_why(session, comment_id)
    record(
        session,
        actor=actor,
        act=f"ratings.comment-{state.value}",
        subject=comment_id,
        details={"reason": reason.value} if reason else {},
        now=now,
    )
    renew_duty(session, now=now)


def _say_why(session: Session, comment_id: str) -> None:
    if session.get(CommentRow, comment_id) is None:
        raise NoSuchComment(N_("There is no such comment."))
    raise AlreadyDecided(N_("Somebody else has decided on this comment already."))
