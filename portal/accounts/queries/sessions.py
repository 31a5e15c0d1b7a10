"""Sessions: found by the cookie's secret, listed for their owner."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts import rules
from portal.accounts.models import DeskSession
from portal.accounts.queries.people import get_person
from portal.accounts.session_secrets import open_keys
from portal.accounts.values import Person, PrivateKeys, SessionCard
from portal.foundation.crypto import sha256


@dataclass(frozen=True)
class OpenSession:
    """A session that is in use, with its secret: it lives only while a request is answered."""

    ref: str
    person: Person
    is_start: bool
    started_at: datetime
    last_seen_at: datetime
    secret: bytes = field(repr=False)
    sealed: bytes | None = field(repr=False)


def find_session(session: Session, cookie: str, *, now: datetime, idle: timedelta) -> OpenSession | None:
    """The session the cookie opens, or None when it is unknown, ended, idle, or its person disabled."""
    secret = decode_secret(cookie)
    row = session.get(DeskSession, sha256(secret)) if secret else None
    if row is None or rules.is_idle(started_at=row.started_at, last_seen_at=row.last_seen_at, now=now, idle=idle):
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
        secret=secret,
        sealed=row.sealed,
    )


def open_private_keys(opened: OpenSession) -> PrivateKeys:
    """The person's private keys, opened with the session's secret. Raises CannotOpen when it holds none."""
    return open_keys(opened.sealed, secret=opened.secret, ref=opened.ref)


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
