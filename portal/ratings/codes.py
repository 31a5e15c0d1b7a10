"""Receipt codes: how they are written, read back from a phone, and checked for typing mistakes.

A code is 11 random symbols (54 bits) and a check symbol, shown as ``k7f2-9mqp-4xw3``. The 31 symbols leave
out i, l, o, u and z; those are read as the digits (or the v) they are mistaken for. 31 is a prime, so the
weighted check catches every single wrong symbol and every two swapped ones.
"""

from portal.foundation.ids import random_bytes

SYMBOLS = "0123456789abcdefghjkmnpqrstvwxy"
LENGTH = 12
_VALUE = {symbol: value for value, symbol in enumerate(SYMBOLS)}
_MISREAD = str.maketrans({"i": "1", "l": "1", "o": "0", "u": "v", "z": "2"})
_WIDE = str.maketrans({0xFF01 + offset: 0x21 + offset for offset in range(94)})
_SEPARATORS = str.maketrans(dict.fromkeys(" -‐‑‒–—−_.\u3000\u00a0\t\r\n\u200b", ""))


def new_code() -> str:
    """A fresh code, grouped for reading."""
    symbols = [SYMBOLS[value] for value in _random_values(LENGTH - 1)]
    return grouped("".join(symbols) + _check_symbol(symbols))


def grouped(code: str) -> str:
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def read_code(typed: str) -> str | None:
    """The twelve symbols of a code as typed (capitals, full width, spaces, dashes), None if it cannot be one."""
    if len(typed) > 100:
        return None
    code = typed.translate(_WIDE).lower().translate(_SEPARATORS).translate(_MISREAD)
    if len(code) != LENGTH or any(symbol not in _VALUE for symbol in code):
        return None
    return code if _check_symbol(list(code[:-1])) == code[-1] else None


def _check_symbol(symbols: list[str]) -> str:
    weighted = sum(weight * _VALUE[symbol] for weight, symbol in enumerate(symbols, start=1))
    return SYMBOLS[weighted % len(SYMBOLS)]


def _random_values(count: int) -> list[int]:
    """Even draws from 0…30: bytes that would favour some symbols are drawn again."""
    values: list[int] = []
    while len(values) < count:
        values += [byte % 31 for byte in random_bytes(count) if byte < 248]
    return values[:count]
