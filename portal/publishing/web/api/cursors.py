"""Cursors: where a walk through a list goes on, in which edition, for which question.

Opaque to whoever uses them, and bound to the edition of the first page: a walk sees one state, whatever is
published meanwhile. A cursor holds nothing secret, so it is checked for sense and not signed.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Cursor:
    """The edition, a mark of the question, and the place after which the next page begins."""

    edition: int
    question: str
    after: tuple[str, ...]

    def __str__(self) -> str:
        text = json.dumps([self.edition, self.question, *self.after], separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def question(path: str, filters: Mapping[str, Any]) -> str:
    """A short mark that tells one list and its filters from another."""
    asked = json.dumps([path, sorted((name, str(value)) for name, value in filters.items())])
    return hashlib.sha256(asked.encode()).hexdigest()[:12]


def parse(text: str, depth: int) -> Cursor:
    """Raises ValueError for anything that was not made by `str(Cursor(…))` with a place of `depth` parts."""
    try:
        found = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise ValueError("not a cursor") from error
    if not (
        isinstance(found, list) and len(found) == 2 + depth and type(found[0]) is int and 0 < found[0] < 10**9
    ):
        raise ValueError("not a cursor")
    mark, *after = found[1:]
    if not all(isinstance(part, str) and part.isprintable() for part in (mark, *after)):
        raise ValueError("not a cursor")
    return Cursor(found[0], mark, tuple(after))
