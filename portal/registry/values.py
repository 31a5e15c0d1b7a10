"""Bodies, services, indicators and periods as other rooms and templates see them.

Words: *direction* says which way is better; *kind* is constrained 约束性 (set from above) or
expected 预期性 (set by the body itself); *level* is a tier of government.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from portal.foundation.i18n import Names

__all__ = [
    "Body",
    "Direction",
    "Ended",
    "EndedHow",
    "FormerName",
    "Indicator",
    "Kind",
    "Level",
    "Names",
    "Period",
    "PeriodType",
    "Service",
    "Status",
    "status",
]


class Direction(StrEnum):
    """Which way is better. NONE: the indicator gives context and is never judged met or not met."""

    UP = "up"
    DOWN = "down"
    NONE = "none"


class Kind(StrEnum):
    """Who settles the indicator: from above (constrained) or from below (expected)."""

    CONSTRAINED = "constrained"
    EXPECTED = "expected"


class Level(StrEnum):
    """The tier of government a body belongs to."""

    NATIONAL = "national"
    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"
    UNSTATED = "unstated"


class Status(StrEnum):
    """How a figure stands to its target; a missing target is never "met"."""

    MET = "met"
    NOT_MET = "not-met"
    NO_TARGET = "no-target"
    NO_RESULT = "no-result"
    NOT_APPLICABLE = "not-applicable"


def status(target: Decimal | None, actual: Decimal | None, direction: Direction) -> Status:
    """How an actual stands to its target, reaching it exactly being met.

    A missing target is missing, never zero and never met; a target of zero is a target.
    """
    if direction is Direction.NONE:
        return Status.NOT_APPLICABLE
    if target is None:
        return Status.NO_TARGET
    if actual is None:
        return Status.NO_RESULT
    reached = actual >= target if direction is Direction.UP else actual <= target
    return Status.MET if reached else Status.NOT_MET


class EndedHow(StrEnum):
    """How a body ceased to be: merged or split into others, renamed (one goes on under a new code), dissolved."""

    MERGED = "merged"
    SPLIT = "split"
    RENAMED = "renamed"
    DISSOLVED = "dissolved"


@dataclass(frozen=True)
class Ended:
    """The first day on which a body no longer was, how it ended, and the codes of those that follow it."""

    on: date
    how: EndedHow
    into: tuple[str, ...] = ()


@dataclass(frozen=True)
class FormerName:
    """A name a body had until a day, which is the first of the name that follows."""

    names: Names
    until: date


@dataclass(frozen=True)
class Body:
    """A public body, evaluated as a whole; `parent_code` is the body above it.

    `codes` are those it has outside, by scheme (see `outside`); `valid_from` is its first day.
    """

    code: str
    names: Names
    parent_code: str | None
    level: Level
    invented: bool
    codes: Mapping[str, str] = field(default_factory=dict)
    valid_from: date | None = None
    ended: Ended | None = None
    former: tuple[FormerName, ...] = ()


@dataclass(frozen=True)
class Service:
    """Something a body does for people, which they can rate.

    `place` is where it is done (a hall, an office), by language; `windows` are the numbers of its counters
    there as the signs over them say, such as 3 or A12.
    """

    code: str
    body_code: str
    names: Names
    place: Names = field(default_factory=dict)
    windows: tuple[str, ...] = ()


@dataclass(frozen=True)
class Indicator:
    """What is measured, in which unit (empty when none is stated), and which way is better.

    `body_code` is set when the indicator belongs to one body only; `weight` is its share in
    per cent among the body's indicators, None when none is settled; `criteria` says by what rule a
    result is marked, where one is settled. `part_of` is the indicator that this one is a part of, so that
    the parts of a body may not add up to more than their total.
    """

    code: str
    names: Names
    definition: Names
    unit: Names
    direction: Direction
    kind: Kind
    body_code: str | None
    service_code: str | None
    weight: Decimal | None
    criteria: Names = field(default_factory=dict)
    part_of: str | None = None


class PeriodType(StrEnum):
    """How long a period is and how it is written."""

    YEAR = "year"
    FISCAL_YEAR = "fiscal-year"
    QUARTER = "quarter"
    MONTH = "month"


_YEAR = re.compile(r"[12]\d{3}")
_SPAN = re.compile(r"([12]\d{3})-([12]\d{3}|\d{2})")
_QUARTER = re.compile(r"([12]\d{3})-Q([1-4])")
_MONTH = re.compile(r"([12]\d{3})-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Period:
    """A time a figure is about: 2023, 2023-24, 2023-Q1 or 2023-04.

    "2003-04" is always April 2003, as in ISO 8601; the fiscal year of that name is written
    2003-2004, so that no text means two periods.
    """

    type: PeriodType
    year: int
    part: int = 0

    @classmethod
    def parse(cls, text: str, type: PeriodType | None = None) -> Period:
        """Read a period; `type` settles what a source means by texts such as 2003-04.

        Raises ValueError when the text is no period, or not one of the type asked for.
        """
        for period in _readings(text):
            if type is None or period.type is type:
                return period
        raise ValueError(f"not a period: {text!r}")

    def __str__(self) -> str:
        match self.type:
            case PeriodType.YEAR:
                return f"{self.year:04}"
            case PeriodType.QUARTER:
                return f"{self.year:04}-Q{self.part}"
            case PeriodType.MONTH:
                return f"{self.year:04}-{self.part:02}"
        end = self.year + 1
        return f"{self.year:04}-{end % 100:02}" if end % 100 > 12 else f"{self.year:04}-{end:04}"

    @property
    def before(self) -> Period:
        """The period of the same kind that ends where this one begins."""
        last = {PeriodType.QUARTER: 4, PeriodType.MONTH: 12}.get(self.type, 0)
        if self.part > 1 or not last:
            return Period(self.type, self.year - (not last), self.part - bool(last))
        return Period(self.type, self.year - 1, last)

    @property
    def sort_key(self) -> tuple[int, int, str]:
        """Earlier periods first; a year comes before its quarters and months."""
        month = {PeriodType.QUARTER: self.part * 3 - 2, PeriodType.MONTH: self.part}.get(self.type, 0)
        return self.year, month, self.type.value


@lru_cache(maxsize=4096)  # there are few periods, and every figure names one
def _readings(text: str) -> tuple[Period, ...]:
    """Every period the text can mean, the usual reading first."""
    found = []
    if _YEAR.fullmatch(text):
        found.append(Period(PeriodType.YEAR, int(text)))
    if quarter := _QUARTER.fullmatch(text):
        found.append(Period(PeriodType.QUARTER, int(quarter[1]), int(quarter[2])))
    if month := _MONTH.fullmatch(text):
        found.append(Period(PeriodType.MONTH, int(month[1]), int(month[2])))
    if span := _SPAN.fullmatch(text):
        start, end = int(span[1]), span[2]
        if end == (f"{start + 1:04}" if len(end) == 4 else f"{(start + 1) % 100:02}"):
            found.append(Period(PeriodType.FISCAL_YEAR, start))
    return tuple(found)
