"""A reporter's own session: the cookie holds a secret, the row only what that secret opens.

Deadlines are inside the seal; the row says no more than the day, for clearing up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from portal.accounts import queries as accounts
from portal.cases import sealing
from portal.cases.models import ReporterSession
from portal.foundation import crypto, ids
from portal.foundation.reads import Ask, Read, asking
from portal.foundation.writes import Step, Write
from portal.publishing import queries as published

UNTIL = "until"
_OF = Read(
    select(ReporterSession.id, ReporterSession.sealed, accounts.STAMP, published.NEWEST_EDITION).where(
        ReporterSession.secret_hash == bindparam("digest"), ReporterSession.purpose == bindparam("purpose")
    )
)
_REPLACED = Write(
    update(ReporterSession)
    .where(ReporterSession.id == bindparam("row"), ReporterSession.sealed == bindparam("was"))
    .values(sealed=bindparam("sealed"), day=bindparam("day"))
)


def open_session(
    session: Session,
    *,
    purpose: str,
    content: Mapping[str, Any],
    secret: str | None = None,
    until: datetime,
    now: datetime,
) -> tuple[str, str]:
    """Store `content` under this secret, or a new one. Returns the row's id and the secret for the cookie."""
    secret = secret or ids.secret_token()
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
    content = None if row is None else _opened(secret, row.sealed, _bound(row.purpose, row.id), now)
    return None if row is None or content is None else (row, content)


def row_of(session: Session, *, purpose: str, secret: str) -> str | None:
    """The row of this secret, for one request at a time, also of a session that is over."""
    query = select(ReporterSession.id).where(
        ReporterSession.secret_hash == _hash(secret), ReporterSession.purpose == purpose
    )
    return session.scalar(query.with_for_update())


def read_session(
    session: Session, *, purpose: str, secret: str | None, now: datetime
) -> tuple[str, dict[str, Any]] | None:
    """`find_session` for whoever only looks: the row's id and its opened content."""
    found = read_sealed(asking(session), purpose=purpose, secret=secret, now=now)
    return None if found is None else (found.row_id, found.content)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A session as it was read. `sealed`: its content as it lies there, for whoever changes it (`replaced`).
    As of the same moment, since most who read it ask that next: `standing`, what `accounts.receiving` goes by, and
    the number of the newest edition."""

    row_id: str
    content: dict[str, Any]
    sealed: bytes
    standing: str
    edition: int


def read_sealed(ask: Ask, *, purpose: str, secret: str | None, now: datetime) -> Sealed | None:
    """`read_session`, with what belongs to it."""
    if not secret:
        return None
    for row_id, sealed, *moment in ask(_OF, digest=_hash(secret), purpose=purpose):
        content = _opened(secret, sealed, _bound(purpose, row_id), now)
        return None if content is None else Sealed(row_id, content, sealed, *moment)
    return None


def replaced(
    row_id: str,
    secret: str,
    content: Mapping[str, Any],
    *,
    purpose: str,
    until: datetime,
    now: datetime,
    was: bytes,
) -> Step:
    """Writes other content, where it still is what it `was`: of two who change it at once, one touches nothing."""
    sealed = _sealed(secret, content, purpose, row_id, until)
    return _REPLACED.step({"row": row_id, "was": was, "sealed": sealed, "day": now.date()})


def _opened(secret: str, sealed: bytes, bound: bytes, now: datetime) -> dict[str, Any] | None:
    try:
        content = sealing.unpack(crypto.aead_open(_key(secret), sealed, bound))
    except crypto.CannotOpen:
        return None
    return content if now < datetime.fromisoformat(content[UNTIL]) else None


def reseal(
    row: ReporterSession, secret: str, content: Mapping[str, Any], *, until: datetime, now: datetime
) -> None:
    row.day = now.date()
    _seal(row, secret, content, until)


def _seal(row: ReporterSession, secret: str, content: Mapping[str, Any], until: datetime) -> None:
    row.sealed = _sealed(secret, content, row.purpose, row.id, until)


def _sealed(secret: str, content: Mapping[str, Any], purpose: str, row_id: str, until: datetime) -> bytes:
    data = sealing.pack({**content, UNTIL: until.isoformat()})
    return crypto.aead_seal(_key(secret), data, _bound(purpose, row_id))


def _hash(secret: str) -> bytes:
    return crypto.sha256(b"gongping reporter session 1\0" + secret.encode())


def _key(secret: str) -> bytes:
    return crypto.hkdf(secret.encode(), "gongping reporter session 1")


def _bound(purpose: str, row_id: str) -> bytes:
    return f"gongping reporter session 1|{purpose}|{row_id}".encode()
