"""A new key pair for somebody who has one: because theirs may have been seen, or because a year is over.

The new pair waits until two colleagues have signed it, as every key does; until then everything goes on being
sealed to the one in use. With the second signature they change places in one transaction: from then on nothing is
sealed to the former one. Its private half is kept beside the new one, under the same pass phrase, until nothing is
left that is sealed to it: so at every moment one of the two opens whatever its owner holds. As long as the new
pair waits its owner can withdraw it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from portal.accounts import key_pairs
from portal.accounts.errors import FirstKeysMissed, KeyIsInUse, NoSuchKey
from portal.accounts.models import HandlerKey, KeySignature
from portal.accounts.passwords import Stretched
from portal.accounts.queries.keys import (
    find_key_row,
    is_trusted,
    public_keys,
    trusted_waiting,
)
from portal.accounts.queries.sessions import OpenSession, held_keys
from portal.accounts.services.credentials import KEY_RETIRED, add_key_pair
from portal.accounts.services.sessions import end_all_sessions, keep_in_session
from portal.accounts.session_secrets import keys_as_contents
from portal.accounts.values import Anchors
from portal.audit.services import record
from portal.foundation.actor import Actor
from portal.foundation.keys import KeyRing
from portal.foundation.removals import note_removal


def make_new_key(
    session: Session,
    *,
    opened: OpenSession,
    stretched: Stretched,
    keys: KeyRing,
    anchors: Anchors,
    actor: Actor,
    now: datetime,
) -> str:
    """Make a pair that is to take the place of the one in use; return its fingerprint.

    `stretched` is the present pass phrase, which was found right. One that waits already is given up. Where the
    one in use is not trusted, and nothing can be sealed to it, the new one takes its place at once. All other
    sessions of the person end, since they hold the keys of before. Raises CannotOpen when this session holds none,
    and FirstKeysMissed while nobody's key can be trusted.
    """
    if not anchors.are_there:
        raise FirstKeysMissed
    held, person_id = held_keys(opened), opened.person.id
    given_up = _give_up_waiting(session, person_id, now)
    own = find_key_row(session, person_id)
    waits = own is not None and is_trusted(session, own, anchors)
    if own is not None and not waits:
        own.retired_at = now
        session.flush()
    public, private = add_key_pair(
        session, person_id=person_id, stretched=stretched, keys=keys, now=now, waiting=waits
    )
    first, *others = (one for one in held if one.key_id != given_up)
    end_all_sessions(session, person_id=person_id, but=opened.ref)
    keep_in_session(session, opened=opened, contents=keys_as_contents(first, *others, private))
    _note(session, "accounts.make-key", public, actor=actor, now=now)
    return public.fingerprint


def withdraw_new_key(session: Session, *, key_id: str, opened: OpenSession, actor: Actor, now: datetime) -> None:
    """Give up one's new key while it waits, with the signatures it has. The one in use stays in use.

    All other sessions of the person end: one of them may have made it, and they hold it. Nothing happens when it
    was given up before. Raises NoSuchKey for any other key but the one in use, KeyIsInUse for that.
    """
    row, person_id = session.get(HandlerKey, key_id), opened.person.id
    if row is None or row.person_id != person_id:
        raise NoSuchKey
    if not _give_up_waiting(session, person_id, now, key_id=key_id):
        session.refresh(row)
        if not row.waiting:
            raise NoSuchKey if row.retired_at else KeyIsInUse
        return
    end_all_sessions(session, person_id=person_id, but=opened.ref)
    first, *others = (one for one in held_keys(opened) if one.key_id != key_id)
    keep_in_session(session, opened=opened, contents=keys_as_contents(first, *others))
    _note(session, "accounts.withdraw-key", public_keys(row), actor=actor, now=now)


def take_into_use(session: Session, *, anchors: Anchors, actor: Actor, now: datetime) -> None:
    """Let keys that wait, and that two colleagues have signed by now, take the place of those in use."""
    for row in trusted_waiting(session, anchors):
        session.refresh(row, with_for_update=True)
        if not row.waiting or row.retired_at is not None:
            continue  # it was withdrawn in this very moment
        former = find_key_row(session, row.person_id)
        if former is not None:
            former.retired_at = now
            session.flush()  # never two at once
        row.waiting = False
        session.flush()
        _note(session, "accounts.key-in-use", public_keys(row), actor=actor, now=now)


def forget_former_key(session: Session, *, key_id: str) -> None:
    """Delete the private half of a retired key. The caller has seen that nothing is sealed to it any more."""
    session.execute(
        update(HandlerKey)
        .where(HandlerKey.id == key_id, HandlerKey.retired_at.is_not(None))
        .values(sealed_private=None)
    )


def _give_up_waiting(session: Session, person_id: str, now: datetime, *, key_id: str | None = None) -> str | None:
    """The id of the key that does not wait any more. Nothing was ever sealed to it.

    One statement, so that a key whose second signature comes in this moment is either in use or given up.
    """
    waits = HandlerKey.person_id == person_id, HandlerKey.waiting, HandlerKey.retired_at.is_(None)
    given_up = session.scalar(
        update(HandlerKey)
        .where(*waits, *((HandlerKey.id == key_id,) if key_id else ()))
        .values(retired_at=now, sealed_private=None)
        .returning(HandlerKey.id)
    )
    if given_up is not None:
        session.execute(delete(KeySignature).where(KeySignature.key_id == given_up))
        note_removal(session, kind=KEY_RETIRED, subject=given_up, now=now)
    return given_up


def _note(session: Session, act: str, key: key_pairs.PublicKeys, *, actor: Actor, now: datetime) -> None:
    details = {"fingerprint": key.fingerprint}
    record(session, actor=actor, act=act, subject=key.person_id, details=details, now=now)
