"""Public keys and who vouches for them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts import rules
from portal.accounts.errors import NoSuchKey
from portal.accounts.key_pairs import PublicKeys
from portal.accounts.models import HandlerKey, KeySignature
from portal.accounts.permissions import AccountsPermission
from portal.accounts.queries.people import list_people, people_with
from portal.accounts.values import Anchors, KeyCard, Person, TrustedKey, WaitingKey

_IN_USE = HandlerKey.retired_at.is_(None) & ~HandlerKey.waiting


def trusted_keys(
    session: Session, permission: str, anchors: Anchors, *, even_held_back: bool = False
) -> tuple[TrustedKey, ...]:
    """Keys that may receive wraps: in use, of active holders of `permission`, anchored or vouched for.

    `anchors` comes from `services.load_anchors`; a key is never trusted by the database's word
    alone. `even_held_back`: see `people_with`.
    """
    holders = {person.id for person in people_with(session, permission, even_held_back=even_held_back)}
    rows = _rows(session)
    standing = _standing(session, rows, anchors)
    return tuple(
        TrustedKey(row.person_id, row.id, row.box_public)
        for row in rows
        if standing[row.id].trusted and _in_use(row) and row.person_id in holders
    )


def trusted_keys_of(session: Session, people: Collection[str], anchors: Anchors) -> tuple[TrustedKey, ...]:
    """The trusted keys in use of these people, whether or not they may do anything at the moment."""
    rows = _rows(session)
    standing = _standing(session, rows, anchors)
    return tuple(
        TrustedKey(row.person_id, row.id, row.box_public)
        for row in rows
        if row.person_id in people and _in_use(row) and standing[row.id].trusted
    )


def key_cards(session: Session, anchors: Anchors) -> tuple[KeyCard, ...]:
    """Keys in use and those that wait to be, by the name of their owner, with their standing."""
    rows = _rows(session)
    standing = _standing(session, rows, anchors)
    theirs: dict[str, list[HandlerKey]] = {}
    for row in sorted((row for row in rows if row.retired_at is None), key=lambda row: row.waiting):
        theirs.setdefault(row.person_id, []).append(row)
    return tuple(
        _card(row, person, standing[row.id])
        for person in list_people(session)
        if person.is_active
        for row in theirs.get(person.id, ())
    )


def _card(row: HandlerKey, person: Person, found: rules.Standing) -> KeyCard:
    return KeyCard(
        key_id=row.id,
        person_id=person.id,
        person_name=person.name,
        fingerprint=public_keys(row).fingerprint,
        created_at=row.created_at,
        anchored=found.anchored,
        trusted=found.trusted,
        signed_by=tuple(sorted(found.signed_by)),
        waiting=row.waiting,
    )


def waiting_keys(session: Session, anchors: Anchors) -> tuple[WaitingKey, ...]:
    """Keys that were made to take the place of those in use, and who could still vouch for each."""
    cards = key_cards(session, anchors)
    vouching = {key.person_id for key in trusted_keys(session, AccountsPermission.SIGN_KEYS, anchors)}
    return tuple(
        WaitingKey(
            card.key_id,
            card.person_id,
            tuple(sorted(vouching - {card.person_id, *card.signed_by})),
            card.created_at,
        )
        for card in cards
        if card.waiting
    )


def ids_of_waiting_keys(session: Session) -> frozenset[str]:
    """Which keys wait, whoever has signed them."""
    return frozenset(
        session.scalars(select(HandlerKey.id).where(HandlerKey.retired_at.is_(None), HandlerKey.waiting))
    )


def has_former_key(session: Session, person_id: str) -> bool:
    """Whether a key that this person had in use before is kept, since something may still be sealed to it."""
    query = select(HandlerKey.id).where(
        HandlerKey.person_id == person_id,
        HandlerKey.retired_at.is_not(None),
        HandlerKey.sealed_private.is_not(None),
    )
    return session.scalar(query.limit(1)) is not None


def kept_keys(session: Session, *, retired_before: datetime) -> tuple[str, ...]:
    """Ids of all keys that are kept for that reason since before then."""
    query = select(HandlerKey.id).where(
        HandlerKey.retired_at < retired_before, HandlerKey.sealed_private.is_not(None)
    )
    return tuple(session.scalars(query.order_by(HandlerKey.id)))


def trusted_waiting(session: Session, anchors: Anchors) -> tuple[HandlerKey, ...]:
    """The rows of keys that wait, though enough colleagues have signed them."""
    rows = _rows(session)
    waiting = [row for row in rows if row.waiting and row.retired_at is None]
    standing = _standing(session, rows, anchors) if waiting else {}
    return tuple(row for row in waiting if standing[row.id].trusted)


def has_vouched_keys(session: Session) -> bool:
    """Whether anybody vouched for a key yet: only somebody whose own key was trusted could."""
    return session.scalar(select(KeySignature.key_id).limit(1)) is not None


def fingerprint_of(session: Session, person_id: str) -> str:
    """The fingerprint of the person's key in use. Raises NoSuchKey when they have none yet."""
    row = find_key_row(session, person_id)
    if row is None:
        raise NoSuchKey
    return public_keys(row).fingerprint


def find_key_row(session: Session, person_id: str) -> HandlerKey | None:
    """The person's key in use."""
    return session.scalar(select(HandlerKey).where(HandlerKey.person_id == person_id, _IN_USE))


def find_waiting_row(session: Session, person_id: str) -> HandlerKey | None:
    """The person's key that is to take the place of the one in use."""
    not_retired = HandlerKey.retired_at.is_(None), HandlerKey.waiting
    return session.scalar(select(HandlerKey).where(HandlerKey.person_id == person_id, *not_retired))


def rows_with_private(session: Session, person_id: str) -> Sequence[HandlerKey]:
    """All of the person's keys whose private half is there: the one in use first."""
    query = select(HandlerKey).where(HandlerKey.person_id == person_id, HandlerKey.sealed_private.is_not(None))
    rows = session.scalars(query.order_by(HandlerKey.created_at, HandlerKey.id)).all()
    return sorted(rows, key=lambda row: not _in_use(row))


def is_trusted(session: Session, row: HandlerKey, anchors: Anchors) -> bool:
    return _standing(session, _rows(session), anchors)[row.id].trusted


def public_keys(row: HandlerKey) -> PublicKeys:
    return PublicKeys(row.id, row.person_id, row.box_public, row.sign_public)


def _in_use(row: HandlerKey) -> bool:
    return row.retired_at is None and not row.waiting


def _rows(session: Session) -> Sequence[HandlerKey]:
    return session.scalars(select(HandlerKey).order_by(HandlerKey.created_at, HandlerKey.id)).all()


def _standing(session: Session, rows: Sequence[HandlerKey], anchors: Anchors) -> Mapping[str, rules.Standing]:
    vouchers = [
        rules.Voucher(row.key_id, row.signer_key_id, row.signature)
        for row in session.scalars(select(KeySignature))
    ]
    return rules.standing({row.id: public_keys(row) for row in rows}, vouchers, anchors.fingerprints)
