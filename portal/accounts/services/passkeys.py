"""A person's passkeys: added by somebody who has just signed in, named, removed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from portal.accounts import passkeys, rules
from portal.accounts.errors import NoSuchPasskey, PasskeyRefused, SignInIsOld, TooManyPasskeys
from portal.accounts.models import Passkey, PersonRow
from portal.accounts.queries.sessions import OpenSession
from portal.audit.services import record
from portal.foundation.actor import Actor
from portal.foundation.ids import new_id
from portal.foundation.keys import KeyRing
from portal.foundation.removals import note_removal

PASSKEY_REMOVED = "accounts.passkey-removed"


@dataclass(frozen=True)
class Shown:
    """A passkey that has just signed: whose it is, when its challenge was made, its new count."""

    id: str
    person_id: str
    issued: int
    sign_count: int


def add_passkey(
    session: Session,
    *,
    opened: OpenSession,
    name: str,
    answer: str,
    origin: str,
    keys: KeyRing,
    actor: Actor,
    now: datetime,
) -> str:
    """Add a passkey under a name; return its id.

    Raises SignInIsOld unless the person proved minutes ago to be there, TooManyPasskeys, PasskeyRefused.
    """
    if not rules.is_fresh(opened.proved_at, is_start=opened.is_start, now=now):
        raise SignInIsOld
    read = passkeys.read_answer(answer, keys=keys, purpose=passkeys.registering(opened.ref), now=now)
    made = passkeys.check_new(read, origin=origin)
    person_id = opened.person.id
    session.get_one(PersonRow, person_id, with_for_update=True)
    count = session.scalar(select(func.count()).select_from(Passkey).where(Passkey.person_id == person_id)) or 0
    if count >= rules.MOST_PASSKEYS:
        raise TooManyPasskeys(rules.MOST_PASSKEYS)
    if session.scalar(select(Passkey.id).where(Passkey.credential_id == made.credential_id)) is not None:
        raise PasskeyRefused
    row = Passkey(
        id=new_id(),
        person_id=person_id,
        name=" ".join(name.split())[:60],
        credential_id=made.credential_id,
        public_key=made.public_key,
        sign_count=made.sign_count,
        last_challenge=read.issued,
        added_on=now.date(),
    )
    session.add(row)
    _note(session, "accounts.add-passkey", row.id, person_id, actor=actor, now=now)
    return row.id


def remove_passkey(session: Session, *, passkey_id: str, actor: Actor, now: datetime) -> None:
    """Remove one of one's own. Raises NoSuchPasskey, also for somebody else's."""
    row = session.get(Passkey, passkey_id)
    if row is None or row.person_id != actor.person_id:
        raise NoSuchPasskey
    _remove(session, row, actor=actor, now=now)


def remove_all_passkeys(session: Session, *, person_id: str, actor: Actor, now: datetime) -> None:
    """A reset, or somebody who left: what they hold shows nothing any more."""
    for row in session.scalars(select(Passkey).where(Passkey.person_id == person_id)).all():
        _remove(session, row, actor=actor, now=now)


def find_shown(
    session: Session, *, person_id: str | None, answer: str, origin: str, keys: KeyRing, now: datetime
) -> Shown | None:
    """The person's passkey that gave this answer, or None when none of theirs did. Uses nothing up."""
    try:
        read = passkeys.read_answer(answer, keys=keys, purpose=passkeys.SIGN_IN, now=now)
        row = session.scalar(select(Passkey).where(Passkey.credential_id == read.credential_id))
        if row is None or row.person_id != person_id or read.issued <= row.last_challenge:
            return None
        count = passkeys.check(read, origin=origin, public_key=row.public_key, sign_count=row.sign_count)
    except PasskeyRefused:
        return None
    return Shown(row.id, row.person_id, read.issued, count)


def use_up(session: Session, shown: Shown, now: datetime) -> bool:
    """Take the answer, once. False when it, or a later one, was taken meanwhile."""
    # the condition is in the statement: of two people sending the same answer at once, one is refused
    used = session.scalar(
        update(Passkey)
        .where(Passkey.id == shown.id, Passkey.last_challenge < shown.issued)
        .values(last_challenge=shown.issued, sign_count=shown.sign_count, used_on=now.date())
        .returning(Passkey.id)
        .execution_options(synchronize_session=False)
    )
    return used is not None


def _remove(session: Session, row: Passkey, *, actor: Actor, now: datetime) -> None:
    session.execute(delete(Passkey).where(Passkey.id == row.id))
    note_removal(session, kind=PASSKEY_REMOVED, subject=row.id, now=now)
    _note(session, "accounts.remove-passkey", row.id, row.person_id, actor=actor, now=now)


def _note(session: Session, act: str, passkey_id: str, person_id: str, *, actor: Actor, now: datetime) -> None:
    record(session, actor=actor, act=act, subject=person_id, details={"passkey": passkey_id}, now=now)
