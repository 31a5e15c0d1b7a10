"""A new pass phrase: shown, kept sealed in the session meanwhile, and in force once typed again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from portal.accounts import codes
from portal.accounts.errors import NotConfirmed, NothingPending
from portal.accounts.passwords import Stretcher
from portal.accounts.queries.sessions import OpenSession, held_keys
from portal.accounts.services.credentials import change_phrase, establish
from portal.accounts.services.renewing import prove_again
from portal.accounts.services.sessions import end_all_sessions, keep_in_session
from portal.accounts.session_secrets import keys_as_contents, open_contents, pending_contents
from portal.accounts.values import PendingPhrase
from portal.audit.services import record
from portal.foundation.actor import Actor
from portal.foundation.crypto import CannotOpen
from portal.foundation.keys import KeyRing
from portal.foundation.phrases import new_phrase, normalise


def begin_phrase(session: Session, *, opened: OpenSession) -> None:
    """Keep a new phrase in the session, beside the keys, to be shown and confirmed."""
    pending = PendingPhrase(new_phrase(), None)
    contents = {**keys_as_contents(*held_keys(opened)), **pending_contents(pending)}
    keep_in_session(session, opened=opened, contents=contents)


def find_pending(opened: OpenSession) -> PendingPhrase | None:
    """The phrase that is being shown in this session, if one is."""
    try:
        contents = open_contents(opened.sealed, key=opened.key, ref=opened.ref)
    except CannotOpen:
        return None
    if "phrase" not in contents:
        return None
    return PendingPhrase(contents["phrase"], contents.get("totp"))


def confirm_first_phrase(
    session: Session,
    *,
    opened: OpenSession,
    typed: str,
    code: str,
    keys: KeyRing,
    stretcher: Stretcher,
    actor: Actor,
    now: datetime,
) -> None:
    """Finish setting up: the phrase typed again and a code of the secret shown. Every session then ends.

    Raises NotConfirmed when either does not match, NothingPending.
    """
    pending = find_pending(opened)
    if pending is None or pending.totp_secret is None or not opened.is_start:
        raise NothingPending
    step = codes.matching_step(pending.totp_secret, code, now=now, last_step=0)
    if normalise(typed) != pending.phrase or step is None:
        raise NotConfirmed(phrase=normalise(typed) == pending.phrase, code=step is not None)
    establish(
        session,
        person_id=opened.person.id,
        phrase=pending.phrase,
        totp_secret=pending.totp_secret,
        keys=keys,
        stretcher=stretcher,
        now=now,
        last_step=step,
    )
    record(session, actor=actor, act="accounts.set-up", subject=opened.person.id, now=now)


def confirm_new_phrase(
    session: Session,
    *,
    opened: OpenSession,
    typed: str,
    keys: KeyRing,
    stretcher: Stretcher,
    actor: Actor,
    now: datetime,
) -> str:
    """Change the phrase. The keys stay, sealed anew; all other sessions of the person end, and this one goes on
    under the new secret that is returned.

    Raises NotConfirmed when the phrase typed is not the one shown, NothingPending.
    """
    pending = find_pending(opened)
    if pending is None or opened.is_start:
        raise NothingPending
    if normalise(typed) != pending.phrase:
        raise NotConfirmed(phrase=False, code=True)
    private = held_keys(opened)
    change_phrase(
        session,
        person_id=opened.person.id,
        phrase=pending.phrase,
        private=private,
        keys=keys,
        stretcher=stretcher,
        now=now,
    )
    end_all_sessions(session, person_id=opened.person.id, but=opened.ref)
    keep_in_session(session, opened=opened, contents=keys_as_contents(*private))
    record(session, actor=actor, act="accounts.change-phrase", subject=opened.person.id, now=now)
    return prove_again(session, opened=opened, now=now)
