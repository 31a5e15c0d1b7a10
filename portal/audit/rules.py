"""How rows become a chain: pure functions over bytes.

hash = SHA-256(hash before ‖ canonical JSON of the row), the first hash being made of the chain's name. The
root over all case chains is 32 bytes whatever their number, and salted, so that two days without a change
do not look alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

import rfc8785

from portal.foundation.crypto import sha256

_VERSION = 1


@dataclass(frozen=True)
class RowContent:
    """What a row's hash covers, besides the hash before it."""

    chain: str
    position: int
    at: datetime
    actor_id: str
    act: str
    subject: str
    details: dict[str, str]


def first_hash(chain: str) -> bytes:
    """What stands before the first row of a chain."""
    return sha256(f"gongping/audit/{_VERSION}/{chain}".encode())


def row_hash(previous: bytes, content: RowContent) -> bytes:
    at = content.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return sha256(previous + rfc8785.dumps({**asdict(content), "at": at, "v": _VERSION}))


def case_root(salt: bytes, heads: Iterable[tuple[str, bytes]]) -> bytes:
    """One root over the newest hash of every case chain, in the order of the chains' names."""
    parts = [sha256(chain.encode()) + head for chain, head in sorted(heads)]
    return sha256(b"gongping/audit/case-root/1\0" + salt + b"".join(parts))
