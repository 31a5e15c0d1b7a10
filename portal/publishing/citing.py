"""Permanent names for what was published: what, of whom, as of which edition, in one short text.

Nothing is stored: the text itself says what it names, and two check characters catch a slip of the pen.

    s14.DPR.clean-parks.7k      the series of an indicator at a body, as of edition 14
    f14.DPR.clean-parks.2022.x3 its figure of 2022
    i14.clean-parks.0d          an indicator at every body     b14.DPR.h2   a body with all its figures
    v14.permits.9a              the ratings of a service       r14.parks-2022.cz   a release

A code too long to print is cut, and followed by ~ and the beginning of its SHA-256.
"""

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum

from portal.foundation.errors import NotFound
from portal.foundation.i18n import N_, message
from portal.registry.values import Period

LONGEST_CODE = 24
_KEPT = 14
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u
_MODULUS = 1021  # the largest prime below 32²: every single slip and every swap of neighbours shows
_HEAD = re.compile(r"([a-z])([1-9][0-9]{0,8})")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,79}")
_CUT = re.compile(rf"[A-Za-z0-9][A-Za-z0-9_-]*~[{_ALPHABET}]{{8}}")


class Subject(StrEnum):
    """What can be cited, by the letter its name begins with."""

    SERIES = "s"
    FIGURE = "f"
    INDICATOR = "i"
    BODY = "b"
    RATINGS = "v"
    RELEASE = "r"


_PARTS = {Subject.SERIES: 2, Subject.FIGURE: 3}


@dataclass(frozen=True)
class Citation:
    """What is cited, as of an edition. `keys` are codes, body before indicator before period."""

    subject: Subject
    keys: tuple[str, ...]
    edition: int

    @property
    def id(self) -> str:
        text = ".".join((f"{self.subject}{self.edition}", *(cut(key) for key in self.keys)))
        return f"{text}.{check(text)}"


def read(text: str) -> Citation:
    """The citation of that name; its keys may still be cut. Raises NotFound that says what is wrong."""
    named, _, given = text.rpartition(".")
    parts = named.split(".")
    head = _HEAD.fullmatch(parts[0])
    if head is None or head[1] not in list(Subject):
        raise NotFound(
            message(N_("{text} is not a citation of this site: check that it was copied whole."), text=text)
        )
    if check(named) != given:
        raise NotFound(
            message(N_("There is a slip in {text}: its last two characters do not fit the others."), text=text)
        )
    subject, keys = Subject(head[1]), tuple(parts[1:])
    if len(keys) != _PARTS.get(subject, 1) or not all(_is_key(subject, *pair) for pair in enumerate(keys)):
        raise NotFound(
            message(N_("{text} is not a citation of this site: check that it was copied whole."), text=text)
        )
    return Citation(subject, keys, int(head[2]))


def cut(code: str) -> str:
    """A code short enough to print; itself when it is."""
    if len(code) <= LONGEST_CODE:
        return code
    return f"{code[:_KEPT]}~{_digest(code)}"


def is_cut(key: str) -> bool:
    return "~" in key


def start_of(key: str) -> str:
    """What every code begins with that a cut key may stand for."""
    return key.partition("~")[0]


def check(text: str) -> str:
    """The two check characters of a text: its bytes as digits to the base 256, modulo a prime."""
    rest = int.from_bytes(text.encode()) % _MODULUS
    return _ALPHABET[rest // 32] + _ALPHABET[rest % 32]


def _digest(code: str) -> str:
    number = int.from_bytes(hashlib.sha256(code.encode()).digest()[:5])
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(35, -1, -5))


def _is_key(subject: Subject, position: int, key: str) -> bool:
    if subject is Subject.FIGURE and position == 2:
        try:
            return str(Period.parse(key)) == key
        except ValueError:
            return False
    return _CODE.fullmatch(key) is not None or _CUT.fullmatch(key) is not None
