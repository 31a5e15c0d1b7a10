"""Salted digests: how a text by a person enters the log, so that it can be withdrawn without a gap.

SHA-256(salt ‖ text) with 32 random bytes of salt tells nothing about a text once the salt is gone, not
even to someone who guesses the text.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

SALT_BYTES = 32
_HEX = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class SaltedWords:
    """A text with its salt, or the edition whose act withdrew both."""

    salt: bytes | None
    text: str | None
    withdrawn_in: int | None


def salted_digest(salt: bytes, text: str) -> str:
    """The digest in hex. Raises ValueError for a salt of another length: digests must not be ambiguous."""
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt is {SALT_BYTES} bytes long")
    return hashlib.sha256(salt + text.encode()).hexdigest()


def is_digest(text: object) -> bool:
    return isinstance(text, str) and _HEX.fullmatch(text) is not None


def cited(value: Any) -> Iterator[str]:
    """Every digest that a statement cites, wherever in it: each object {"digest": …} of one field."""
    if isinstance(value, dict):
        if set(value) == {"digest"} and is_digest(value["digest"]):
            yield value["digest"]
        for part in value.values():
            yield from cited(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from cited(part)
