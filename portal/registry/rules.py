"""Pure decisions of the register: what a code and a name may be, and what may stand above a body."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping

from portal.foundation.i18n import N_

CODE_LENGTH = 80
NAME_LENGTH = 600
_CODE = re.compile(rf"[A-Za-z0-9][A-Za-z0-9_-]{{0,{CODE_LENGTH - 1}}}")
_DIRECTION_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_INVISIBLE = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})


def is_code(text: str) -> bool:
    """Whether the text can be a code: part of an address, safe in a spreadsheet, without a dot."""
    return _CODE.fullmatch(text) is not None


RESERVED_SERVICES = frozenset({"answer", "p", "poster", "q", "r", "thanks", "visit"})
"""Words that stand in addresses where the code of a service stands: `/rate/visit` is a page of its own."""


def is_reserved(service_code: str) -> bool:
    """Whether a page has this address already, so that nobody could rate a service of this code."""
    return service_code.casefold() in RESERVED_SERVICES


def slug(*parts: str) -> str:
    """A code made of names: lower case, hyphens; the same names always give the same code.

    Where the names do not fit or hold letters beyond ASCII, a digest keeps different names apart.
    """
    text = " ".join(parts)
    plain = unicodedata.normalize("NFKD", text.replace("'", "").replace("’", ""))
    words = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    readable = re.sub(r"[^a-z0-9]+", "-", words).strip("-")
    if words.isascii() and 0 < len(readable) <= CODE_LENGTH:
        return readable
    digest = hashlib.sha256(text.encode()).hexdigest()[:10]
    return f"{readable[: CODE_LENGTH - 11].strip('-') or 'n'}-{digest}"


def tidy(text: str) -> str:
    """The text with runs of spaces and line ends made one space."""
    return " ".join(text.split())


def name_fault(text: str) -> str | None:
    """What a name should have been, or None when it is fine.

    Control characters break files, and direction controls let a name rewrite the line around it.
    """
    if not any(unicodedata.category(c) not in _INVISIBLE for c in text):
        return N_("a name with visible characters")
    if any(unicodedata.category(c) in {"Cc", "Cs"} and not c.isspace() for c in text):
        return N_("a name without control characters")
    if not _DIRECTION_CONTROLS.isdisjoint(text):
        return N_("a name without invisible writing-direction controls")
    return N_("a name of at most 600 characters") if len(text) > NAME_LENGTH else None


_WINDOW = re.compile(r"[^\W_]{1,10}(?:-[^\W_]{1,10})?")


def is_window(text: str) -> bool:
    """Whether this can be the number of a counter: letters and digits of any script, once a hyphen between."""
    return _WINDOW.fullmatch(text) is not None


def makes_cycle(code: str, parent_code: str | None, parents: Mapping[str, str | None]) -> bool:
    """Whether placing a body under this parent would make it its own ancestor."""
    seen = {code}
    above = parent_code
    while above is not None:
        if above in seen:
            return True
        seen.add(above)
        above = parents.get(above)
    return False
