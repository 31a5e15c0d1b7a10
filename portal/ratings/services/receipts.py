"""Receipts: single-use codes for people who were served.

The database knows a code by an HMAC under a key outside it. Redeeming flips one boolean and leaves no date.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.audit.services import record
from portal.foundation.actor import Actor
from portal.foundation.clock import months_after
from portal.foundation.crypto import hmac_digest, sha256
from portal.foundation.i18n import N_
from portal.foundation.ids import random_bytes
from portal.foundation.keys import KeyRing
from portal.ratings.codes import code_of, read_code
from portal.ratings.errors import NoSuchService, NotYourService, OtherRequest
from portal.ratings.models import OfficeRequestRow, ReceiptCountRow, ReceiptRow
from portal.ratings.permissions import RatingsPermission
from portal.ratings.register import list_services
from portal.ratings.rules.integrity import ReceiptAge, age_of
from portal.ratings.services.offices import use_office_key
from portal.ratings.values import RECEIPT_MONTHS, Issued, KeyUse, Office, month_of

NOT_USABLE = N_("This code cannot be used. Check it, or rate without a code.")


def receipt_key(keys: KeyRing, typed: str) -> bytes | None:
    """How a typed code is known here when it is given out now, or None when it cannot be a code."""
    code = read_code(typed)
    return None if code is None else _digest(keys.get("receipt"), code)


def known_receipt(session: Session, keys: KeyRing, typed: str) -> bytes | None:
    """How a typed code is known here, though the server key was changed since it was given out.

    None when it cannot be a code. Nothing is looked up as long as there is one key.
    """
    code = read_code(typed)
    if code is None:
        return None
    digests = [_digest(key, code) for key in keys.every("receipt")]
    if len(digests) == 1:
        return digests[0]
    return session.scalar(select(ReceiptRow.key).where(ReceiptRow.key.in_(digests))) or digests[0]


def _digest(key: bytes, code: str) -> bytes:
    return hmac_digest(key, code.encode())


def issue_receipts(
    session: Session, *, service: str, count: int, keys: KeyRing, now: datetime, order: bytes = b""
) -> Sequence[str]:
    """Make `count` codes for `service`, to be shown once; nothing kept can give them back.

    The same `order` (secret bytes of whoever asks) gives the same codes and issues them once: a page or a
    program that asks again after a lost answer gets what it did not see. Raises NoSuchService.
    """
    if service not in {published.code for published in list_services(session)}:
        raise NoSuchService(N_("There is no service with this code."))
    asked = f"{service}|{count}|".encode() + (order or random_bytes(32))
    for key in keys.every("receipt") if order else ():  # it may have been answered under a key from before
        codes, digests = _codes(key, asked, count)
        if session.get(ReceiptRow, digests[0]) is not None:
            return codes
    codes, digests = _codes(keys.get("receipt"), asked, count)
    expires = months_after(month_of(now), RECEIPT_MONTHS)
    session.connection().execute(
        insert(ReceiptRow),
        [
            {"key": digest, "service": service, "expires": expires, "spent": False, "fresh": True}
            for digest in digests
        ],
    )
    count_issued(session, service=service, month=month_of(now), count=count)
    return codes


def _codes(key: bytes, asked: bytes, count: int) -> tuple[list[str], list[bytes]]:
    """The codes that follow from a key and an order, and what they are known by, sorted."""
    secret = hmac_digest(key, b"order" + asked)
    codes = [code_of(hmac_digest(secret, str(number).encode())) for number in range(count)]
    return codes, sorted(_digest(key, read_code(code) or "") for code in codes)


def issue_at_desk(
    session: Session,
    *,
    service: str,
    count: int,
    order: bytes,
    bodies: Collection[str],
    keys: KeyRing,
    actor: Actor,
    now: datetime,
) -> Issued:
    """`issue_receipts` by a person, for a service of the `bodies` they work for.

    Raises Forbidden, NotYourService, NoSuchService.
    """
    actor.require(RatingsPermission.ISSUE_RECEIPTS)
    require_own_service(session, service, bodies)
    codes = issue_receipts(session, service=service, count=count, keys=keys, now=now, order=order)
    record(
        session,
        actor=actor,
        act="ratings.receipts-issued",
        subject=f"service:{service}",
        details={"count": str(count)},
        now=now,
    )
    return Issued(service, tuple(codes), months_after(month_of(now), RECEIPT_MONTHS))


def issue_to_office(
    session: Session,
    *,
    office: Office,
    service: str,
    count: int,
    idempotency_key: str,
    keys: KeyRing,
    now: datetime,
) -> Issued:
    """`issue_receipts` for a body's own system; the same idempotency key gives the same codes for two days.

    Raises NotYourService, NoSuchService, NotThisUse, UsedUp, OtherRequest.
    """
    require_own_service(session, service, (office.body,))
    use_office_key(session, office, KeyUse.RECEIPTS, count=count, now=now)
    said = f"office|{office.key_id}|{idempotency_key}".encode()
    orders = [hmac_digest(key, said) for key in keys.every("receipt")]
    asked = sha256(f"{service}|{count}".encode())
    known = session.scalar(select(OfficeRequestRow).where(OfficeRequestRow.key.in_(orders)))
    order = known.key if known else orders[0]
    if known is None:
        session.add(OfficeRequestRow(key=order, asked=asked, day=now.date().isoformat()))
        session.flush()
    elif known.asked != asked:
        raise OtherRequest(N_("This idempotency key was used for another request."))
    codes = issue_receipts(session, service=service, count=count, keys=keys, now=now, order=order)
    return Issued(service, tuple(codes), months_after(month_of(now), RECEIPT_MONTHS))


def require_own_service(session: Session, service: str, bodies: Collection[str]) -> None:
    """Raises NoSuchService, or NotYourService when it belongs to none of the bodies."""
    found = next((one for one in list_services(session) if one.code == service), None)
    if found is None:
        raise NoSuchService(N_("There is no service with this code."))
    if found.body not in bodies:
        raise NotYourService(N_("This service belongs to another body."))


def count_issued(session: Session, *, service: str, month: str, count: int) -> None:
    """Add to the month's receipts of a service."""
    make = (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert
    row = make(ReceiptCountRow).values(service=service, period=month, issued=count, used=0)
    session.execute(
        row.on_conflict_do_update(
            index_elements=["service", "period"],
            set_={"issued": ReceiptCountRow.__table__.c.issued + row.excluded.issued},
        )
    )


def redeem(session: Session, *, key: bytes, service: str, now: datetime) -> ReceiptAge | None:
    """Spend a code and say how old it was; None, and nothing is written, unless it is unspent, of this service
    and not expired."""
    spent = session.connection().execute(
        update(ReceiptRow)
        .where(
            ReceiptRow.key == key,
            ReceiptRow.spent.is_(False),
            ReceiptRow.service == service,
            ReceiptRow.expires >= month_of(now),
        )
        .values(spent=True)
        .returning(ReceiptRow.fresh, ReceiptRow.expires)
    )
    found = spent.one_or_none()
    return None if found is None else age_of(fresh=found.fresh, expires=found.expires, month=month_of(now))
