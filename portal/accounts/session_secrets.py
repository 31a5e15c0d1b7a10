"""What a session keeps: opened private keys or a phrase being set, sealed under the cookie's secret.

The database has the secret's digest only, so a stolen dump neither continues a session nor opens its keys.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from portal.accounts.values import PendingPhrase, PrivateKeys
from portal.foundation.crypto import CannotOpen, aead_open, aead_seal, hkdf


def seal_contents(contents: Mapping[str, str], *, secret: bytes, ref: str) -> bytes:
    return aead_seal(_key(secret), json.dumps(dict(contents), sort_keys=True).encode(), _binding(ref))


def open_contents(sealed: bytes | None, *, secret: bytes, ref: str) -> dict[str, str]:
    """Raises CannotOpen when the session holds nothing that this secret opens."""
    if sealed is None:
        raise CannotOpen
    found: dict[str, str] = json.loads(aead_open(_key(secret), sealed, _binding(ref)))
    return found


def keys_as_contents(keys: PrivateKeys | None) -> dict[str, str]:
    if keys is None:
        return {}
    return {"key": keys.key_id, "box": keys.box_private.hex(), "sign": keys.sign_seed.hex()}


def pending_contents(pending: PendingPhrase) -> dict[str, str]:
    contents = {"phrase": pending.phrase}
    return {**contents, "totp": pending.totp_secret} if pending.totp_secret else contents


def open_keys(sealed: bytes | None, *, secret: bytes, ref: str) -> PrivateKeys:
    """Raises CannotOpen when the session holds no private keys."""
    contents = open_contents(sealed, secret=secret, ref=ref)
    try:
        return PrivateKeys(contents["key"], bytes.fromhex(contents["box"]), bytes.fromhex(contents["sign"]))
    except KeyError:
        raise CannotOpen from None


def _key(secret: bytes) -> bytes:
    return hkdf(secret, "accounts: session contents")


def _binding(ref: str) -> bytes:
    return f"accounts/session/{ref}".encode()
