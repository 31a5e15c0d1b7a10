"""The texts the office keeps for writing to reporters. They begin a message; an officer reads it and sends it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.audit.services import record
from portal.cases.errors import NoSuchReply
from portal.cases.models import ReplyRow
from portal.cases.permissions import CasesPermission
from portal.cases.values import Reply
from portal.foundation import ids
from portal.foundation.actor import Actor


def list_replies(session: Session) -> tuple[Reply, ...]:
    """By language, then by title."""
    rows = session.scalars(select(ReplyRow))
    return tuple(sorted(map(_to_reply, rows), key=lambda one: (one.language, one.title.casefold(), one.id)))


def get_reply(session: Session, reply_id: str) -> Reply:
    """Raises NoSuchReply."""
    return _to_reply(_row(session, reply_id))


def keep_reply(
    session: Session,
    *,
    reply_id: str | None,
    language: str,
    title: str,
    text: str,
    actor: Actor,
    now: datetime,
) -> str:
    """Keep a new text, or change one; a text of the same language and title is replaced. Raises NoSuchReply."""
    actor.require(CasesPermission.KEEP_REPLIES)
    title = " ".join(title.split())
    same = session.scalar(select(ReplyRow).where(ReplyRow.language == language, ReplyRow.title == title))
    row = _row(session, reply_id) if reply_id else same or ReplyRow(id=ids.new_id())
    if same is not None and same is not row:
        session.delete(same)
        session.flush()
    row.language, row.title, row.text = language, title, text
    row.changed_on, row.changed_by = now.date(), actor.person_id
    session.add(row)
    session.flush()
    record(session, actor=actor, act="cases.keep-reply", subject=f"reply:{row.id}", now=now)
    return row.id


def drop_reply(session: Session, *, reply_id: str, actor: Actor, now: datetime) -> None:
    """Raises NoSuchReply."""
    actor.require(CasesPermission.KEEP_REPLIES)
    row = _row(session, reply_id)
    session.execute(delete(ReplyRow).where(ReplyRow.id == row.id))
    record(session, actor=actor, act="cases.drop-reply", subject=f"reply:{reply_id}", now=now)


def _row(session: Session, reply_id: str) -> ReplyRow:
    row = session.get(ReplyRow, reply_id)
    if row is None:
        raise NoSuchReply
    return row


def _to_reply(row: ReplyRow) -> Reply:
    return Reply(row.id, row.language, row.title, row.text, row.changed_on, row.changed_by)
