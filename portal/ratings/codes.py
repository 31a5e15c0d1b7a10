"""Codes of receipts and follow-ups: how they are written, read back from a phone, and checked for slips.

A code is 10 random symbols (49 bits) and two check symbols, shown as ``k7f2-9mqp-4xw3``. The 31 symbols leave
out i, l, o, u and z; those are read as the digits (or the v) they are mistaken for. Counted as numbers modulo
the prime 31, the symbols add up to nothing, and so do the symbols times their places: so every wrong symbol
and every two swapped ones are noticed, and of one wrong symbol the two sums tell the place (a Reed-Solomon
code of distance three). That says nothing of whether a code was issued: anybody can do the sum.
"""

from dataclasses import dataclass

from portal.foundation.crypto import hkdf
from portal.foundation.ids import random_bytes

SYMBOLS = "0123456789abcdefghjkmnpqrstvwxy"
LENGTH = 12
PRIME = len(SYMBOLS)
_DRAWN = LENGTH - 2
_VALUE = {symbol: value for value, symbol in enumerate(SYMBOLS)}
_MISREAD = str.maketrans({"i": "1", "l": "1", "o": "0", "u": "v", "z": "2"})
_WIDE = str.maketrans({0xFF01 + offset: 0x21 + offset for offset in range(94)})
_SEPARATORS = str.maketrans(dict.fromkeys(" -‐‑‒–—−_.\u3000\u00a0\t\r\n\u200b", ""))
_MOST_TYPED = 100


@dataclass(frozen=True)
class Slip:
    """What keeps a typed text from being a code: its length, or the places (from 1) where it does not fit."""

    length: int
    places: tuple[int, ...] = ()


def new_code() -> str:
    """A fresh code, grouped for reading."""
    return code_of(random_bytes(32))


def code_of(secret: bytes) -> str:
    """The code that belongs to 32 secret bytes, always the same; nobody gets back from it to them."""
    number = int.from_bytes(hkdf(secret, "code"))  # 256 bits: that 31 does not divide them is nowhere felt
    values = []
    for _ in range(_DRAWN):
        number, value = divmod(number, PRIME)
        values.append(value)
    return grouped("".join(SYMBOLS[value] for value in values + _checks(values)))


def grouped(code: str) -> str:
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def read_code(typed: str) -> str | None:
    """The twelve symbols of a code as typed (capitals, full width, spaces, dashes), None if it cannot be one."""
    code = _plain(typed)
    return code if _find_slip(code) is None else None


def find_slip(typed: str) -> Slip | None:
    """Why a typed text is no code, None when it is one."""
    return _find_slip(_plain(typed))


def _plain(typed: str) -> str:
    return typed[:_MOST_TYPED].translate(_WIDE).lower().translate(_SEPARATORS).translate(_MISREAD)


def _find_slip(code: str) -> Slip | None:
    unknown = tuple(place for place, symbol in enumerate(code, start=1) if symbol not in _VALUE)
    if len(code) != LENGTH or unknown:
        return Slip(len(code), unknown if len(code) == LENGTH else ())
    values = [_VALUE[symbol] for symbol in code]
    total, weighted = _sums(values)
    if total:
        place = weighted * pow(total, -1, PRIME) % PRIME
        return Slip(LENGTH, (place,) if 1 <= place <= LENGTH else ())
    if weighted:  # the right symbols in a wrong order: two neighbours, if only one pair would mend it
        pairs = [at for at in range(LENGTH - 1) if (values[at + 1] - values[at] - weighted) % PRIME == 0]
        return Slip(LENGTH, (pairs[0] + 1, pairs[0] + 2) if len(pairs) == 1 else ())
    return None


def _sums(values: list[int]) -> tuple[int, int]:
    weighted = sum(place * value for place, value in enumerate(values, start=1))
    return sum(values) % PRIME, weighted % PRIME


def _checks(values: list[int]) -> list[int]:
    """The two last values that bring both sums to nothing."""
    total, weighted = _sums(values)
    last = ((LENGTH - 1) * total - weighted) % PRIME
    return [(-total - last) % PRIME, last]
