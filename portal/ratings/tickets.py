"""Sealed tickets: what a rater's browser carries from one page to the next, readable by this server alone.

A *visit* carries a receipt from its link to the question, a *saved* ticket carries a mark to what may be
added to it. Both expire within the hour. The database holds nothing of them, so nothing there can
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
from portal.ratings.values import Channel, Level

LIFETIME = timedelta(hours=1)
_written = json.JSONEncoder(separators=(",", ":")).encode


@dataclass(frozen=True)
class Visit:
    """A receipt that was opened by its link: the key it is known by, its service, and how the link came."""

    receipt: bytes
    service: str
    channel: Channel = Channel.WEB


@dataclass(frozen=True)
class Saved:
    """A mark just saved: the submission it came with, and what will be added is about.

    `code` once an answer of the body was asked for: by it the answer is read, and it can be shown again.
    """

    submission_id: str
    service: str
    level: Level
    period: str
    channel: Channel = Channel.WEB
    code: str = ""


def seal_visit(keys: KeyRing, visit: Visit, now: datetime) -> str:
    return _seal(keys, "visit", [visit.receipt.hex(), visit.service, visit.channel.value], now)


def open_visit(keys: KeyRing, ticket: str, now: datetime) -> Visit | None:
    """None when the ticket is none of ours or too old."""
    found = _open(keys, "visit", ticket, now)
    return Visit(bytes.fromhex(found[0]), found[1], Channel(found[2])) if found else None


def seal_saved(keys: KeyRing, saved: Saved, now: datetime) -> str:
    data = [saved.submission_id, saved.service, int(saved.level), saved.period, saved.channel.value]
    data.append(saved.code)
    return _seal(keys, "saved", data, now)


def open_saved(keys: KeyRing, ticket: str, now: datetime) -> Saved | None:
    """None when the ticket is none of ours or too old."""
    found = _open(keys, "saved", ticket, now)
    if found is None:
        return None
    submission, service, level, period, channel, code = found
    return Saved(submission, service, Level(level), period, Channel(channel), code)


@cache
def _derived(key: bytes) -> bytes:
    return hkdf(key, "ratings ticket")


def _seal(keys: KeyRing, kind: str, data: list[Any], now: datetime) -> str:
    expires = int((now + LIFETIME).timestamp())
    plain = _written([expires, *data]).encode()
    padded = plain + b" " * (-len(plain) % 64)  # the length of a service's code says nothing either
    return base64.urlsafe_b64encode(aead_seal(_derived(keys.get("form-token")), padded, kind.encode())).decode()


def _open(keys: KeyRing, kind: str, ticket: str, now: datetime) -> list[Any] | None:
    try:
        sealed = base64.b64decode(ticket, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    for key in keys.every("form-token"):
        try:
            expires, *data = json.loads(aead_open(_derived(key), sealed, kind.encode()))
        except (CannotOpen, ValueError):
            continue
        return data if now.timestamp() < expires else None
    return None
