"""A value with the second it was given out and an HMAC over both: what comes back is ours, and its age is known.

Every page with a form makes one and every form sent reads one, so it is two joins and one hash.
"""

from base64 import urlsafe_b64encode

from portal.foundation.crypto import hmac_digest, same


class BadToken(Exception):
    """It was not made under this key for this purpose."""


class OldToken(BadToken):
    """It was, but too long ago (or by a clock that runs ahead of ours)."""


def make(key: bytes, purpose: str, value: str, *, at: float) -> str:
    """`value` holds no full stop; `at` is a moment in seconds."""
    said = f"{value}.{int(at)}"
    return f"{said}.{_proof(key, purpose, said)}"


def read(key: bytes, purpose: str, token: str, *, at: float, lifetime: float) -> str:
    """The value in a token no older than `lifetime` seconds. Raises BadToken, and OldToken which is one."""
    said, _, proof = token.rpartition(".")
    if not same(proof.encode("utf-8", "surrogatepass"), _proof(key, purpose, said).encode()):
        raise BadToken
    value, _, second = said.rpartition(".")
    if not 0 <= int(at) - int(second) <= lifetime:
        raise OldToken
    return value


def _proof(key: bytes, purpose: str, said: str) -> str:
    data = f"token\0{purpose}\0{said}".encode("utf-8", "surrogatepass")
    return urlsafe_b64encode(hmac_digest(key, data)).decode().rstrip("=")
