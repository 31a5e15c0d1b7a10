"""Sessions: found by the cookie's secret, listed for their owner."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts import rules
from portal.accounts.models import DeskSecret, DeskSession, HandlerKey, SessionAlarm
from portal.accounts.queries.people import get_person
from portal.accounts.session_secrets import follower, open_keys, unwrap_key
from portal.accounts.values import Person, PrivateKeys, SessionCard
from portal.foundation.crypto import CannotOpen, sha256


@dataclass(frozen=True)
class OpenSession:
    """A session that is in use, with the cookie's secret and the session's own key, which stays the same when the
    secret is replaced: this lives only while a request is answered."""

    ref: str
    person: Person
    is_start: bool
    started_at: datetime
    last_seen_at: datetime
    made_at: datetime
    proved_at: datetime
    spent_at: datetime | None
    is_new: bool
    secret: bytes = field(repr=False)
    key: bytes = field(repr=False)
    nonce: bytes | None = field(repr=False)
    sealed: bytes | None = field(repr=False)


def find_session(session: Session, cookie: str, *, now: datetime, idle: timedelta) -> OpenSession | None:
    """The session the cookie opens, or None when it is unknown, ended, idle, its person disabled, or its secret
    was replaced a while ago (see `find_copied`)."""
    secret = decode_secret(cookie)
    found = _row(session, secret) if secret else None
    if found is None or rules.is_spent(found[0].spent_at, now) or found[0].key is None:
        return None
    mine, row = found
    if rules.is_idle(started_at=row.started_at, last_seen_at=row.last_seen_at, now=now, idle=idle):
        return None
    person = get_person(session, row.person_id)
    if not person.is_active:
        return None
    return OpenSession(
        ref=row.ref,
        person=person,
        is_start=row.is_start,
        started_at=row.started_at,
        last_seen_at=row.last_seen_at,
        made_at=mine.made_at,
        proved_at=mine.proved_at,
        spent_at=mine.spent_at,
        is_new=mine.is_new,
        secret=secret,
        key=unwrap_key(found[0].key, secret=secret, ref=row.ref),
        nonce=mine.nonce,
        sealed=row.sealed,
    )


def find_copied(session: Session, cookie: str, *, now: datetime, idle: timedelta) -> str | None:
    """The ref of a session in use of which the cookie holds a secret that was replaced: two have held it."""
    secret = decode_secret(cookie)
    found = _row(session, secret) if secret else None
    if found is None or not rules.is_spent(found[0].spent_at, now):
        return None
    row = found[1]
    over = rules.is_idle(started_at=row.started_at, last_seen_at=row.last_seen_at, now=now, idle=idle)
    return None if over else row.ref


def _row(session: Session, secret: bytes) -> tuple[DeskSecret, DeskSession] | None:
    query = select(DeskSecret, DeskSession).join(DeskSession, DeskSession.ref == DeskSecret.ref)
    found = session.execute(query.where(DeskSecret.digest == sha256(secret))).one_or_none()
    return None if found is None else (found[0], found[1])


def follower_of(opened: OpenSession) -> str | None:
    """The cookie that takes the place of this one, where one is on its way."""
    return None if opened.nonce is None else encode_secret(follower(opened.secret, opened.nonce))


def alarms_of(session: Session, person_id: str) -> tuple[datetime, ...]:
    """When sessions of the person ended because two held them, the newest first: those they have not read of."""
    query = select(SessionAlarm.at).where(SessionAlarm.person_id == person_id)
    return tuple(session.scalars(query.order_by(SessionAlarm.at.desc(), SessionAlarm.id)))


def held_keys(opened: OpenSession) -> tuple[PrivateKeys, ...]:
    """Every key pair of the person that this session holds open, whatever becomes of each. Raises CannotOpen."""
    return open_keys(opened.sealed, key=opened.key, ref=opened.ref)


def open_private_keys(session: Session, opened: OpenSession) -> PrivateKeys:
    """The person's private keys in use, with those that were before, opened with the session's key.

    Nothing is asked of the database by those who never made a new key. Raises CannotOpen when the session holds
    none that is in use.
    """
    held = held_keys(opened)
    if len(held) == 1:
        return held[0]
    rows = session.execute(
        select(HandlerKey.id, HandlerKey.retired_at)
        .where(HandlerKey.person_id == opened.person.id, ~HandlerKey.waiting)
        .where(HandlerKey.id.in_([one.key_id for one in held]))
    )
    retired = {row.id: row.retired_at for row in rows}
    in_use = [one for one in held if one.key_id in retired and retired[one.key_id] is None]
    if not in_use:
        raise CannotOpen
    return replace(in_use[0], former=tuple(one for one in held if retired.get(one.key_id) is not None))


def sessions_of(
    session: Session, person_id: str, *, current_ref: str, now: datetime, idle: timedelta
) -> tuple[SessionCard, ...]:
    """The person's sessions that are still in use, the latest used first."""
    rows = session.scalars(
        select(DeskSession)
        .where(DeskSession.person_id == person_id)
        .order_by(DeskSession.last_seen_at.desc(), DeskSession.ref)
    )
    return tuple(
        SessionCard(row.ref, row.started_at, row.last_seen_at, row.ref == current_ref)
        for row in rows
        if not rules.is_idle(started_at=row.started_at, last_seen_at=row.last_seen_at, now=now, idle=idle)
    )


def decode_secret(cookie: str) -> bytes:
    """The 32 bytes a cookie holds, or nothing when it is not one of ours."""
    try:
        secret = base64.urlsafe_b64decode(cookie.encode("ascii") + b"=")
    except (binascii.Error, ValueError):
        return b""
    return secret if len(secret) == 32 else b""


def encode_secret(secret: bytes) -> str:
    """As a cookie holds it."""
    return base64.urlsafe_b64encode(secret).decode().rstrip("=")
