"""What stands beside a value: the letters of SDMX CL_OBS_STATUS, and the symbols of the GSS (2022)."""

from dataclasses import dataclass

from portal.foundation.i18n import N_, Message


@dataclass(frozen=True)
class Symbol:
    """A short mark in brackets and what it means."""

    mark: str
    meaning: Message


REVISED = Symbol("[r]", Message(N_("revised")))

_SYMBOLS = {
    "P": Symbol("[p]", Message(N_("provisional"))),
    "E": Symbol("[e]", Message(N_("estimated"))),
    "B": Symbol("[b]", Message(N_("break in series"))),
    "Q": Symbol("[c]", Message(N_("confidential"))),
    "O": Symbol("[x]", Message(N_("not available"))),
    "L": Symbol("[x]", Message(N_("not available"))),
    "H": Symbol("[x]", Message(N_("not available"))),
    "M": Symbol("[z]", Message(N_("not applicable"))),
    "F": Symbol("[f]", Message(N_("forecast"))),
    "U": Symbol("[u]", Message(N_("low reliability"))),
    "D": Symbol("[d]", Message(N_("defined differently"))),
    "N": Symbol("[low]", Message(N_("rounds to zero"))),
}

PROVISIONAL = frozenset({"P", "E", "F"})
BREAK = "B"


def symbol(obs_status: str | None) -> Symbol | None:
    """The symbol of an observation status; None for a normal value."""
    return _SYMBOLS.get(obs_status or "A")


def listed_symbols() -> tuple[tuple[str, str, Message], ...]:
    """Every symbol with its code and meaning, for the notes of a file."""
    return tuple((found.mark, code, found.meaning) for code, found in _SYMBOLS.items())
