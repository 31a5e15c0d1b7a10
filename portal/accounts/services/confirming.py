"""Proving again that it is oneself before the gravest acts: by the second factor, which is in no cookie."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.accounts import rules
from portal.accounts.models import Credential, DeskSession
from portal.accounts.queries.sessions import OpenSession
from portal.accounts.services.passkeys import find_shown, use_up
from portal.accounts.services.renewing import prove_again
from portal.accounts.services.sign_in import code_accepted
from portal.audit.services import record
from portal.foundation.actor import Actor
from portal.foundation.keys import KeyRing


def is_fresh(opened: OpenSession, now: datetime) -> bool:
    """Whether whoever holds this cookie proved minutes ago to be the person."""
    return rules.is_fresh(opened.proved_at, is_start=opened.is_start, now=now)


def confirm_oneself(
    session: Session,
    *,
    opened: OpenSession,
    code: str,
    passkey: str,
    origin: str,
    keys: KeyRing,
    actor: Actor,
    now: datetime,
) -> str | None:
    """The cookie's new secret, for a good code or the answer of a passkey; None for a wrong one.

    The session ends with the last of MOST_WRONG wrong ones (the caller commits): whoever guesses has five guesses,
    and nobody else has to wait for them.
    """
    person_id = opened.person.id
    if _shown(session, person_id, code, passkey, origin=origin, keys=keys, now=now):
        record(session, actor=actor, act="accounts.confirm", subject=person_id, now=now)
        session.execute(update(DeskSession).where(DeskSession.ref == opened.ref).values(wrong_codes=0))
        return prove_again(session, opened=opened, now=now)
    row = session.get(DeskSession, opened.ref, with_for_update=True)
    if row is not None:
        row.wrong_codes += 1
        if row.wrong_codes >= rules.MOST_WRONG:
            session.delete(row)
            record(session, actor=Actor.system(), act="accounts.end-session", subject=person_id, now=now)
        session.flush()
    return None


def _shown(
    session: Session, person_id: str, code: str, passkey: str, *, origin: str, keys: KeyRing, now: datetime
) -> bool:
    if passkey:
        shown = find_shown(session, person_id=person_id, answer=passkey, origin=origin, keys=keys, now=now)
        return shown is not None and use_up(session, shown, now)
    credential = session.get(Credential, person_id)
    return credential is not None and code_accepted(session, credential, code, keys, now)
