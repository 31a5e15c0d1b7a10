"""Pure decisions on reports and cases: no session, no clock, no Flask."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from portal.cases.errors import WrongState
from portal.cases.values import CaseState, Finding, HolderKind, Lane

FEWEST_HANDLERS = 2

TRANSITIONS: dict[str, tuple[frozenset[CaseState], CaseState]] = {
    "acknowledge": (frozenset({CaseState.RECEIVED}), CaseState.ACKNOWLEDGED),
    "assign": (frozenset({CaseState.ACKNOWLEDGED, CaseState.ASSIGNED}), CaseState.ASSIGNED),
    "lose-assignee": (frozenset({CaseState.ASSIGNED, CaseState.PROPOSED}), CaseState.ACKNOWLEDGED),
    "propose": (frozenset({CaseState.ASSIGNED}), CaseState.PROPOSED),
    "send-back": (frozenset({CaseState.PROPOSED}), CaseState.ASSIGNED),
    "decide": (frozenset({CaseState.PROPOSED}), CaseState.DECIDED),
    "close": (frozenset({CaseState.DECIDED}), CaseState.CLOSED),
}

FOUND_FALSE = frozenset({Finding.UPHELD, Finding.PARTLY})


def after(act: str, state: CaseState) -> CaseState:
    """The state an act leads to. Raises WrongState when the act is not open in this state."""
    sources, target = TRANSITIONS[act]
    if state not in sources:
        raise WrongState()
    return target


def may(act: str, state: CaseState) -> bool:
    return state in TRANSITIONS[act][0]


def may_close(*, finding: Finding, about_figure: bool, corrected: bool) -> bool:
    """A case that found a figure false stays open until the figure is corrected in public."""
    return not (finding in FOUND_FALSE and about_figure) or corrected


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person with a trusted key who could receive a case."""

    person_id: str
    name: str
    address: str
    key_id: str
    box_public: bytes
    holder: HolderKind
    connected: bool


def recipients(
    candidates: Iterable[Candidate], *, names: str, body_known: bool, outside_only: bool
) -> tuple[Candidate, ...]:
    """Who receives the key of a new case; nobody means that reporting is not open for it.

    Connected people and people the reporter named never do. Two unconnected handlers are needed, since one
    alone could bury a report; short of that, an outside recipient must stand in.
    """
    free = [c for c in candidates if not c.connected and not named(c, names)]
    outside = tuple(c for c in free if c.holder is HolderKind.OUTSIDE)
    if outside_only or not body_known:
        return outside
    outsiders = {c.person_id for c in outside}
    handlers = tuple(c for c in free if c.holder is HolderKind.HANDLER and c.person_id not in outsiders)
    if len(handlers) < FEWEST_HANDLERS and not outside:
        return ()
    return handlers + outside


def named(candidate: Candidate, text: str) -> bool:
    """Whether the reporter's words name this person. Errs towards leaving somebody out.

    One part of the name written as a word of its own is enough ("Chen" leaves out Chen Wei); a name in Chinese
    characters counts wherever it stands in the text, a mail address wholly or by what stands before the @.
    """
    words = set(re.findall(r"\w+", _plain(text)))
    squeezed = re.sub(r"\s", "", _plain(text))
    if not squeezed:
        return False
    local = _plain(candidate.address).partition("@")[0]
    if local and (local in words or local in _plain(text)):
        return True
    parts = re.findall(r"\w+", _plain(candidate.name))
    return any(p in (squeezed if _han(p) else words) for p in parts if len(p) > 1 or _han(p))


def lane_for(*, received_today: int, received_today_same_subject: int, daily: int, same_subject: int) -> Lane:
    """A flood is set aside and still read; nothing is refused. Only totals count, never who sent it."""
    over = received_today >= daily or received_today_same_subject >= same_subject
    return Lane.QUARANTINE if over else Lane.MAIN


def acknowledge_by(received_on: date, days: int) -> date:
    return received_on + timedelta(days=days)


def feedback_by(received_on: date, months: int) -> date:
    """The same day `months` later, or that month's last day."""
    year, month = divmod(received_on.month - 1 + months, 12)
    year, month = received_on.year + year, month + 1
    return date(year, month, min(received_on.day, calendar.monthrange(year, month)[1]))


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _han(text: str) -> bool:
    return any("㐀" <= c <= "鿿" or c >= "\U00020000" for c in text)
