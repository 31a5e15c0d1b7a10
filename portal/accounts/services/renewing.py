"""The secret of a session is replaced every few minutes while it is used, so that a copied cookie is found out.

A cookie gets its follower with an answer, and goes on being good until the follower comes back, so that nothing is
lost with an answer that never arrives; and for a minute longer, for what the browser had asked meanwhile. A secret
that comes back after that is held by somebody else: the session ends for both, and its owner is told. Whoever
copied a cookie can use it until its owner's browser goes on; whoever goes on first is found out by the other.

The follower is derived from the secret and a nonce of the row, which is deleted once the follower is in use: all
that a browser asks at once gets the same one, and later neither an old cookie nor the database leads to it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from portal.accounts import rules
from portal.accounts.models import DeskSecret, DeskSession, SessionAlarm
from portal.accounts.queries.sessions import OpenSession, decode_secret, follower_of
from portal.accounts.session_secrets import wrap_key
from portal.audit.services import record
from portal.foundation.actor import Actor
from portal.foundation.crypto import sha256
from portal.foundation.ids import new_id, random_bytes, secret_token


def tend_session(session: Session, *, opened: OpenSession, now: datetime) -> OpenSession:
    """Note that the session is used; let a new secret take the others' place, or an old one get a follower."""
    session.execute(update(DeskSession).where(DeskSession.ref == opened.ref).values(last_seen_at=now))
    _forget_keys(session, opened.ref, now=now)
    if opened.is_new:
        _spend_others(session, opened.ref, but=opened.secret, now=now)
        return replace(opened, is_new=False)
    if not rules.needs_follower(made_at=opened.made_at, spent_at=opened.spent_at, nonce=opened.nonce, now=now):
        return opened
    # the condition is in the statement: of two requests at once, both take what the first has written
    mine = DeskSecret.digest == sha256(opened.secret), DeskSecret.spent_at.is_(None)
    session.execute(
        update(DeskSecret)
        .where(*mine, DeskSecret.nonce.is_(None))
        .values(nonce=random_bytes(32))
        .execution_options(synchronize_session=False)
    )
    nonce = session.scalar(select(DeskSecret.nonce).where(*mine))
    followed = replace(opened, nonce=nonce)
    cookie = follower_of(followed)
    if cookie is not None:
        _add_secret(session, opened, decode_secret(cookie), is_new=True, proved_at=opened.proved_at, now=now)
    return followed


def prove_again(session: Session, *, opened: OpenSession, now: datetime) -> str:
    """A new secret for a session whose owner has just proved to be there.

    The one in use has proved nothing, and is good until the new one comes back: the answer may never arrive.
    """
    cookie = secret_token()
    _add_secret(session, opened, decode_secret(cookie), is_new=True, proved_at=now, now=now)
    return cookie


def end_copied_session(session: Session, *, ref: str, now: datetime) -> None:
    """End a session of which a replaced secret came back, and keep for its owner that it did."""
    person_id = session.scalar(delete(DeskSession).where(DeskSession.ref == ref).returning(DeskSession.person_id))
    if person_id is None:
        return
    session.add(SessionAlarm(id=new_id(), person_id=person_id, at=now))
    record(session, actor=Actor.system(), act="accounts.session-copied", subject=person_id, now=now)


def dismiss_alarms(session: Session, *, person_id: str) -> None:
    """Their owner has read them; the audit record keeps them."""
    session.execute(delete(SessionAlarm).where(SessionAlarm.person_id == person_id))


def _add_secret(
    session: Session, opened: OpenSession, secret: bytes, *, is_new: bool, proved_at: datetime, now: datetime
) -> None:
    digest = sha256(secret)
    if session.get(DeskSecret, digest) is None:
        key = wrap_key(opened.key, secret=secret, ref=opened.ref)
        session.add(
            DeskSecret(digest=digest, ref=opened.ref, key=key, is_new=is_new, made_at=now, proved_at=proved_at)
        )
        session.flush()


def _spend_others(session: Session, ref: str, *, but: bytes, now: datetime) -> None:
    """From now on the other secrets of the session are good for a moment only."""
    mine = DeskSecret.digest == sha256(but)
    session.execute(update(DeskSecret).where(mine).values(is_new=False))
    session.execute(
        update(DeskSecret)
        .where(DeskSecret.ref == ref, ~mine, DeskSecret.spent_at.is_(None))
        .values(spent_at=now, nonce=None, is_new=False)
    )


def _forget_keys(session: Session, ref: str, *, now: datetime) -> None:
    """What opens nothing any more must not be found with an old cookie in a stolen database either."""
    over = DeskSecret.spent_at <= now - rules.PARALLEL
    session.execute(update(DeskSecret).where(DeskSecret.ref == ref, over).values(key=None))
