"""Codes a body has outside the portal, and which texts can be one. Pure.

`uscc` is the unified social credit code 统一社会信用代码 (GB 32100-2015), whose last place is a check
character; `gbt2260` is the code of an administrative division (GB/T 2260), which begins with its province.
Any other scheme is a short word, and its codes are taken as they are.
"""

from __future__ import annotations

import re

from portal.foundation.i18n import N_

USCC, DIVISION = "uscc", "gbt2260"
_SCHEME = re.compile(r"[a-z0-9][a-z0-9-]{0,29}")
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_PROVINCE = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[12]")


def is_scheme(text: str) -> bool:
    """Whether a word can name a scheme of codes."""
    return _SCHEME.fullmatch(text) is not None


def code_fault(scheme: str, code: str) -> str | None:
    """What a code of this scheme should have been, or None when it can be one."""
    match scheme:
        case "uscc" if not is_uscc(code):
            return N_("a unified social credit code: 18 digits and capitals, the last of which checks the others")
        case "gbt2260" if not is_division(code):
            return N_("a division code of six digits that begins with a province, such as 110000")
    if not code.isprintable() or code != code.strip() or not 0 < len(code) <= 100:
        return N_("a code of at most 100 visible characters")
    return None


def is_uscc(code: str) -> bool:
    """GB 32100-2015: 17 places weighed by powers of 3, and a check character modulo 31."""
    if len(code) != 18 or any(place not in _ALPHABET for place in code) or not code[2:8].isdigit():
        return False
    total = sum(_ALPHABET.index(place) * pow(3, power, 31) for power, place in enumerate(code[:17]))
    return _ALPHABET[-total % 31] == code[17]


def is_division(code: str) -> bool:
    return len(code) == 6 and code.isascii() and code.isdigit() and _PROVINCE.match(code) is not None
