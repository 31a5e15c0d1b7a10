"""The few primitives every room uses, from libsodium by PyNaCl; no room calls the library itself.

HKDF is RFC 5869 with SHA-256; authenticated encryption is XChaCha20-Poly1305; boxes are anonymous X25519
sealed boxes; signatures are Ed25519.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt,
    crypto_aead_xchacha20poly1305_ietf_encrypt,
    crypto_box_easy,
    crypto_box_keypair,
    crypto_box_seal,
)
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox
from nacl.signing import SigningKey, VerifyKey

from portal.foundation.ids import random_bytes

_NONCE = 24


class CannotOpen(Exception):
    """The key, the data or its binding is wrong; nothing is said about which."""


def hkdf(key: bytes, info: str | bytes, salt: bytes = b"", length: int = 32) -> bytes:
    """Derive `length` bytes (at most 8160) for the purpose `info` from `key` (RFC 5869, SHA-256)."""
    purpose = info.encode() if isinstance(info, str) else info
    block, output = b"", b""
    extracted = hmac_digest(salt or bytes(32), key)
    for counter in range(1, -(-length // 32) + 1):
        block = hmac_digest(extracted, block + purpose + bytes([counter]))
        output += block
    return output[:length]


def hmac_digest(key: bytes, data: bytes) -> bytes:
    """HMAC-SHA-256, in one call: a quarter of what an object costs."""
    return hmac.digest(key, data, "sha256")


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def same(left: bytes, right: bytes) -> bool:
    """Compare without telling by time where they differ."""
    return hmac.compare_digest(left, right)


def aead_seal(key: bytes, data: bytes, aad: bytes) -> bytes:
    nonce = random_bytes(_NONCE)
    return nonce + crypto_aead_xchacha20poly1305_ietf_encrypt(data, aad, nonce, key)


def aead_open(key: bytes, sealed: bytes, aad: bytes) -> bytes:
    """Raises CannotOpen when `sealed` was not made by `key` for exactly this `aad`."""
    try:
        return crypto_aead_xchacha20poly1305_ietf_decrypt(sealed[_NONCE:], aad, sealed[:_NONCE], key)
    except (CryptoError, ValueError, TypeError):
        raise CannotOpen from None


@dataclass(frozen=True)
class BoxKeys:
    """An X25519 key pair, 32 bytes each."""

    private: bytes
    public: bytes


def box_keys(seed: bytes | None = None) -> BoxKeys:
    private = PrivateKey(seed if seed is not None else random_bytes(32))
    return BoxKeys(bytes(private), bytes(private.public_key))


def box_seal(public: bytes, data: bytes) -> bytes:
    """Seal for the holder of `public`; nobody else, the sealer included, can open it."""
    return crypto_box_seal(data, public)


def box_seal_all(boxes: Sequence[tuple[bytes, bytes]]) -> list[bytes]:
    """`box_seal` of each (public, data) at two thirds of the work: the sender's passing key pair is one for all.

    Each holder's key and nonce are hashed from their own public key as well, and so nothing of one helps with
    another's (Bellare, Boldyreva and Staddon, "Randomness re-use in multi-recipient encryption schemes", PKC
    2003); where somebody stands here twice, every box gets a key pair of its own.
    """
    if len({public for public, _ in boxes}) < len(boxes):
        return [box_seal(public, data) for public, data in boxes]
    passing, private = crypto_box_keypair()
    return [passing + crypto_box_easy(data, _of_both(passing, public), public, private) for public, data in boxes]


def _of_both(passing: bytes, public: bytes) -> bytes:
    """The nonce of a sealed box, as libsodium makes it."""
    return hashlib.blake2b(passing + public, digest_size=_NONCE).digest()


def box_open(private: bytes, sealed: bytes) -> bytes:
    try:
        return SealedBox(PrivateKey(private)).decrypt(sealed)
    except (CryptoError, ValueError, TypeError):
        raise CannotOpen from None


def signing_public(seed: bytes) -> bytes:
    return bytes(SigningKey(seed).verify_key)


def sign(seed: bytes, data: bytes) -> bytes:
    """Ed25519 signature of 64 bytes by the key with this 32-byte seed."""
    return SigningKey(seed).sign(data).signature


def signature_holds(public: bytes, data: bytes, signature: bytes) -> bool:
    try:
        VerifyKey(public).verify(data, signature)
    except (CryptoError, ValueError, TypeError):
        return False
    return True
