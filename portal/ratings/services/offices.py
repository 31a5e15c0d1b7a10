"""Keys of bodies' own systems: shown once, kept as a digest, revoked at any time."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.foundation.crypto import same, sha256
from portal.foundation.i18n import N_, message
from portal.foundation.ids import new_id, secret_token
from portal.ratings.errors import NoSuchKey
from portal.ratings.models import OfficeKeyRow
from portal.ratings.values import Office, OfficeKey
from portal.registry.queries import get_body

LONGEST = 120


def make_office_key(session: Session, *, body: str, name: str, now: datetime) -> str:
    """A key for a system of `body`, to be shown once. Raises UnknownCode."""
    get_body(session, body)
    key_id, secret = new_id(), secret_token()
    day = now.date().isoformat()
    session.add(
        OfficeKeyRow(id=key_id, body=body, name=name[:LONGEST], digest=sha256(secret.encode()), made_on=day)
    )
    return f"{key_id}.{secret}"


def revoke_office_key(session: Session, *, key_id: str, now: datetime) -> None:
    """The key opens nothing any more. Raises NoSuchKey."""
    row = session.get(OfficeKeyRow, key_id)
    if row is None:
        raise NoSuchKey(message(N_("There is no key {id}."), id=key_id))
    row.revoked_on = row.revoked_on or now.date().isoformat()


def find_office(session: Session, key: str) -> Office | None:
    """Whose key this is; None when it is no key, or one that was revoked."""
    key_id, _, secret = key.partition(".")
    row = session.get(OfficeKeyRow, key_id) if secret and len(key_id) == 26 and key_id.isalnum() else None
    if row is None or row.revoked_on is not None or not same(row.digest, sha256(secret.encode())):
        return None
    return Office(row.id, row.body)


def list_office_keys(session: Session) -> tuple[OfficeKey, ...]:
    """Every key that was made, by body."""
    rows = session.scalars(select(OfficeKeyRow).order_by(OfficeKeyRow.body, OfficeKeyRow.made_on, OfficeKeyRow.id))
    return tuple(OfficeKey(row.id, row.body, row.name, row.made_on, row.revoked_on) for row in rows)
