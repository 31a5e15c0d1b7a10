"""Sessions: begun by signing in only, kept awake by use, ended at any time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from portal.accounts.errors import NoSuchSession
from portal.accounts.models import DeskSecret, DeskSession, KnownBrowser
from portal.accounts.queries.sessions import OpenSession
from portal.accounts.session_secrets import seal_contents, wrap_key
from portal.audit.services import record
from portal.foundation.actor import Actor
from portal.foundation.crypto import sha256
from portal.foundation.ids import new_id, random_bytes


def begin_session(
    session: Session,
    *,
    person_id: str,
    secret: bytes,
    contents: Mapping[str, str],
    is_start: bool,
    now: datetime,
) -> str:
    """Begin a session under a fresh secret, and a key of its own that seals its contents; return its ref."""
    ref, key = new_id(), random_bytes(32)
    session.add(
        DeskSession(
            ref=ref,
            person_id=person_id,
            is_start=is_start,
            started_at=now,
            last_seen_at=now,
            sealed=seal_contents(contents, key=key, ref=ref) if contents else None,
        )
    )
    session.flush()
    session.add(
        DeskSecret(
            digest=sha256(secret),
            ref=ref,
            key=wrap_key(key, secret=secret, ref=ref),
            is_new=False,
            made_at=now,
            proved_at=now,
        )
    )
    session.flush()
    return ref


def keep_in_session(session: Session, *, opened: OpenSession, contents: Mapping[str, str]) -> None:
    """Replace what the session keeps, sealed under its key."""
    sealed = seal_contents(contents, key=opened.key, ref=opened.ref)
    session.execute(update(DeskSession).where(DeskSession.ref == opened.ref).values(sealed=sealed))


def sign_out(session: Session, *, opened: OpenSession, actor: Actor, now: datetime) -> None:
    """End this session."""
    end_session(session, ref=opened.ref, actor=actor, now=now)


def end_session(session: Session, *, ref: str, actor: Actor, now: datetime) -> None:
    """End one of one's own sessions. Raises NoSuchSession, also for somebody else's."""
    gone = session.execute(
        delete(DeskSession)
        .where(DeskSession.ref == ref, DeskSession.person_id == actor.person_id)
        .returning(DeskSession.ref)
    ).first()
    if gone is None:
        raise NoSuchSession
    record(session, actor=actor, act="accounts.end-session", subject=actor.person_id, now=now)


def sign_out_everywhere(session: Session, *, person_id: str, actor: Actor, now: datetime) -> None:
    """End every session of a person, this one included, and forget the browsers in which they ever signed in."""
    end_all_sessions(session, person_id=person_id)
    session.execute(delete(KnownBrowser).where(KnownBrowser.person_id == person_id))
    record(session, actor=actor, act="accounts.sign-out-everywhere", subject=person_id, now=now)


def forget_session(session: Session, *, opened: OpenSession) -> None:
    """End a session because a new one takes its place in the same browser."""
    session.execute(delete(DeskSession).where(DeskSession.ref == opened.ref))


def end_all_sessions(session: Session, *, person_id: str, but: str | None = None) -> None:
    """End every session of a person, except the one whose ref is `but`."""
    query = delete(DeskSession).where(DeskSession.person_id == person_id)
    session.execute(query if but is None else query.where(DeskSession.ref != but))
