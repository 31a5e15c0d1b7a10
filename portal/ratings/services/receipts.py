"""Receipts: single-use codes for people who were served.

The database knows a code by an HMAC under a key outside it. Redeeming flips one boolean and leaves no date.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from portal.foundation.crypto import hmac_digest
from portal.foundation.i18n import N_
from portal.foundation.keys import KeyRing
from portal.ratings.codes import new_code, read_code
from portal.ratings.errors import NoSuchService
from portal.ratings.models import ReceiptCountRow, ReceiptRow
from portal.ratings.register import list_services
from portal.ratings.values import RECEIPT_MONTHS, month_of, months_after

NOT_USABLE = N_("This code cannot be used. Check it, or rate without a code.")


def receipt_key(keys: KeyRing, typed: str) -> bytes | None:
    """How a typed code is known here, or None when it cannot be a code."""
    code = read_code(typed)
    return None if code is None else hmac_digest(keys.get("receipt"), code.encode())


def issue_receipts(session: Session, *, service: str, count: int, keys: KeyRing, now: datetime) -> Sequence[str]:
    """Make `count` codes for `service`, to be shown once; nothing kept can give them back.

    Raises NoSuchService.
    """
    if service not in {published.code for published in list_services(session)}:
        raise NoSuchService(N_("There is no service with this code."))
    codes = [new_code() for _ in range(count)]
    expires = months_after(month_of(now), RECEIPT_MONTHS)
    digests = sorted(digest for digest in (receipt_key(keys, code) for code in codes) if digest)
    session.connection().execute(
        insert(ReceiptRow),
        [{"key": digest, "service": service, "expires": expires, "spent": False} for digest in digests],
    )
    counted = session.get(ReceiptCountRow, (service, month_of(now)))
    if counted is None:
        session.add(ReceiptCountRow(service=service, period=month_of(now), issued=count, used=0))
    else:
        counted.issued += count
    return codes


def find_service_of_receipt(session: Session, *, key: bytes, now: datetime) -> str | None:
    """The service a code is good for now; None when it is spent, expired or unknown, without saying which."""
    return session.scalar(
        select(ReceiptRow.service).where(
            ReceiptRow.key == key, ReceiptRow.spent.is_(False), ReceiptRow.expires >= month_of(now)
        )
    )


def redeem(session: Session, *, key: bytes, service: str, now: datetime) -> bool:
    """Spend a code; False, and nothing is written, unless it is unspent, of this service and not expired."""
    spent = session.connection().execute(
        update(ReceiptRow)
        .where(
            ReceiptRow.key == key,
            ReceiptRow.spent.is_(False),
            ReceiptRow.service == service,
            ReceiptRow.expires >= month_of(now),
        )
        .values(spent=True)
    )
    return spent.rowcount == 1
