"""Finds in a text by what somebody could be reached or told: telephone and identity numbers, mail addresses. Pure.

Names it cannot know: a person says which. An identity number counts only with a birth date and check digit that
hold (GB 11643-1999, check digit by ISO 7064 MOD 11-2).
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

MASK = "▮▮▮"
"""What stands in place of what is masked: always the same, so that its length says nothing."""
NARROW = str.maketrans({0xFF01 + offset: 0x21 + offset for offset in range(94)} | {0x3000: " "})
"""Signs of full width as those of half width, one for one."""
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


class Personal(StrEnum):
    """What kind of thing was found."""

    IDENTITY = "identity"
    MAIL = "mail"
    PHONE = "phone"


@dataclass(frozen=True)
class Spot:
    """A stretch of the text, from `start` to before `end`."""

    kind: Personal
    start: int
    end: int


def personal_in(text: str) -> tuple[Spot, ...]:
    """Numbers and addresses by which somebody could be reached or told, in the order of the text."""
    plain = text.translate(NARROW)
    numbers = _IDENTITY.finditer(plain)
    found = [Spot(Personal.IDENTITY, *m.span()) for m in numbers if is_identity_number(m.group())]
    for kind, pattern in ((Personal.MAIL, _MAIL), (Personal.PHONE, _PHONES)):
        for match in pattern.finditer(plain):
            start, end = match.span()
            if not any(start < one.end and one.start < end for one in found):
                found.append(Spot(kind, start, end))
    return tuple(sorted(found, key=lambda one: one.start))


def is_identity_number(number: str) -> bool:
    """Whether 18 signs are an identity number: a day that was, and the check digit (ISO 7064, MOD 11-2)."""
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return 1850 <= born.year <= 2100 and _CHECKS[total % 11] == number[17].upper()
