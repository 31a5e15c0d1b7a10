"""Counting wrong tries: per address and class of clients, or per browser known to the person.

A bucket is an HMAC: the table says neither which account nor which network was tried.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.accounts import rules
from portal.accounts.errors import WaitBeforeSignIn
from portal.accounts.models import WrongTries
from portal.foundation.crypto import hkdf, hmac_digest
from portal.foundation.db import insert_if_absent
from portal.foundation.keys import KeyRing


def bucket_for(keys: KeyRing, address: str, *, client: str, browser: str | None, now: datetime) -> bytes:
    """Where tries against `address` are counted. The class of clients changes its bucket every day."""
    source = f"browser {browser}" if browser else f"{now.date()} {client_class(client)}"
    return hmac_digest(hkdf(keys.get("totp"), "accounts: wrong tries"), f"{address}\0{source}".encode())


def client_class(address: str) -> str:
    """The network an address belongs to: /24 of IPv4, /48 of IPv6."""
    if ":" in address:
        return ":".join(address.split(":")[:3])
    return ".".join(address.split(".")[:3])


def require_no_wait(session: Session, bucket: bytes, now: datetime) -> None:
    """Raises WaitBeforeSignIn."""
    tries = session.get(WrongTries, bucket)
    seconds = rules.wait_after(tries.failures, tries.last_at, now) if tries is not None else 0
    if seconds:
        raise WaitBeforeSignIn(seconds)


def take_turn(session: Session, bucket: bytes, now: datetime) -> None:
    """Make simultaneous tries queue for this bucket, so that none slips past the count.

    Raises WaitBeforeSignIn.
    """
    insert_if_absent(session, WrongTries, bucket=bucket, failures=0, last_at=now)
    session.get(WrongTries, bucket, with_for_update=True, populate_existing=True)
    require_no_wait(session, bucket, now)


def count_wrong_try(session: Session, bucket: bytes, now: datetime) -> None:
    """Count one more; whoever calls this has taken their turn."""
    tries = session.get_one(WrongTries, bucket)
    forgotten = now - tries.last_at >= rules.FORGET_AFTER
    tries.failures = 1 if forgotten else tries.failures + 1
    tries.last_at = now


def forget_tries(session: Session, bucket: bytes) -> None:
    session.execute(delete(WrongTries).where(WrongTries.bucket == bucket))
