"""A reporter's own session: the cookie holds a secret, the row only what that secret opens.

Deadlines are inside the seal; the row says no more than the day, for clearing up.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.cases import sealing
from portal.cases.models import ReporterSession
from portal.foundation import crypto, ids

UNTIL = "until"


def open_session(
    session: Session, *, purpose: str, content: Mapping[str, Any], until: datetime, now: datetime
) -> tuple[str, str]:
    """Store `content` under a new secret. Returns the row's id and the secret for the cookie."""
    secret = ids.secret_token()
    row = ReporterSession(id=ids.new_id(), purpose=purpose, secret_hash=_hash(secret), sealed=b"", day=now.date())
    _seal(row, secret, content, until)
    session.add(row)
    session.flush()
    return row.id, secret


def find_session(
    session: Session, *, purpose: str, secret: str | None, now: datetime, lock: bool = False
) -> tuple[ReporterSession, dict[str, Any]] | None:
    """The row and its opened content, or None when there is none, it is over, or the secret is not its own."""
    if not secret:
        return None
    query = select(ReporterSession).where(
        ReporterSession.secret_hash == _hash(secret), ReporterSession.purpose == purpose
    )
    row = session.scalar(query.with_for_update() if lock else query)
    if row is None:
        return None
    try:
        content = sealing.unpack(crypto.aead_open(_key(secret), row.sealed, _bound(row)))
    except crypto.CannotOpen:
        return None
    return (row, content) if now < datetime.fromisoformat(content[UNTIL]) else None


def reseal(
    row: ReporterSession, secret: str, content: Mapping[str, Any], *, until: datetime, now: datetime
) -> None:
    row.day = now.date()
    _seal(row, secret, content, until)


def _seal(row: ReporterSession, secret: str, content: Mapping[str, Any], until: datetime) -> None:
    data = sealing.pack({**content, UNTIL: until.isoformat()})
    row.sealed = crypto.aead_seal(_key(secret), data, _bound(row))


def _hash(secret: str) -> bytes:
    return crypto.sha256(b"gongping reporter session 1\0" + secret.encode())


def _key(secret: str) -> bytes:
    return crypto.hkdf(secret.encode(), "gongping reporter session 1")


def _bound(row: ReporterSession) -> bytes:
    return f"gongping reporter session 1|{row.purpose}|{row.id}".encode()
