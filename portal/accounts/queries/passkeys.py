"""A person's passkeys, as they see them listed."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.models import Passkey
from portal.accounts.values import PasskeyCard


def passkeys_of(session: Session, person_id: str) -> tuple[PasskeyCard, ...]:
    """By name."""
    query = select(Passkey).where(Passkey.person_id == person_id).order_by(Passkey.name, Passkey.id)
    return tuple(
        PasskeyCard(row.id, row.name, row.credential_id, row.added_on, row.used_on)
        for row in session.scalars(query)
    )
