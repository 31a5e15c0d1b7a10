"""A secret in shares of which any two give it back and one says nothing. Pure.

Each share is a point on a line whose height at zero is the secret (Shamir, 1979), in the field of 2^521 - 1.
"""

from __future__ import annotations

from portal.foundation import ids

_PRIME = (1 << 521) - 1
_WIDTH = 66
SECRET_BYTES = 32


def split(secret: bytes, count: int) -> tuple[bytes, ...]:
    """Raises ValueError for fewer than two shares: one alone must never open anything."""
    if count < 2 or len(secret) != SECRET_BYTES:
        raise ValueError("a secret of 32 bytes is split among two or more")
    start = int.from_bytes(secret, "big")
    slope = int.from_bytes(ids.random_bytes(_WIDTH + 16), "big") % _PRIME
    return tuple(_share(x, (start + slope * x) % _PRIME) for x in range(1, count + 1))


def join(one: bytes, other: bytes) -> bytes:
    """The secret behind two shares of it. Raises ValueError when they are not two, or not of one secret."""
    (x1, y1), (x2, y2) = _point(one), _point(other)
    if x1 == x2:
        raise ValueError("two shares are needed, not one twice")
    start = (y1 * x2 - y2 * x1) * pow(x2 - x1, -1, _PRIME) % _PRIME
    if start >> (8 * SECRET_BYTES):
        raise ValueError("these are no shares of one secret")
    return start.to_bytes(SECRET_BYTES, "big")


def _share(x: int, y: int) -> bytes:
    return x.to_bytes(2, "big") + y.to_bytes(_WIDTH, "big")


def _point(share: bytes) -> tuple[int, int]:
    if len(share) != 2 + _WIDTH:
        raise ValueError("no share")
    return int.from_bytes(share[:2], "big"), int.from_bytes(share[2:], "big")
