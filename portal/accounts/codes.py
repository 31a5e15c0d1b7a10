"""One-time codes (RFC 6238: SHA-1, six digits, 30 seconds), each accepted once."""

from __future__ import annotations

import base64
from datetime import datetime

import pyotp

from portal.foundation.crypto import same
from portal.foundation.ids import random_bytes

STEP_SECONDS = 30
_ISSUER = "Gongping"


def new_secret() -> str:
    """160 random bits in base32, as authenticator apps take it."""
    return base64.b32encode(random_bytes(20)).decode()


def matching_step(secret: str, typed: str, *, now: datetime, last_step: int) -> int | None:
    """The time step whose code was typed: this one or a neighbour, and later than the last one used."""
    code = "".join(typed.split())
    current = int(now.timestamp()) // STEP_SECONDS
    generator = pyotp.TOTP(secret)
    found = None
    for step in (current - 1, current, current + 1):
        matches = same(generator.at(step * STEP_SECONDS).encode(), code.encode())
        if matches and step > last_step:
            found = step
    return found


def current_code(secret: str, now: datetime) -> str:
    """The code an authenticator would show (for the demonstration's list of accounts, and tests)."""
    return pyotp.TOTP(secret).at(int(now.timestamp()))


def provisioning_uri(secret: str, *, address: str) -> str:
    return pyotp.TOTP(secret).provisioning_uri(name=address, issuer_name=_ISSUER)
