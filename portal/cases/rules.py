"""Pure decisions on reports and cases: no session, no clock, no Flask."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from portal.cases.errors import WrongState
from portal.cases.values import (
    Able,
    CaseState,
    Competence,
    Deadline,
    Finding,
    HolderKind,
    InspectionState,
    Lane,
    Language,
    Need,
    Retaliation,
    Skill,
)

FEWEST_HANDLERS = 2
CHECK_IN_MONTHS = (3, 6)
CHECK_IN_NOTICE = timedelta(days=7)

TRANSITIONS: dict[str, tuple[frozenset[CaseState], CaseState]] = {
    "acknowledge": (frozenset({CaseState.RECEIVED}), CaseState.ACKNOWLEDGED),
    "triage": (frozenset({CaseState.ACKNOWLEDGED, CaseState.REOPENED}), CaseState.TRIAGE),
    "assign": (
        frozenset(
            {
                CaseState.ACKNOWLEDGED,
                CaseState.TRIAGE,
                CaseState.ASSIGNED,
                CaseState.INVESTIGATING,
                CaseState.REOPENED,
            }
        ),
        CaseState.ASSIGNED,
    ),
    "lose-assignee": (
        frozenset({CaseState.ASSIGNED, CaseState.INVESTIGATING, CaseState.PROPOSED}),
        CaseState.ACKNOWLEDGED,
    ),
    "investigate": (frozenset({CaseState.ASSIGNED}), CaseState.INVESTIGATING),
    "propose": (frozenset({CaseState.ASSIGNED, CaseState.INVESTIGATING}), CaseState.PROPOSED),
    "send-back": (frozenset({CaseState.PROPOSED}), CaseState.ASSIGNED),
    "decide": (frozenset({CaseState.PROPOSED}), CaseState.DECIDED),
    "act": (frozenset({CaseState.DECIDED, CaseState.ACTION}), CaseState.ACTION),
    "close": (frozenset({CaseState.DECIDED, CaseState.ACTION}), CaseState.CLOSED),
    "reopen": (frozenset({CaseState.CLOSED}), CaseState.REOPENED),
    "join": (
        frozenset(
            {
                CaseState.ACKNOWLEDGED,
                CaseState.TRIAGE,
                CaseState.ASSIGNED,
                CaseState.INVESTIGATING,
                CaseState.REOPENED,
            }
        ),
        CaseState.JOINED,
    ),
    "part": (frozenset({CaseState.JOINED}), CaseState.ACKNOWLEDGED),
    "follow": (frozenset({CaseState.JOINED}), CaseState.DECIDED),
    "dismiss-together": (frozenset({CaseState.RECEIVED}), CaseState.CLOSED),
}
"""Every step a case can take; the database holds the same table and refuses all others."""

UNDECIDED = frozenset(set(CaseState) - {CaseState.DECIDED, CaseState.ACTION, CaseState.CLOSED})
"""The reporter still waits for what was found."""

IN_NOBODYS_HANDS = frozenset({CaseState.ACKNOWLEDGED, CaseState.TRIAGE, CaseState.REOPENED})
"""It was read, and waits to be assigned."""

TAKES_IN = TRANSITIONS["join"][0]
"""States in which a case can take another in: read, and neither proposed nor decided nor itself joined."""

FOUND_FALSE = frozenset({Finding.UPHELD, Finding.PARTLY})


def losing(*, unfit: Collection[str], barred: Collection[str], is_last: bool, waited: bool) -> frozenset[str]:
    """Who of those that hold a case and may not loses it.

    Whoever is connected to it or stepped aside, at once. Whoever merely left, or lost a right or a trusted key: at
    once as long as somebody else holds it who may, and else only after they were waited for. Their leave may be an
    error that is mended in a minute, and what the last holder loses can never be opened again.
    """
    return frozenset(unfit) if waited or not is_last else frozenset(unfit) & frozenset(barred)


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


def written_since_decided(acts: Iterable[str]) -> bool:
    """Whether, of the acts noted of a case in order, a message to the reporter follows the last decision.

    A question asks something, and tells nobody what was found.
    """
    written = False
    for act in acts:
        written = act == "cases.message" or (written and act != "cases.decide")
    return written


def may_reopen(*, state: CaseState, finding: Finding | None) -> bool:
    """One officer can have a dismissal looked at again; what two found false in public is not undone by one."""
    return may("reopen", state) and finding not in FOUND_FALSE


def may_withdraw(*, state: CaseState, withdrawn: bool) -> bool:
    """A reporter can step back once, before anything is decided; what was found then stands without them."""
    return state in UNDECIDED and not withdrawn


def may_rate(*, state: CaseState, rated: bool) -> bool:
    """The handling of a report is judged once, when it is known what was found."""
    return state not in UNDECIDED and not rated


def after_retaliation(*, state: CaseState, finding: Finding | None) -> Retaliation:
    """Where it goes that somebody was retaliated against for a report.

    Into the case as long as it is undecided. A case that was closed without finding anything false is looked at
    again at once; a finding that stands in public, or whose correction is under way, is left alone, and what was
    done to the reporter becomes a case of its own.
    """
    if state in UNDECIDED:
        return Retaliation.IN_CASE
    return Retaliation.REOPENED if may_reopen(state=state, finding=finding) else Retaliation.NEW_CASE


def may_check_in(*, state: CaseState, due_on: date, asked: bool, today: date) -> bool:
    """A reporter is asked after closing, from a week before the day on, and once for each."""
    return state is CaseState.CLOSED and not asked and today >= due_on - CHECK_IN_NOTICE


def may_attach(*, state: CaseState, inspection: InspectionState | None) -> bool:
    """Files can be added to what an inspection found while the case is open, unless the inspection is not made."""
    return state is not CaseState.CLOSED and inspection in (InspectionState.ORDERED, InspectionState.DONE)


def may_see_masked(*, assigned: bool, unmasks: bool) -> bool:
    """Whoever works on the case, and those with a right of their own; other readers get the masked words."""
    return assigned or unmasks


def may_extend(*, state: CaseState, waits: bool, extended: bool) -> bool:
    """The term for feedback can be extended once, before anything is decided."""
    waiting = state in UNDECIDED and state not in (CaseState.RECEIVED, CaseState.JOINED)
    return waiting and not waits and not extended


def missed(
    *,
    state: CaseState,
    acknowledge_due: date,
    message_due: date | None,
    message_on: date | None,
    answer_due: date | None,
    feedback_due: date,
    correct_due: date | None = None,
    reread_due: date | None = None,
    check_in_due: date | None = None,
    today: date,
) -> tuple[tuple[Deadline, date], ...]:
    """What should have been done for the reporter by now and was not. A day counts until it is over.

    What a reporter wrote is answered whatever was found meanwhile, and after closing too. What is owed after the
    finding has a day of its own as long as it is owed.
    """
    found: list[tuple[Deadline, date]] = []
    if state is CaseState.RECEIVED and acknowledge_due < today:
        found.append((Deadline.ACKNOWLEDGE, acknowledge_due))
    if state in UNDECIDED and message_due is not None and message_on is None and message_due < today:
        found.append((Deadline.MESSAGE, message_due))
    if state in UNDECIDED and feedback_due < today:
        found.append((Deadline.FEEDBACK, feedback_due))
    if answer_due is not None and answer_due < today:
        found.append((Deadline.ANSWER, answer_due))
    after = (Deadline.CORRECT, correct_due), (Deadline.REREAD, reread_due), (Deadline.CHECK_IN, check_in_due)
    found += [(deadline, due) for deadline, due in after if due is not None and due < today]
    return tuple(found)


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


class Nameable(Protocol):
    """Somebody a reporter could name: an officer, or one of the body's own people."""

    @property
    def name(self) -> str: ...

    @property
    def address(self) -> str: ...


def named(candidate: Nameable, text: str) -> bool:
    """Whether the reporter's words name this person. Errs towards leaving somebody out.

    One part of the name written as a word of its own is enough ("Chen" leaves out Chen Wei); a name in Chinese
    characters counts wherever it stands in the text, a mail address wholly or by what stands before the @.
    """
    if not text:
        return False
    words = set(re.findall(r"\w+", _plain(text)))
    squeezed = re.sub(r"\s", "", _plain(text))
    if not squeezed:
        return False
    local = _plain(candidate.address).partition("@")[0]
    if local and (local in words or local in _plain(text)):
        return True
    parts = re.findall(r"\w+", _plain(candidate.name))
    return any(p in (squeezed if _han(p) else words) for p in parts if len(p) > 1 or _han(p))


CASES_A_SKILL_IS_WORTH = 3


def skills_for(need: Need, competence: Competence) -> frozenset[Skill]:
    """What of somebody's skills a case asks for."""
    fits = {
        Skill.LANGUAGE: need.language in competence.languages,
        Skill.MATTER: need.matter in competence.matters,
        Skill.SECTOR: bool(need.sectors & competence.sectors),
    }
    return frozenset(skill for skill, fit in fits.items() if fit)


def by_fitness(people: Iterable[Able]) -> tuple[Able, ...]:
    """Whoever is suggested first: the fewest open cases, each fitting skill counting as three fewer.

    Among equals the id decides, which is random and the same each time.
    """
    return tuple(
        sorted(people, key=lambda one: (one.load - CASES_A_SKILL_IS_WORTH * len(one.skills), one.person_id))
    )


@dataclass(frozen=True, slots=True)
class OfADay:
    """Reports of one day: all of them, those about one body, those about one figure of it or it as a whole."""

    every: int
    body: int
    subject: int


FIRST_OF_A_BODY = 3


def lane_for(on_list: OfADay, most: OfADay) -> Lane:
    """A flood is set aside and still read; nothing is refused. Only totals count, never who sent it.

    `on_list` are those that came today and were not set aside: else a flood about one body would set aside what is
    said about every other. Junk can be spread over bodies until it comes to the most there is for all; the first
    few reports about a body stay on the list even then, so that it takes junk about that very body to hide them.
    """
    over = on_list.subject >= most.subject or on_list.body >= most.body
    full = on_list.every >= most.every and on_list.body >= FIRST_OF_A_BODY
    return Lane.QUARANTINE if over or full else Lane.MAIN


def acknowledge_by(received_on: date, days: int) -> date:
    return received_on + timedelta(days=days)


def feedback_by(received_on: date, months: int) -> date:
    """The same day `months` later, or that month's last day."""
    year, month = divmod(received_on.month - 1 + months, 12)
    year, month = received_on.year + year, month + 1
    return date(year, month, min(received_on.day, calendar.monthrange(year, month)[1]))


def on_working_day(day: date, is_working: Callable[[date], bool], *, after: date) -> date:
    """The last working day up to `day`, so that no holiday makes a promise late; `day` if there is none since."""
    found = day
    while found > after and not is_working(found):
        found -= timedelta(days=1)
    return found if found > after else day


def language_of(text: str) -> Language:
    """In which writing a text is: Chinese once a fifth of its letters are Chinese characters.

    Names, codes and quotations in the other writing stand in most texts, and one Chinese character says about as
    much as a Latin word: a fifth tells the two apart.
    """
    letters = [sign for sign in text if sign.isalpha()]
    chinese = sum(_han(sign) for sign in letters)
    return Language.CHINESE if chinese and chinese * 5 >= len(letters) else Language.ENGLISH


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def _han(text: str) -> bool:
    return any("㐀" <= c <= "鿿" or c >= "\U00020000" for c in text)
