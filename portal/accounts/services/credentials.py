"""How a person is recognised: the start phrase an administrator hands out, and their own credential.

A start phrase is good for setting up once. The person's own phrase, one-time code and key pair are made
then, in their own browser session; the administrator never sees them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from portal.accounts import key_pairs, rules
from portal.accounts.models import Credential, HandlerKey
from portal.accounts.passwords import SALT_BYTES, Cost, Stretched, Stretcher
from portal.accounts.queries.people import get_person
from portal.accounts.services.passkeys import remove_all_passkeys
from portal.accounts.services.sessions import end_all_sessions
from portal.accounts.totp import seal_totp
from portal.accounts.values import PrivateKeys, StartCode
from portal.audit.services import record
from portal.foundation.actor import Actor
from portal.foundation.ids import random_bytes
from portal.foundation.keys import KeyRing
from portal.foundation.phrases import new_phrase
from portal.foundation.removals import note_removal

KEY_RETIRED = "accounts.key-retired"


def issue_start_code(
    session: Session, *, person_id: str, stretcher: Stretcher, actor: Actor, now: datetime
) -> StartCode:
    """Reset a person: a phrase to set up with, once, within seven days.

    What they had is gone: phrase, code, passkeys, sessions, and the sealed half of their key. The key made at
    setting up is new and unsigned, so nobody gains access by a reset. Raises NoSuchPerson.
    """
    phrase, salt = new_phrase(), random_bytes(SALT_BYTES)
    stretched = stretcher.stretch(phrase, salt=salt)  # before the first statement, which takes the lock
    get_person(session, person_id)
    expires_at = now + rules.START_CODE_LASTS
    forget_key(session, person_id, now)
    end_all_sessions(session, person_id=person_id)
    remove_all_passkeys(session, person_id=person_id, actor=actor, now=now)
    session.merge(_credential(person_id, salt, stretched, stretcher.cost, now=now, expires_at=expires_at))
    record(session, actor=actor, act="accounts.issue-start-code", subject=person_id, now=now)
    return StartCode(person_id, phrase, expires_at)


def establish(
    session: Session,
    *,
    person_id: str,
    phrase: str,
    totp_secret: str,
    keys: KeyRing,
    stretcher: Stretcher,
    now: datetime,
    last_step: int = 0,
) -> str:
    """Set a person's own phrase and code, and make their key pair, unsigned as yet; return the key's id."""
    salt = random_bytes(SALT_BYTES)
    stretched = stretcher.stretch(phrase, salt=salt)
    forget_key(session, person_id, now)
    end_all_sessions(session, person_id=person_id)
    credential = _credential(person_id, salt, stretched, stretcher.cost, now=now)
    credential.totp_sealed = seal_totp(keys, person_id, totp_secret)
    credential.totp_last_step = last_step
    session.merge(credential)
    public, _ = add_key_pair(session, person_id=person_id, stretched=stretched, keys=keys, now=now)
    return public.key_id


def add_key_pair(
    session: Session, *, person_id: str, stretched: Stretched, keys: KeyRing, now: datetime, waiting: bool = False
) -> tuple[key_pairs.PublicKeys, PrivateKeys]:
    """Make a key pair, sealed under the person's phrase: theirs from now on, or one that is `waiting` to be."""
    public, private = key_pairs.generate(person_id)
    session.add(
        HandlerKey(
            id=public.key_id,
            person_id=person_id,
            box_public=public.box_public,
            sign_public=public.sign_public,
            sealed_private=_seal(private, person_id, stretched, keys),
            created_at=now,
            waiting=waiting,
        )
    )
    session.flush()
    return public, private


def change_phrase(
    session: Session,
    *,
    person_id: str,
    phrase: str,
    private: Iterable[PrivateKeys],
    keys: KeyRing,
    stretcher: Stretcher,
    now: datetime,
) -> None:
    """Recognise the person by a new phrase, and seal the same keys anew under it: `private` are all they have."""
    salt = random_bytes(SALT_BYTES)
    stretched = stretcher.stretch(phrase, salt=salt)
    session.execute(
        update(Credential)
        .where(Credential.person_id == person_id)
        .values(
            salt=salt,
            verifier=stretched.verifier,
            memory_kib=stretcher.cost.memory_kib,
            time=stretcher.cost.time,
            parallelism=stretcher.cost.parallelism,
            set_at=now,
        )
    )
    for one in private:
        sealed = _seal(one, person_id, stretched, keys)
        kept = HandlerKey.id == one.key_id, HandlerKey.sealed_private.is_not(None)
        session.execute(update(HandlerKey).where(*kept).values(sealed_private=sealed))


def forget_key(session: Session, person_id: str, now: datetime) -> None:
    """Retire the person's keys, one that waits and former ones too: public halves stay as evidence, sealed halves
    are deleted."""
    query = select(HandlerKey).where(
        HandlerKey.person_id == person_id,
        or_(HandlerKey.retired_at.is_(None), HandlerKey.sealed_private.is_not(None)),
    )
    for row in session.scalars(query.order_by(HandlerKey.id)).all():
        row.retired_at = row.retired_at or now
        row.sealed_private = None
        note_removal(session, kind=KEY_RETIRED, subject=row.id, now=now)
    session.flush()


def _credential(
    person_id: str,
    salt: bytes,
    stretched: Stretched,
    cost: Cost,
    *,
    now: datetime,
    expires_at: datetime | None = None,
) -> Credential:
    return Credential(
        person_id=person_id,
        is_start=expires_at is not None,
        expires_at=expires_at,
        salt=salt,
        verifier=stretched.verifier,
        memory_kib=cost.memory_kib,
        time=cost.time,
        parallelism=cost.parallelism,
        totp_sealed=None,
        totp_last_step=0,
        set_at=now,
    )


def _seal(private: PrivateKeys, person_id: str, stretched: Stretched, keys: KeyRing) -> bytes:
    return key_pairs.seal_private(
        private, person_id=person_id, opener=stretched.opener, server_key=keys.get("opener")
    )
