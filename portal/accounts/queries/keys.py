"""Public keys and who vouches for them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts import rules
from portal.accounts.errors import NoSuchKey
from portal.accounts.key_pairs import PublicKeys
from portal.accounts.models import HandlerKey, KeySignature
from portal.accounts.queries.people import list_people, people_with
from portal.accounts.values import Anchors, KeyCard, TrustedKey


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
        if standing[row.id].trusted and row.retired_at is None and row.person_id in holders
    )


def trusted_keys_of(session: Session, people: Collection[str], anchors: Anchors) -> tuple[TrustedKey, ...]:
    """The trusted keys in use of these people, whether or not they may do anything at the moment."""
    rows = _rows(session)
    standing = _standing(session, rows, anchors)
    return tuple(
        TrustedKey(row.person_id, row.id, row.box_public)
        for row in rows
        if row.person_id in people and row.retired_at is None and standing[row.id].trusted
    )


def key_cards(session: Session, anchors: Anchors) -> tuple[KeyCard, ...]:
    """Keys in use, by the name of their owner, with their standing."""
    rows = _rows(session)
    standing = _standing(session, rows, anchors)
    in_use = {row.person_id: row for row in rows if row.retired_at is None}
    people = [person for person in list_people(session) if person.is_active and person.id in in_use]
    cards = []
    for person in people:
        row = in_use[person.id]
        found = standing[row.id]
        cards.append(
            KeyCard(
                key_id=row.id,
                person_id=person.id,
                person_name=person.name,
                fingerprint=public_keys(row).fingerprint,
                created_at=row.created_at,
                anchored=found.anchored,
                trusted=found.trusted,
                signed_by=tuple(sorted(found.signed_by)),
            )
        )
    return tuple(cards)


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
    return session.scalar(
        select(HandlerKey).where(HandlerKey.person_id == person_id, HandlerKey.retired_at.is_(None))
    )


def is_trusted(session: Session, row: HandlerKey, anchors: Anchors) -> bool:
    return _standing(session, _rows(session), anchors)[row.id].trusted


def public_keys(row: HandlerKey) -> PublicKeys:
    return PublicKeys(row.id, row.person_id, row.box_public, row.sign_public)


def _rows(session: Session) -> Sequence[HandlerKey]:
    return session.scalars(select(HandlerKey).order_by(HandlerKey.created_at, HandlerKey.id)).all()


def _standing(session: Session, rows: Sequence[HandlerKey], anchors: Anchors) -> Mapping[str, rules.Standing]:
    vouchers = [
        rules.Voucher(row.key_id, row.signer_key_id, row.signature)
        for row in session.scalars(select(KeySignature))
    ]
    return rules.standing({row.id: public_keys(row) for row in rows}, vouchers, anchors.fingerprints)
