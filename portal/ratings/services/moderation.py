"""Moderation: a comment is read by a person before it can appear; a hidden one stays counted.

An approved comment is published only where its month's ratings are: never for a service whose month had
too few marks to show.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from portal.audit.services import record
from portal.foundation.actor import Actor
from portal.foundation.i18n import N_
from portal.foundation.ids import new_id
from portal.foundation.jobs import enqueue
from portal.publishing.services import propose_act, salt_text
from portal.publishing.services.forgetting import also_forget
from portal.publishing.values import ActKind, cite
from portal.ratings.errors import AlreadyDecided, NoSuchComment
from portal.ratings.models import CommentRow, RollUpRow
from portal.ratings.permissions import RatingsPermission
from portal.ratings.queries import alike_to
from portal.ratings.register import list_services
from portal.ratings.rules import texts
from portal.ratings.services.folding import shuffled
from portal.ratings.services.reading_duty import renew_duty
from portal.ratings.values import CommentState, HideReason

PUBLISH_JOB = "ratings.publish-comments"


def approve_comment(
    session: Session,
    *,
    comment_id: str,
    actor: Actor,
    now: datetime,
    names: Collection[str] = (),
    with_alike: bool = False,
) -> int:
    """Let a comment appear, without numbers and addresses of people and without `names`; return how many were
    decided: with `with_alike` also those that wait and have the very same words.

    Raises Forbidden, NoSuchComment, AlreadyDecided.
    """
    decided = _decide(session, comment_id, CommentState.APPROVED, None, with_alike, actor=actor, now=now)
    for row in decided:
        shown = texts.masked(row.text, names)
        row.masked = shown if shown != row.text else None
    enqueue(session, PUBLISH_JOB, {}, due_at=now)
    return len(decided)


def hide_comment(
    session: Session,
    *,
    comment_id: str,
    reason: HideReason,
    actor: Actor,
    now: datetime,
    with_alike: bool = False,
) -> int:
    """Keep a comment from appearing, for a reason of the list; return how many were decided.

    Raises Forbidden, NoSuchComment, AlreadyDecided.
    """
    return len(_decide(session, comment_id, CommentState.HIDDEN, reason, with_alike, actor=actor, now=now))


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


@also_forget
def forget_published(session: Session, words: str) -> None:
    """Take the words of a comment that was withdrawn out of its row, with what was masked of it."""
    published = func.coalesce(CommentRow.masked, CommentRow.text) == words
    session.execute(
        update(CommentRow).where(CommentRow.act_id.is_not(None), published).values(text="", masked=None)
    )


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
            "text": cite(salt_text(session, row.masked or row.text)),
        }
        for row in rows
    ]


def _decide(
    session: Session,
    comment_id: str,
    state: CommentState,
    reason: HideReason | None,
    with_alike: bool,
    *,
    actor: Actor,
    now: datetime,
) -> Sequence[CommentRow]:
    actor.require(RatingsPermission.MODERATE)
    others = session.scalars(alike_to(comment_id)).all() if with_alike else []
    # one statement decides between two moderators at the same time
    decided = session.scalars(
        update(CommentRow)
        .where(CommentRow.id.in_([comment_id, *others]), CommentRow.state == CommentState.WAITING.value)
        .values(state=state.value, reason=reason.value if reason else None)
        .returning(CommentRow)
        .execution_options(synchronize_session=False, populate_existing=True)
    ).all()
    if comment_id not in {row.id for row in decided}:
        _say_why(session, comment_id)
    for row in decided:
        record(
            session,
            actor=actor,
            act=f"ratings.comment-{state.value}",
            subject=row.id,
            details={"reason": reason.value} if reason else {},
            now=now,
        )
    renew_duty(session, now=now)
    return decided


def _say_why(session: Session, comment_id: str) -> None:
    if session.get(CommentRow, comment_id) is None:
        raise NoSuchComment(N_("There is no such comment."))
    raise AlreadyDecided(N_("Somebody else has decided on this comment already."))
