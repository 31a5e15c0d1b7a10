"""Collection rounds as values: what the office asks for, what a body hands in, and how it stands.

Words: a *round* asks bodies for values of indicators in one period until a moment; a body's *return* is all
it is asked for in a round; it is *handed in* when a second person of the body signs it; the office *queries*
a value (asks about it), *returns* it to the body, or *accepts* it. A *commitment* is the salted digest of a
value as it was handed in: it tells nothing, and proves the value later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from portal.foundation.i18n import Message, Names
from portal.publishing.values import FigureKey

NUMBERS = ("target", "actual", "numerator", "denominator")


class RoundState(StrEnum):
    """open: bodies hand in · closed: what is missing stays missing · cancelled: nothing is owed any more."""

    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class ReturnState(StrEnum):
    """open: with the body · proposed: waits for the body's second person · handed-in: with the office."""

    OPEN = "open"
    PROPOSED = "proposed"
    HANDED_IN = "handed-in"


class ValueState(StrEnum):
    """How one value stands, from nothing to the release it went into."""

    EMPTY = "empty"
    ENTERED = "entered"
    HANDED_IN = "handed-in"
    QUERIED = "queried"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    RELEASED = "released"

    @property
    def is_with_body(self) -> bool:
        """Whether the body may change it now."""
        return self in (ValueState.EMPTY, ValueState.ENTERED, ValueState.QUERIED, ValueState.RETURNED)

    @property
    def is_with_office(self) -> bool:
        return self in (ValueState.HANDED_IN, ValueState.ACCEPTED, ValueState.RELEASED)


class RemarkKind(StrEnum):
    """What was said about a value on its way. Nothing of it is published."""

    QUERY = "query"
    ANSWER = "answer"
    RETURN = "return"
    CHANGE = "change"


class Coverage(StrEnum):
    """What a reader finds where a figure is due."""

    PUBLISHED = "published"
    ASKED = "asked"
    HANDED_IN = "handed-in"
    LATE = "late"
    MISSING = "missing"
    SUPPRESSED = "suppressed"
    WITHDRAWN = "withdrawn"


class Owes(StrEnum):
    """Whose turn it is."""

    BODY = "body"
    OFFICE = "office"


class Reason(StrEnum):
    """Why a figure is not there."""

    NOT_DUE = "not-due-yet"
    NOT_HANDED_IN = "not-handed-in"
    BEING_CHECKED = "being-checked"
    NOT_SETTLED = "not-settled"
    NOT_COLLECTED = "not-collected"
    CANNOT_EXIST = "cannot-exist"
    NO_VALUE = "no-value"
    CONFIDENTIAL = "confidential"
    WITHDRAWN = "withdrawn"
    CANCELLED = "round-cancelled"


@dataclass(frozen=True)
class Entry:
    """What a body says of one value. Numbers are decimal strings with the digits given.

    `explanation` answers the checks, for the office's eyes; `note` is published beside the figure.
    """

    target: str | None = None
    actual: str | None = None
    numerator: str | None = None
    denominator: str | None = None
    obs_status: str | None = None
    note: str | None = None
    explanation: str | None = None

    @classmethod
    def of(cls, stored: Mapping[str, Any] | None) -> Entry:
        return cls(**(stored or {}))

    @property
    def stored(self) -> dict[str, str | None]:
        return asdict(self)

    @property
    def numbers(self) -> dict[str, str | None]:
        return {name: getattr(self, name) for name in NUMBERS}


class Check(StrEnum):
    """What is unusual about an entry. A warning is explained, never forbidden."""

    NO_TARGET = "no-target"
    JUMP = "jump"
    UNIT = "unit"
    SHARE = "share"
    QUOTIENT = "quotient"
    SUM = "sum"


@dataclass(frozen=True)
class Warned:
    """One warning: which check, and the sentence for whoever enters."""

    check: Check
    words: Message


@dataclass(frozen=True)
class Asked:
    """What is known before anything is entered: the last published value, and the target already set."""

    last_period: str | None = None
    last: str | None = None
    target: str | None = None


@dataclass(frozen=True)
class Round:
    """A round as the desk sees it. Due until `due_at`, after which what is not handed in is late."""

    slug: str
    names: Names
    period: str
    due_at: datetime
    reminders: tuple[int, ...]
    state: RoundState
    opened_at: datetime
    opened_by: str
    overdue_at: datetime | None
    closed_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.state is RoundState.OPEN


@dataclass(frozen=True)
class Return:
    """A body's return in a round, with how many of its values stand how."""

    round: str
    body: str
    state: ReturnState
    proposal_id: str | None
    first_handed_in_at: datetime | None
    handed_in_at: datetime | None
    counts: Mapping[ValueState, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def count(self, *states: ValueState) -> int:
        return sum(self.counts.get(state, 0) for state in states)

    @property
    def is_complete(self) -> bool:
        """Whether every value has an entry, so that it can be put forward for signing."""
        return not self.counts.get(ValueState.EMPTY, 0)

    @property
    def waits_for_body(self) -> int:
        return sum(number for state, number in self.counts.items() if state.is_with_body)


@dataclass(frozen=True)
class Value:
    """One value of a return, as entered now; `handed` counts how often it was handed in."""

    round: str
    key: FigureKey
    state: ValueState
    asked: Asked
    entry: Entry
    entered_by: str | None
    entered_at: datetime | None
    handed: int
    settled: Entry | None
    verified_by: str | None
    verified_at: datetime | None
    release: str | None
    warnings: Sequence[Warned] = ()

    @property
    def to_publish(self) -> Entry:
        """What a release states: as handed in, or as the office settled it."""
        return self.settled or self.entry


@dataclass(frozen=True)
class Handed:
    """A value as it was handed in, kept for good. `salt` and `said` open its commitment."""

    number: int
    said: Mapping[str, Any]
    note: str | None
    explanation: str | None
    commitment: str
    salt: bytes = field(repr=False)
    entered_by: str
    signed_by: str
    handed_in_at: datetime
    act_id: str


@dataclass(frozen=True)
class Said:
    """One remark in the exchange about a value."""

    kind: RemarkKind
    text: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Evidence:
    """A file that supports a value; kept sealed, opened at the desk only."""

    id: str
    name: str
    media_type: str
    size: int
    sha256: str
    added_by: str
    added_at: datetime
