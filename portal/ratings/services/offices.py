"""Keys of bodies' own systems: shown once, kept as a digest, good for one body, revoked at any time."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from portal.audit.services import record
from portal.foundation.actor import Actor
from portal.foundation.clock import day_start
from portal.foundation.crypto import same, sha256
from portal.foundation.i18n import N_, message
from portal.foundation.ids import new_id, secret_token
from portal.ratings.errors import KeyMadeBefore, NoSuchKey, NotThisUse, UsedUp
from portal.ratings.models import OfficeKeyRow
from portal.ratings.permissions import RatingsPermission
from portal.ratings.values import KEY_PER_DAY, KeyUse, Office, OfficeKey
from portal.registry.queries import get_body

LONGEST = 120


def make_office_key(
    session: Session,
    *,
    body: str,
    name: str,
    actor: Actor,
    now: datetime,
    good_for: KeyUse = KeyUse.BOTH,
    per_day: int = KEY_PER_DAY,
    key_id: str = "",
) -> str:
    """A key for a system of `body`, to be shown once. With the same `key_id` none is made a second time.

    Raises Forbidden, UnknownCode, KeyMadeBefore.
    """
    actor.require(RatingsPermission.KEEP_OFFICE_KEYS)
    get_body(session, body)
    key_id, secret = key_id or new_id(), secret_token()
    if session.get(OfficeKeyRow, key_id) is not None:
        raise KeyMadeBefore(
            N_("This key was made already and is shown only once. Revoke it and make another one.")
        )
    session.add(
        OfficeKeyRow(
            id=key_id,
            body=body,
            name=name[:LONGEST],
            digest=sha256(secret.encode()),
            good_for=good_for.value,
            per_day=per_day,
            made_on=now.date().isoformat(),
        )
    )
    details = {"body": body, "good_for": good_for.value, "per_day": str(per_day)}
    record(session, actor=actor, act="ratings.key-made", subject=key_id, details=details, now=now)
    return f"{key_id}.{secret}"


def revoke_office_key(session: Session, *, key_id: str, actor: Actor, now: datetime) -> None:
    """The key opens nothing any more. Raises Forbidden, NoSuchKey."""
    actor.require(RatingsPermission.KEEP_OFFICE_KEYS)
    row = session.get(OfficeKeyRow, key_id)
    if row is None:
        raise NoSuchKey(message(N_("There is no key {id}."), id=key_id))
    if row.revoked_on is None:
        row.revoked_on = now.date().isoformat()
        record(
            session, actor=actor, act="ratings.key-revoked", subject=key_id, details={"body": row.body}, now=now
        )


def find_office(session: Session, key: str) -> Office | None:
    """Whose key this is; None when it is no key, or one that was revoked."""
    key_id, _, secret = key.partition(".")
    row = session.get(OfficeKeyRow, key_id) if secret and len(key_id) == 26 and key_id.isalnum() else None
    if row is None or row.revoked_on is not None or not same(row.digest, sha256(secret.encode())):
        return None
    return Office(row.id, row.body, KeyUse(row.good_for))


def use_office_key(session: Session, office: Office, use: KeyUse, *, count: int, now: datetime) -> None:
    """Count `count` codes or ratings against the day of the key, and keep nothing else of its use.

    Raises NotThisUse, and UsedUp when the key is not good for so many any more today.
    """
    if not office.good_for.covers(use):
        raise NotThisUse(N_("This key is not good for this call."))
    today = now.date().isoformat()
    used = case((OfficeKeyRow.used_on == today, OfficeKeyRow.used), else_=0) + count
    counted = session.execute(
        update(OfficeKeyRow)
        .where(OfficeKeyRow.id == office.key_id, used <= OfficeKeyRow.per_day)
        .values(used=used, used_on=today)
        .returning(OfficeKeyRow.id)
        .execution_options(synchronize_session=False)
    ).first()
    if counted is None:
        tomorrow = (day_start(now) + timedelta(days=1)).astimezone(UTC)
        raise UsedUp(
            N_("This key has been used as often as it may on one day. It can be used again tomorrow."),
            retry_after=int((tomorrow - now).total_seconds()) + 1,
        )


def list_office_keys(session: Session) -> tuple[OfficeKey, ...]:
    """Every key that was made, by body."""
    rows = session.scalars(select(OfficeKeyRow).order_by(OfficeKeyRow.body, OfficeKeyRow.made_on, OfficeKeyRow.id))
    return tuple(
        OfficeKey(
            *(row.id, row.body, row.name, KeyUse(row.good_for), row.per_day),
            *(row.made_on, row.used_on, row.revoked_on),
        )
        for row in rows
    )
