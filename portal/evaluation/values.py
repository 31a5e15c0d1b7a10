"""What other rooms and templates may see of an evaluation. All points are decimals from 0 to 100."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from portal.evaluation.evidence import Evidence

Names = Mapping[str, str]


class CycleState(StrEnum):
    """open: weights are set and marks entered · scored: a result was proposed · published: one is public."""

    OPEN = "open"
    SCORED = "scored"
    PUBLISHED = "published"


class Element(StrEnum):
    """What is evaluated (source paper, section 6)."""

    ORGANISATIONAL_ABILITY = "organisational-ability"
    POLICY_MAKING = "policy-making"
    ADMINISTRATIVE_DECISIONS = "administrative-decisions"
    EXECUTION_OF_DECREES = "execution-of-decrees"
    BUSINESS_GUIDANCE = "business-guidance"
    BUSINESS_PROCESSING = "business-processing"
    LETTERS_AND_VISITS = "letters-and-visits"
    PROJECT_PERFORMANCE = "project-performance"
    DEPARTMENT_PERFORMANCE = "department-performance"


class Group(StrEnum):
    """Who or what speaks about an element. RESULTS, SERVICE_OBJECTS and ANSWERS are computed, never entered:
    published figures measure themselves, those who were served rate directly, never by stand-ins, and whether
    low ratings were answered in time is counted.
    """

    RESULTS = "results"
    SERVICE_OBJECTS = "service-objects"
    ANSWERS = "rating-answers"
    SELF = "self"
    STAFF = "staff"
    COMMITTEE = "committee"
    HIGHER_GOVERNMENT = "higher-government"
    HIGHER_AUTHORITY = "higher-authority"
    LOWER_DEPARTMENTS = "lower-departments"
    PARTY_COMMITTEE = "party-committee"
    EXPERTS = "experts"
    POLICY_OBJECTS = "policy-objects"
    AUDIT = "audit"
    PROJECT_MANAGEMENT = "project-management"

    @property
    def is_computed(self) -> bool:
        return self in (Group.RESULTS, Group.SERVICE_OBJECTS, Group.ANSWERS)

    @property
    def is_of_one_body(self) -> bool:
        """Whether its members speak for the evaluated body itself."""
        return self in (Group.SELF, Group.STAFF)


class Raters(StrEnum):
    """Those who were served, by what their ratings came with; each kind is a part of its own."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"


class PartKind(StrEnum):
    WHOLE = "whole"
    ELEMENT = "element"
    GROUP = "group"
    RATERS = "raters"
    INDICATOR = "indicator"
    SERVICE = "service"


class Standing(StrEnum):
    """Whether a part has points, and if not why. Only SCORED and VOIDED parts count with their weight."""

    SCORED = "scored"
    VOIDED = "voided"
    NOT_PUBLISHED = "not-published"
    NO_TARGET = "no-target"
    NO_RESULT = "no-result"
    NOT_JUDGED = "not-judged"
    NO_SUMMARY = "no-summary"
    TOO_FEW = "too-few"
    NO_ANSWERS = "no-answers"
    NO_MARK = "no-mark"
    NOTHING_SCORED = "nothing-scored"

    @property
    def counts(self) -> bool:
        return self in (Standing.SCORED, Standing.VOIDED)


@dataclass(frozen=True)
class Part:
    """One part of a score. `weight` is its share in the part above, in per cent.

    `value` is None when it is not scored; `low` and `high` enclose it when it rests on ratings,
    which are a sample, and equal it otherwise.
    """

    kind: PartKind
    code: str
    weight: Decimal
    standing: Standing
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    evidence: tuple[Evidence, ...] = ()
    parts: tuple[Part, ...] = ()

    @property
    def is_sampled(self) -> bool:
        return self.low != self.high


class AppealState(StrEnum):
    """open: nobody has decided · granted: what was appealed against is lifted · dismissed: it stands."""

    OPEN = "open"
    GRANTED = "granted"
    DISMISSED = "dismissed"


class Party(StrEnum):
    """Who appeals: the body whose figure was found false, or somebody who had verified it."""

    BODY = "body"
    ASSESSOR = "assessor"


class Liability(StrEnum):
    """Whether those who verified a figure found false are kept from marking; an open appeal suspends it."""

    STANDS = "stands"
    SUSPENDED = "suspended"
    LIFTED = "lifted"


@dataclass(frozen=True)
class Deduction:
    """Points taken for one figure found false, cited by the edition of its published correction.

    `appeal` is where the body's appeal against it stands, `assessor` what became of whoever had verified the
    figure; None: there is none.
    """

    figure: str
    points: Decimal
    edition: int
    appeal: AppealState | None = None
    assessor: Liability | None = None

    @property
    def counts(self) -> bool:
        """An open appeal holds it, a granted one lifts it."""
        return self.appeal not in (AppealState.OPEN, AppealState.GRANTED)


@dataclass(frozen=True)
class Credit:
    """Points for an error that the body disclosed itself, cited by the edition of its correction.

    `withdrawn` is the edition in which a report about the same figure was published as upheld; None: it counts.
    """

    figure: str
    points: Decimal
    edition: int
    withdrawn: int | None = None

    @property
    def counts(self) -> bool:
        return self.withdrawn is None


@dataclass(frozen=True)
class Score:
    """A body's result in a cycle: the parts' points less what is deducted for integrity and with what is credited
    for errors it disclosed itself, from 0 to 100.

    `scored_share` says how much of the whole weight (per cent) could be scored at all.
    """

    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    whole: Part
    deductions: tuple[Deduction, ...]
    deducted: Decimal
    scored_share: Decimal
    credits: tuple[Credit, ...] = ()
    credited: Decimal = Decimal(0)


@dataclass(frozen=True)
class Method:
    """How a cycle scores: element shares, group shares within each element, and the integrity rule.

    `integrity_points` are taken for each figure found false (half of them when partly), at most
    `integrity_most`; fewer than `fewest_marks` ratings of a service say nothing. Among ratings those with a
    rating code have the share `verified_share`, those without one the rest; None takes all ratings together, as
    cycles did that were opened before the two were kept apart. `credit_points` are given for each figure whose
    error the body disclosed itself, all together no more than one false figure costs.
    """

    elements: Mapping[Element, Decimal]
    groups: Mapping[Element, Mapping[Group, Decimal]]
    integrity_points: Decimal = Decimal(5)
    integrity_most: Decimal = Decimal(20)
    fewest_marks: int = 30
    verified_share: Decimal | None = Decimal(60)
    credit_points: Decimal = Decimal(1)


class ReasonCode(StrEnum):
    """Why a result is published, the first time or again."""

    FIRST_RESULT = "first-result"
    FIGURE_CORRECTED = "figure-corrected"
    FIGURE_VOIDED = "figure-voided"
    INTEGRITY_DEDUCTION = "integrity-deduction"
    NEW_EVIDENCE = "new-evidence"
    MARKS_CHANGED = "marks-changed"
    METHOD_CORRECTED = "method-corrected"
    APPEAL = "appeal"


@dataclass(frozen=True)
class Cycle:
    """One round: figures of `period`, ratings of the months from `ratings_from` to `ratings_until`."""

    code: str
    names: Names
    period: str
    ratings_from: str
    ratings_until: str
    state: CycleState
    method: Method
    bodies: tuple[str, ...]
    opened_at: datetime


@dataclass(frozen=True)
class Mark:
    """What one member of an evaluator group entered about an element of a body: 0 to 100, with a reason."""

    id: str
    cycle: str
    body: str
    element: Element
    group: Group
    value: Decimal
    reason: str
    person_id: str
    entered_at: datetime
    reason_digest: str | None = None


@dataclass(frozen=True)
class Membership:
    """That a person belongs to an evaluator group; `body` is set for groups that speak for one body."""

    person_id: str
    group: Group
    body: str | None


@dataclass(frozen=True)
class Appeal:
    """An appeal against what a figure found false costs the body, or whoever had verified it."""

    id: str
    figure: str
    party: Party
    person_id: str
    words: str
    state: AppealState
    filed_on: date
    decided_on: date | None
    reason: str | None


@dataclass(frozen=True)
class PublishedResult:
    """A result as the public sees it: the evaluation statement of one edition."""

    cycle: str
    body: str
    names: Names
    period: str
    score: Score
    integrity_points: Decimal
    integrity_most: Decimal
    reason_code: ReasonCode
    replaces: int | None
    edition: int
    at: datetime
    as_of: int
    reason_digest: str | None = None
    credit_points: Decimal = Decimal(0)
