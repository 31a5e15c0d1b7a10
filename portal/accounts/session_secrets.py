"""What a session keeps: opened private keys or a phrase being set, sealed under a key of its own.

That key lies under the cookie's secret, of which the database has the digest only: a stolen dump neither continues
a session nor opens its keys. Where the cookie gets another secret, only the key is sealed anew.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from portal.accounts.values import PendingPhrase, PrivateKeys
from portal.foundation.crypto import CannotOpen, aead_open, aead_seal, hkdf


def seal_contents(contents: Mapping[str, str], *, key: bytes, ref: str) -> bytes:
    return aead_seal(_key(key), json.dumps(dict(contents), sort_keys=True).encode(), _binding(ref))


def open_contents(sealed: bytes | None, *, key: bytes, ref: str) -> dict[str, str]:
    """Raises CannotOpen when the session holds nothing that this key opens."""
    if sealed is None:
        raise CannotOpen
    found: dict[str, str] = json.loads(aead_open(_key(key), sealed, _binding(ref)))
    return found


def keys_as_contents(keys: PrivateKeys | None, *more: PrivateKeys) -> dict[str, str]:
    """`more`: other pairs of the same person, that wait or were in use before."""
    if keys is None:
        return {}
    contents = {"key": keys.key_id, "box": keys.box_private.hex(), "sign": keys.sign_seed.hex()}
    others = [[one.key_id, one.box_private.hex(), one.sign_seed.hex()] for one in more]
    return {**contents, "more": json.dumps(others)} if others else contents


def pending_contents(pending: PendingPhrase) -> dict[str, str]:
    contents = {"phrase": pending.phrase}
    return {**contents, "totp": pending.totp_secret} if pending.totp_secret else contents


def open_keys(sealed: bytes | None, *, key: bytes, ref: str) -> tuple[PrivateKeys, ...]:
    """Every pair that the session holds. Raises CannotOpen when it holds no private keys."""
    contents = open_contents(sealed, key=key, ref=ref)
    if "key" not in contents:
        raise CannotOpen
    found = [[contents["key"], contents["box"], contents["sign"]], *json.loads(contents.get("more", "[]"))]
    return tuple(PrivateKeys(one, bytes.fromhex(box), bytes.fromhex(seed)) for one, box, seed in found)


def wrap_key(key: bytes, *, secret: bytes, ref: str) -> bytes:
    return aead_seal(_wrapping(secret), key, _binding(ref))


def unwrap_key(wrapped: bytes, *, secret: bytes, ref: str) -> bytes:
    """Raises CannotOpen for another secret, or the key of another session."""
    return aead_open(_wrapping(secret), wrapped, _binding(ref))


def follower(secret: bytes, nonce: bytes) -> bytes:
    """The secret that takes the place of this one: whoever has both gets the same, nobody else knows it."""
    return hkdf(secret, "accounts: next session secret", salt=nonce)


def _key(key: bytes) -> bytes:
    return hkdf(key, "accounts: session contents")


def _wrapping(secret: bytes) -> bytes:
    return hkdf(secret, "accounts: session key")


def _binding(ref: str) -> bytes:
    return f"accounts/session/{ref}".encode()
