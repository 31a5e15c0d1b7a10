"""All randomness of the product: ids, secrets, salts. Tests may seed the source to compare two systems."""

import base64
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Source = Callable[[int], bytes]

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]  # by ten bits
_LENGTH = 26
_source: Source = os.urandom


def random_bytes(count: int) -> bytes:
    return _source(count)


def new_id() -> str:
    """128 random bits as 26 characters of lower-case Crockford base32; says nothing about order or time."""
    return id_of(random_bytes(16))


def new_ids(count: int) -> list[str]:
    """So many ids for rows that are written and deleted together: 112 random bits they share, and a number each.

    They lie side by side in an index, where each of `new_id` changes a page of its own.
    """
    shared = random_bytes(14)
    return [id_of(shared + number.to_bytes(2, "big")) for number in range(count)]


def id_of(data: bytes) -> str:
    """The form of an id, for 16 bytes that are given (a digest that makes the same id again)."""
    bits = int.from_bytes(data[:16], "big") << 2
    return "".join([_PAIRS[bits >> shift & 1023] for shift in range(120, -1, -10)])


def is_id(text: str) -> bool:
    """Whether it has the form of an id."""
    return len(text) == _LENGTH and set(text) <= set(_ALPHABET)


def secret_token() -> str:
    """256 random bits, URL-safe, for cookies and links that are secrets."""
    return base64.urlsafe_b64encode(random_bytes(32)).decode().rstrip("=")


@contextmanager
def use_source(source: Source) -> Iterator[None]:
    """Draw randomness from `source` inside the block (tests only)."""
    global _source
    before, _source = _source, source
    try:
        yield
    finally:
        _source = before
