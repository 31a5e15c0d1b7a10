"""What the public reads, as values: the register, figures with their versions, and what was said about them.

Every reading is as of one edition. Numbers are Decimals that keep the digits they were published with.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from portal.foundation.i18n import Names
from portal.publishing.satisfied import Satisfied, rate, satisfied
from portal.publishing.symbols import PROVISIONAL, REVISED, Symbol, symbol
from portal.publishing.values import Cause, FigureKey, NoticeState, Text
from portal.registry.values import Direction, EndedHow, Kind


@dataclass(frozen=True)
class PublishedEnd:
    """How and when a body ceased to be, and the codes of those that follow it."""

    on: date
    how: EndedHow
    into: tuple[str, ...]


@dataclass(frozen=True)
class PublishedBody:
    """A public body as the edition names it. An invented one belongs to the demonstration.

    `codes` are those it has outside, by scheme; `former` are its earlier names and the day each ended.
    """

    code: str
    names: Names
    parent: str | None
    level: str
    invented: bool
    codes: Mapping[str, str] = field(default_factory=dict)
    valid_from: date | None = None
    ended: PublishedEnd | None = None
    former: tuple[tuple[Names, date], ...] = ()


@dataclass(frozen=True)
class BodyNode:
    """A body and the bodies below it."""

    body: PublishedBody
    below: tuple["BodyNode", ...]


@dataclass(frozen=True)
class PublishedService:
    code: str
    body: str
    names: Names
    place: Names = field(default_factory=dict)
    windows: tuple[str, ...] = ()


@dataclass(frozen=True)
class PublishedIndicator:
    """What is measured. `body` is set when it belongs to one body only; `weight` is its share in per cent."""

    code: str
    names: Names
    definition: Names
    unit: str | Names
    direction: Direction
    kind: Kind
    body: str | None
    service: str | None
    weight: Decimal | None = None
    criteria: Names = field(default_factory=dict)
    part_of: str | None = None


@dataclass(frozen=True)
class HandIn:
    """What the body handed in for a version, by the act of `edition`; `said` is None while it stays closed.

    `changed` lists what the office published otherwise: field -> handed in, published.
    """

    edition: int
    salt: str | None
    said: Mapping[str, Any] | None
    changed: Mapping[str, tuple[str | None, str | None]]


class Version(NamedTuple):
    """One published version of a figure; `replaces` names the edition of the version it replaced.

    A tuple, because a page reads hundreds.
    """

    edition: int
    at: datetime
    cause: Cause
    target: Decimal | None
    actual: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    obs_status: str | None
    note: Text | None
    replaces: int | None
    handin: HandIn | None = None

    def says_the_same_as(self, other: "Version") -> bool:
        """Whether a reader would see the same figure."""
        return (self.target, self.actual, self.obs_status) == (other.target, other.actual, other.obs_status)


@dataclass(frozen=True)
class Notice:
    """A mark: the figure is under review, withdrawn for a reason, or neither any more."""

    key: FigureKey
    state: NoticeState
    edition: int
    at: datetime
    reason: Text | None = None


@dataclass(frozen=True)
class Reply:
    """What the body says beside its figure, about the version of edition `about`; None once taken back."""

    key: FigureKey
    text: Text | None
    about: int
    by_body: bool
    edition: int
    at: datetime


class Marks:
    """What stands beside a value, from its status and its notices."""

    __slots__ = ()

    if TYPE_CHECKING:
        notices: tuple[Notice, ...]

        @property
        def is_revised(self) -> bool: ...

        @property
        def status_code(self) -> str | None: ...

    @property
    def is_provisional(self) -> bool:
        """Whether the value is provisional, estimated or a forecast."""
        return self.status_code in PROVISIONAL

    @property
    def symbols(self) -> tuple[Symbol, ...]:
        """What stands beside its value."""
        found = symbol(self.status_code)
        return (*((found,) if found else ()), *((REVISED,) if self.is_revised else ()))

    @property
    def is_under_review(self) -> bool:
        return bool(self.notices) and self.notices[-1].state is NoticeState.UNDER_REVIEW

    @property
    def is_withdrawn(self) -> bool:
        """Whether nobody vouches for the value any more; it stays in the log and in what was cited."""
        return bool(self.notices) and self.notices[-1].state is NoticeState.WITHDRAWN

    @property
    def mark(self) -> NoticeState | None:
        """How it is marked now; None when it is not."""
        standing = self.notices[-1].state if self.notices else NoticeState.LIFTED
        return None if standing is NoticeState.LIFTED else standing


class _Figure(NamedTuple):
    key: FigureKey
    versions: tuple[Version, ...]
    notices: tuple[Notice, ...] = ()


class Figure(_Figure, Marks):
    """A body's value of an indicator in a period: all versions so far, oldest first, and its notices.

    A tuple, because a page reads hundreds.
    """

    __slots__ = ()

    @property
    def status_code(self) -> str | None:
        return self.current.obs_status

    @property
    def current(self) -> Version:
        return self.versions[-1]

    @property
    def target(self) -> Decimal | None:
        return self.current.target

    @property
    def actual(self) -> Decimal | None:
        return self.current.actual

    @property
    def replaced(self) -> tuple[Version, ...]:
        """Former versions that read differently from the current one, oldest first."""
        if len(self.versions) == 1:
            return ()  # as nearly all figures
        return tuple(old for old in self.versions[:-1] if not old.says_the_same_as(self.current))

    @property
    def is_revised(self) -> bool:
        return bool(self.replaced)


@dataclass(frozen=True)
class Release:
    """A set of figures published together."""

    slug: str
    names: Names
    source: str | Names
    licence: str | Names
    period: str | None
    edition: int
    at: datetime
    figures: int


class Level(StrEnum):
    """The five marks of the rating system 好差评, from worst to best as the log writes them."""

    VERY_DISSATISFIED = "1"
    DISSATISFIED = "2"
    FAIRLY_SATISFIED = "3"
    SATISFIED = "4"
    VERY_SATISFIED = "5"


@dataclass(frozen=True)
class LevelShare:
    """The share of one level among all marks (0 to 1) and its 95 % Wilson interval."""

    level: Level
    share: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True)
class RatingSummary:
    """What a period's marks of a service came to; suppressed: too few marks to show anything."""

    service: str
    body: str
    period: str
    suppressed: bool
    n: int | None
    shares: tuple[LevelShare, ...]  # from very satisfied downwards
    edition: int
    at: datetime
    by: Mapping[str, tuple["RatedPart", ...]] = field(default_factory=dict)
    """Its parts by channel, by rating code ("code"), and the further questions ("question")."""
    threshold: int | None = None
    transactions: int | None = None
    receipts: int | None = None
    set_aside: Mapping[str, int] = field(default_factory=dict)
    """How many more ratings are not counted, by the rule that set them aside; small numbers are left out."""

    @property
    def satisfied(self) -> Satisfied | None:
        return _satisfied_in(self.n, self.shares)

    @property
    def active_rate(self) -> Decimal | None:
        """Marks by matters settled: above 1 when more marks came than there were matters."""
        return rate(self.n, self.transactions)

    @property
    def coded(self) -> "RatedPart | None":
        """Those that came with a rating code; None when that is not shown."""
        found = (part for part in self.by.get("code", ()) if part.name == "with" and part.n is not None)
        return next(found, None)

    @property
    def coded_rate(self) -> Decimal | None:
        return rate(self.coded.n, self.n) if self.coded else None


@dataclass(frozen=True)
class RatedPart:
    """A part of a period's marks, or the answers to one further question; `n` is None when it is hidden."""

    name: str
    n: int | None
    shares: tuple[LevelShare, ...]

    @property
    def satisfied(self) -> Satisfied | None:
        return _satisfied_in(self.n, self.shares)


@dataclass(frozen=True)
class BodyRatings:
    """A body's services together in a period: all of them, or those whose own numbers are shown."""

    body: str
    period: str
    covers_all: bool
    whole: RatedPart
    edition: int
    at: datetime
    findings: int = 0
    """How often a rule has set ratings of a service aside, and how many those are together (`set_aside`)."""
    set_aside: int = 0


@dataclass(frozen=True)
class Answers:
    """How the answers stood on the day `as_of` that a body has owed to low ratings of a service since a month.

    `came` are all that were asked for, by in-time, late, waiting and overdue; `ended` those that came.
    """

    service: str
    body: str
    period: str
    as_of: date
    threshold: int
    asked: int
    came: Mapping[str, int]
    ended: Mapping[str, int]
    edition: int
    at: datetime


@dataclass(frozen=True)
class BodyAnswers:
    """The same of a body's services together: of all of them (`covers_all`), or of those whose own are shown."""

    body: str
    period: str
    as_of: date
    threshold: int
    covers_all: bool
    asked: int
    came: Mapping[str, int]
    ended: Mapping[str, int]
    edition: int
    at: datetime


@dataclass(frozen=True)
class RatingReply:
    """What a body said about a month of a service's ratings; `version` counts its replies to that month from 1."""

    service: str
    body: str
    period: str
    text: Text
    version: int
    edition: int
    at: datetime


def _satisfied_in(n: int | None, shares: tuple[LevelShare, ...]) -> Satisfied | None:
    return satisfied(n, {one.level.value: one.share for one in shares}) if n else None


@dataclass(frozen=True)
class RaterComment:
    """The words of somebody who rated a service, as a moderator approved them; never with their rating."""

    service: str
    period: str
    text: Text
    edition: int
    at: datetime


@dataclass(frozen=True)
class EvaluationResult:
    """A body's result of a cycle, with the parts it was made of; `content` is all of it exactly as published."""

    cycle: str
    body: str
    score: Decimal | None
    parts: tuple[Mapping[str, Any], ...]
    edition: int
    at: datetime
    content: Mapping[str, Any]


def digits(value: Decimal | None) -> str | None:
    """The digits as published, never in exponent form."""
    if value is None:
        return None
    text = str(value)  # costs less than a format
    return format(value, "f") if "E" in text else text
