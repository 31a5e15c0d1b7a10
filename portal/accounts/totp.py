"""The secret behind a person's one-time codes, sealed under the server key 'totp' outside the database."""

from __future__ import annotations

from portal.foundation.crypto import CannotOpen, aead_open, aead_seal
from portal.foundation.keys import KeyRing


def seal_totp(keys: KeyRing, person_id: str, secret: str) -> bytes:
    return aead_seal(keys.get("totp"), secret.encode(), _binding(person_id))


def open_totp(keys: KeyRing, person_id: str, sealed: bytes) -> str:
    """Raises CannotOpen when the server keys do not fit."""
    for key in keys.every("totp"):
        try:
            return aead_open(key, sealed, _binding(person_id)).decode()
        except CannotOpen:
            continue
    raise CannotOpen


def _binding(person_id: str) -> bytes:
    return f"accounts/totp/{person_id}".encode()
