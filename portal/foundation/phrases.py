"""Secrets as words: seven from the EFF's long list, about 90 bits, readable over the telephone.

Source of the list: Electronic Frontier Foundation, "EFF's New Wordlists for Random Passphrases" (2016), as
shipped by xkcdpass; its four words with a hyphen are left out, so that spaces and hyphens may be typed alike.
"""

import re
from functools import cache

from xkcdpass.xkcd_password import generate_wordlist, locate_wordfile

from portal.foundation.ids import random_bytes

WORDS = 7


@cache
def word_list() -> tuple[str, ...]:
    """The words in alphabetical order, 7,772 of them: 12.92 bits each."""
    found = generate_wordlist(wordfile=locate_wordfile("eff-long"), min_length=3, max_length=9)
    return tuple(sorted({word for word in found if word.isalpha()}))


def new_phrase(words: int = WORDS) -> str:
    return " ".join(_pick() for _ in range(words))


def normalise(typed: str) -> str:
    """What was typed, as the phrase was given: lower case, one space between words, hyphens as spaces."""
    return " ".join(re.split(r"[\s\-_.,]+", typed.strip().lower())).strip()


def _pick() -> str:
    words = word_list()
    limit = 65536 - 65536 % len(words)
    while (number := int.from_bytes(random_bytes(2), "big")) >= limit:
        pass  # a remainder would make some words likelier
    return words[number % len(words)]
