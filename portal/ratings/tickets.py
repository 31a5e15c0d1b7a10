"""Sealed tickets: what a rater's browser carries from one page to the next, readable by this server alone.

A *visit* carries a receipt from its link to the question, a *saved* ticket carries a mark to the comment
that may follow it. Both expire within the hour. The database holds nothing of them, so nothing there can
pair the way a rater came with the mark that was left.
"""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from portal.foundation.crypto import CannotOpen, aead_open, aead_seal, hkdf
from portal.foundation.keys import KeyRing
from portal.ratings.values import Level

LIFETIME = timedelta(hours=1)
_written = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(frozen=True)
class Visit:
    """A receipt that was opened by its link: the key it is known by, and its service."""

    receipt: bytes
    service: str


@dataclass(frozen=True)
class Saved:
    """A mark just saved: the submission it came with, and what its comment will be about."""

    submission_id: str
    service: str
    level: Level
    period: str


def seal_visit(keys: KeyRing, visit: Visit, now: datetime) -> str:
    return _seal(keys, "visit", [visit.receipt.hex(), visit.service], now)


def open_visit(keys: KeyRing, ticket: str, now: datetime) -> Visit | None:
    """None when the ticket is none of ours or too old."""
    found = _open(keys, "visit", ticket, now)
    return Visit(bytes.fromhex(found[0]), found[1]) if found else None


def seal_saved(keys: KeyRing, saved: Saved, now: datetime) -> str:
    data = [saved.submission_id, saved.service, int(saved.level), saved.period]
    return _seal(keys, "saved", data, now)


def open_saved(keys: KeyRing, ticket: str, now: datetime) -> Saved | None:
    """None when the ticket is none of ours or too old."""
    found = _open(keys, "saved", ticket, now)
    return Saved(found[0], found[1], Level(found[2]), found[3]) if found else None


@cache
def _derived(key: bytes) -> bytes:
    return hkdf(key, "ratings ticket")


def _key(keys: KeyRing) -> bytes:
    return _derived(keys.get("form-token"))


def _seal(keys: KeyRing, kind: str, data: list[Any], now: datetime) -> str:
    expires = int((now + LIFETIME).timestamp())
    plain = _written([expires, *data]).encode()
    padded = plain + b" " * (-len(plain) % 64)  # the length of a service's code says nothing either
    return base64.urlsafe_b64encode(aead_seal(_key(keys), padded, kind.encode())).decode()


def _open(keys: KeyRing, kind: str, ticket: str, now: datetime) -> list[Any] | None:
    try:
        sealed = base64.b64decode(ticket, altchars=b"-_", validate=True)
        expires, *data = json.loads(aead_open(_key(keys), sealed, kind.encode()))
    except (CannotOpen, binascii.Error, ValueError):
        return None
    return data if now.timestamp() < expires else None
