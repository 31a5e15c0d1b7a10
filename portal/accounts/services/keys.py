"""Vouching for keys: the first set is anchored by a command, every other key needs two colleagues."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from portal.accounts.errors import AnchorsExist, KeyNotTrusted, NoSuchKey, NotSetUp
from portal.accounts.models import HandlerKey, KeySignature
from portal.accounts.permissions import AccountsPermission
from portal.accounts.queries import get_person
from portal.accounts.queries.keys import find_key_row, fingerprint_of, is_trusted, public_keys
from portal.accounts.services.anchors import load_anchors, write_anchors
from portal.accounts.services.own_keys import take_into_use
from portal.accounts.values import Anchors, PrivateKeys
from portal.audit.services import record
from portal.foundation.actor import Actor
from portal.foundation.crypto import sign


def enrol_first(
    session: Session, *, people: Sequence[str], var: Path, actor: Actor, now: datetime
) -> tuple[str, ...]:
    """Anchor the fingerprints of these people's keys in the file outside the database, once.

    Returns the fingerprints in the order of `people`. Raises NotSetUp when one of them has not set up
    yet, AnchorsExist when there is an anchor file.
    """
    if load_anchors(var).fingerprints:
        raise AnchorsExist
    found = tuple(_made_by(session, person_id) for person_id in people)
    for person_id, fingerprint in zip(people, found, strict=True):
        _note(session, "accounts.anchor-key", person_id, fingerprint, actor=actor, now=now)
    session.flush()
    write_anchors(var, found)
    return found


def _made_by(session: Session, person_id: str) -> str:
    try:
        return fingerprint_of(session, person_id)
    except NoSuchKey:
        raise NotSetUp(get_person(session, person_id).name) from None


def sign_key(
    session: Session,
    *,
    key_id: str,
    fingerprint: str,
    private: PrivateKeys,
    anchors: Anchors,
    actor: Actor,
    now: datetime,
) -> None:
    """Vouch for a colleague's key whose fingerprint one has compared with them.

    With the second signature a key that waited takes the place of its owner's former one. Signing what is signed
    already changes nothing. Raises Forbidden without the right, KeyNotTrusted when
    the signer's own key is not trusted or is the key itself, NoSuchKey when the key is not in use or its
    fingerprint is no longer the one that was shown.
    """
    actor.require(AccountsPermission.SIGN_KEYS)
    own = find_key_row(session, actor.person_id)
    if own is None or own.id != private.key_id or not is_trusted(session, own, anchors):
        raise KeyNotTrusted
    row = session.get(HandlerKey, key_id)
    if row is None or row.retired_at is not None or public_keys(row).fingerprint != fingerprint:
        raise NoSuchKey
    if row.person_id == actor.person_id:
        raise KeyNotTrusted
    if session.get(KeySignature, (key_id, own.id)) is not None:
        return
    statement = public_keys(row).statement
    session.add(
        KeySignature(
            key_id=key_id, signer_key_id=own.id, signature=sign(private.sign_seed, statement), signed_at=now
        )
    )
    _note(session, "accounts.sign-key", row.person_id, fingerprint, actor=actor, now=now)
    session.flush()
    take_into_use(session, anchors=anchors, actor=actor, now=now)


def _note(session: Session, act: str, person_id: str, fingerprint: str, *, actor: Actor, now: datetime) -> None:
    details = {"fingerprint": fingerprint}
    record(session, actor=actor, act=act, subject=person_id, details=details, now=now)
