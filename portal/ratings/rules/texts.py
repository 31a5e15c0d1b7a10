"""What in a comment must not become public, or makes a moderator look twice. Nothing here hides anything.

Telephone and identity numbers and mail addresses are masked wherever a comment is published; names only when a
person says so. An identity number counts only with a birth date and check digit that hold (GB 11643-1999).
"""

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

MASK = "▮▮▮"
_NARROW = str.maketrans({0xFF01 + offset: 0x21 + offset for offset in range(94)} | {0x3000: " "})
_GAP = r"[-\s.·]?"
_PHONES = re.compile(
    rf"(?<![\d.])(?:(?:\+|00)?86{_GAP})?1[3-9]\d(?:{_GAP}\d){{8}}(?!\d)"  # mobile, mainland China
    rf"|(?<![\d.])\(?0\d{{2,3}}\)?{_GAP}[2-8]\d{{2,3}}{_GAP}\d{{4}}(?!\d)"  # fixed line, mainland China
    r"|(?<![\d.])[48]00[-\s]?\d{3,4}[-\s]?\d{3,4}(?!\d)"
    r"|\+\d{1,3}(?:[-\s.()]{0,2}\d){6,12}(?!\d)"  # international
    r"|(?<![\d.])\(?\d{3}\)?[-\s.]\d{3}[-\s.]\d{4}(?!\d)"  # North America
)
_IDENTITY = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
_MAIL = re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
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
    plain = text.translate(_NARROW)
    found = [Found(Flag.IDENTITY, *m.span()) for m in _IDENTITY.finditer(plain) if is_identity_number(m.group())]
    for flag, pattern in ((Flag.MAIL, _MAIL), (Flag.PHONE, _PHONES)):
        for match in pattern.finditer(plain):
            start, end = match.span()
            if not any(start < one.end and one.start < end for one in found):
                found.append(Found(flag, start, end))
    return tuple(sorted(found, key=lambda one: one.start))


def is_identity_number(number: str) -> bool:
    """Whether 18 signs are an identity number: a day that was, and the check digit (ISO 7064, MOD 11-2)."""
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return 1850 <= born.year <= 2100 and _CHECKS[total % 11] == number[17].upper()


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
    if _ABUSE.search(text.translate(_NARROW)):
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
