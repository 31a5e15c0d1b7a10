"""Commitments: what a body hands in is fixed in the log before anybody may read it.

SHA-256(salt ‖ canonical value) with 32 random bytes of salt: even a value that can only be 0 or 1 cannot be
found by trying. The release that publishes the value publishes salt and value, which open the commitment.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from portal.publishing.log.canonical import NotCanonical, canonical

SALT_BYTES = 32


def commit(salt: bytes, said: Mapping[str, Any]) -> str:
    """The commitment in hex. Raises ValueError for a salt of another length, NotCanonical for a float."""
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt is {SALT_BYTES} bytes long")
    return hashlib.sha256(salt + canonical(said)).hexdigest()


def opens(commitment: str, salt: str, said: Mapping[str, Any]) -> bool:
    """Whether a salt (in hex) and a value are those that were committed to."""
    try:
        return commit(bytes.fromhex(salt), said) == commitment
    except (ValueError, NotCanonical):
        return False
