"""What in a comment must not become public, or makes a moderator look twice. Nothing here hides anything.

Telephone and identity numbers and mail addresses are masked wherever a comment is published; names only when a
person says so.
"""

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from portal.foundation.personal import MASK, NARROW, personal_in

_ABUSE = re.compile(
    r"傻[逼比屄叉]|操你|草泥马|他妈的|妈的|王八蛋|狗日|滚蛋|去死|畜生|\b(?:fuck\w*|shit\w*|bastards?|bitch\w*|assholes?|scum)\b",
    re.IGNORECASE,
)
_LETTERS = str.maketrans("0123456789abcdef", "abcdefghijklmnop")
_OWN_SCRIPTS = ("LATIN", "CJK")
_FEW_LETTERS, _FOREIGN_SHARE = 4, 0.3


class Flag(StrEnum):
    """Why somebody should look twice."""

    PHONE = "phone"
    IDENTITY = "identity"
    MAIL = "mail"
    ABUSE = "abuse"
    OTHER_SCRIPT = "other-script"
    LIKE_OTHERS = "like-others"
    """Nearly the same as many others that wait (`rules.likeness`): told by the night's work, not by the text."""


@dataclass(frozen=True)
class Found:
    """A stretch of the text, from `start` to before `end`."""

    flag: Flag
    start: int
    end: int


def private_in(text: str) -> tuple[Found, ...]:
    """Numbers and addresses by which somebody could be reached or told, in the order of the text."""
    return tuple(Found(Flag(one.kind), one.start, one.end) for one in personal_in(text))


def masked(text: str, names: Collection[str] = ()) -> str:
    """The text as it may be published: private numbers and addresses, and these names, are not in it."""
    spans = [(one.start, one.end) for one in private_in(text)] + list(_places(text, names))
    kept, at = [], 0
    for start, end in sorted(spans):
        if start >= at:
            kept += [text[at:start], MASK]
        at = max(at, end)
    return "".join([*kept, text[at:]])


def flags_of(text: str) -> tuple[Flag, ...]:
    """Why somebody should look twice at this comment."""
    flags = {one.flag for one in private_in(text)}
    if _ABUSE.search(text.translate(NARROW)):
        flags.add(Flag.ABUSE)
    letters = [unicodedata.name(sign, "") for sign in text if sign.isalpha()]
    foreign = sum(not name.startswith(_OWN_SCRIPTS) for name in letters)
    if foreign >= _FEW_LETTERS and foreign > _FOREIGN_SHARE * len(letters):
        flags.add(Flag.OTHER_SCRIPT)
    return tuple(sorted(flags))


def alike(text: str) -> str:
    """The same for texts that read the same: without case, width, spaces and punctuation. It is all letters, so
    that nobody takes it for a moment or a number."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    digest = hashlib.sha256("".join(sign for sign in plain if sign.isalnum()).encode()).hexdigest()
    return digest[:32].translate(_LETTERS)


def _places(text: str, names: Collection[str]) -> Iterator[tuple[int, int]]:
    for name in {name.strip() for name in names}:
        if name:
            yield from (match.span() for match in re.finditer(re.escape(name), text, re.IGNORECASE))
