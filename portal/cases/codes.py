"""The reporter's code: seven words of the EFF long list, about 90 bits, shown once.

The code is looked up by an HMAC whose key lies outside the database; the mailbox key pair comes from the code
and the row's own salt, so that neither a dump nor one guess tried against every row opens anything. At 90 bits
a slow hash would add no safety and would hand floods a lever.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from portal.foundation import crypto
from portal.foundation.phrases import WORDS, new_phrase, word_list

_FEWEST_LETTERS, _MOST_LETTERS = WORDS * 3, WORDS * 9
_MOST_PARTS = 14  # a word of the list may have a hyphen in it


_LETTERS = re.compile("[a-z]+")


def new_code() -> str:
    return new_phrase()


def canonical(code: str) -> bytes:
    """The letters of a typed code alone: capitals, hyphens, commas, line breaks make no difference."""
    return "".join(_parts(code)).encode()


def lookup(code: str, lookup_key: bytes) -> bytes:
    """What the row of a mailbox is found by."""
    return crypto.hmac_digest(lookup_key, b"mailbox\0" + canonical(code))


def stands_in(text: str, *, lookups: frozenset[bytes], lookup_keys: Iterable[bytes]) -> bool:
    """Whether a text holds the code of one of these rows, with whatever stands between its words."""
    keys, parts = tuple(lookup_keys), _parts(text)
    for start in range(len(parts)):
        run = ""
        for part in parts[start : start + _MOST_PARTS]:
            run += part
            if len(run) > _MOST_LETTERS:
                break
            if len(run) >= _FEWEST_LETTERS and any(lookup(run, key) in lookups for key in keys):
                return True
    return False


def possible_in(text: str) -> frozenset[str]:
    """What stands in a text and can be a code: seven words of the list in a row, or so many letters in one piece.

    Hardly any text holds seven such words in a row, so that nearly none costs more than a look at its words.
    """
    words, parts = _words(), _parts(text)
    known = [part in words for part in parts]
    rows = ("".join(parts[at : at + WORDS]) for at in range(len(parts) - WORDS + 1) if all(known[at : at + WORDS]))
    pieces = (part for part in parts if _FEWEST_LETTERS <= len(part) <= _MOST_LETTERS)
    return frozenset((*rows, *pieces))


def misspelt(code: str) -> str | None:
    """The first word of a typed code that is none of the list, if there is one.

    The list is public, so this says nothing of any report.
    """
    return next((part for part in _parts(code) if part not in _words()), None)


def count_words(code: str) -> int:
    return len(_parts(code))


def _parts(code: str) -> list[str]:
    return _LETTERS.findall(unicodedata.normalize("NFKC", code).lower())


@cache
def _words() -> frozenset[str]:
    return frozenset(word_list())


def filing_nonce(code: str) -> bytes:
    """What salts the commitment to a report in the public log; it does not lead back to the code."""
    return crypto.hkdf(canonical(code), "gongping proof of filing 1")


def mailbox_keys(code: str, salt: bytes) -> crypto.BoxKeys:
    """The X25519 key pair of the mailbox, from the code and the row's salt."""
    return crypto.box_keys(crypto.hkdf(canonical(code), "gongping mailbox key 1", salt))
