"""A person's key pairs: made, sealed under their pass phrase, recognised by a fingerprint, vouched for.

The private halves are sealed under a key made of the pass phrase's opener and the server key 'opener',
which lies outside the database: a stolen dump opens nothing even with the phrase, nor the server without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portal.accounts.values import PrivateKeys
from portal.foundation.crypto import (
    CannotOpen,
    aead_open,
    aead_seal,
    box_keys,
    hkdf,
    sha256,
    signing_public,
)
from portal.foundation.ids import new_id, random_bytes

_STATEMENT = b"gongping/accounts/this key is this person's/1\0"
FINGERPRINT_DIGITS = 40


@dataclass(frozen=True)
class PublicKeys:
    """The public halves and whose they are."""

    key_id: str
    person_id: str
    box_public: bytes
    sign_public: bytes

    @property
    def statement(self) -> bytes:
        """What a colleague signs to vouch for this key. All parts are of fixed length."""
        return _STATEMENT + self.key_id.encode() + self.person_id.encode() + self.box_public + self.sign_public

    @property
    def fingerprint(self) -> str:
        """160 bits of SHA-256 over the statement, in hex: what two people compare by eye."""
        return sha256(self.statement).hex()[:FINGERPRINT_DIGITS]


def generate(person_id: str) -> tuple[PublicKeys, PrivateKeys]:
    box, seed, key_id = box_keys(), random_bytes(32), new_id()
    return (
        PublicKeys(key_id, person_id, box.public, signing_public(seed)),
        PrivateKeys(key_id, box.private, seed),
    )


def seal_private(private: PrivateKeys, *, person_id: str, opener: bytes, server_key: bytes) -> bytes:
    """Seal under the phrase's opener mixed with the server key; bound to the person and the key."""
    return aead_seal(
        _sealing_key(opener, server_key, person_id),
        private.box_private + private.sign_seed,
        _binding(private.key_id, person_id),
    )


def open_private(
    sealed: bytes, *, key_id: str, person_id: str, opener: bytes, server_keys: Sequence[bytes]
) -> PrivateKeys:
    """Open with the newest server key that fits. Raises CannotOpen when none does."""
    for server_key in server_keys:
        try:
            opened = aead_open(_sealing_key(opener, server_key, person_id), sealed, _binding(key_id, person_id))
        except CannotOpen:
            continue
        return PrivateKeys(key_id, opened[:32], opened[32:])
    raise CannotOpen


def _sealing_key(opener: bytes, server_key: bytes, person_id: str) -> bytes:
    return hkdf(opener + server_key, "accounts: private keys", salt=person_id.encode())


def _binding(key_id: str, person_id: str) -> bytes:
    return f"accounts/private-keys/{person_id}/{key_id}".encode()
