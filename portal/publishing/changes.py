"""Changes: what was published, what replaced it, why, and in which editions. One value for page, files and API.

`between` compares two statements about the same thing and is the only judge of what a change is, so that
whoever rebuilds the list from the log alone gets the same list. A figure's statement names the edition it
replaces; an indicator's statement replaces the one before it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from portal.publishing.values import Cause, FigureKey, ObsStatus, Statement, Text

Said = str | Mapping[str, str] | None
"""What a statement says of one thing: the digits or code as published, a text by language, or nothing."""


class Changed(StrEnum):
    """What can be changed: the parts of a figure, and of an indicator's entry in the register."""

    ACTUAL = "actual"
    TARGET = "target"
    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"
    OBS_STATUS = "obs_status"
    NAMES = "names"
    DEFINITION = "definition"
    UNIT = "unit"
    DIRECTION = "direction"
    KIND = "kind"
    WEIGHT = "weight"
    CRITERIA = "criteria"


NUMBERS = ("target", "actual", "numerator", "denominator")
"""What is measured of a figure, by the names that statements use."""

OF_A_FIGURE = (Changed.ACTUAL, Changed.TARGET, Changed.NUMERATOR, Changed.DENOMINATOR, Changed.OBS_STATUS)
OF_AN_INDICATOR = (
    *(Changed.NAMES, Changed.DEFINITION, Changed.UNIT, Changed.DIRECTION),
    *(Changed.KIND, Changed.WEIGHT, Changed.CRITERIA),
)
COMPARABILITY = frozenset({Changed.DEFINITION, Changed.UNIT, Changed.CRITERIA, Changed.DIRECTION})
"""What cannot change without values before and after meaning different things."""


@dataclass(frozen=True)
class FieldChange:
    """One part: what it said, and what it says now."""

    what: Changed
    old: Said
    new: Said


@dataclass(frozen=True)
class Change:
    """Something published that was replaced. `body` and `period` are set for a figure, `body` also for an
    indicator of one body only. `cause` is None for a change published before causes were asked for."""

    indicator: str
    body: str | None
    period: str | None
    fields: tuple[FieldChange, ...]
    cause: Cause | None
    note: Text | None
    at: datetime
    old_edition: int
    new_edition: int

    @property
    def key(self) -> FigureKey | None:
        """Which figure was changed; None when it was an indicator's entry in the register."""
        if self.body is None or self.period is None:
            return None
        return FigureKey(self.body, self.indicator, self.period)

    @property
    def id(self) -> str:
        """Names the change for good: its edition and what it is about."""
        about = self.indicator if self.key is None else str(self.key)
        return f"{self.new_edition}/{about}"

    def field(self, what: Changed) -> FieldChange | None:
        return next((one for one in self.fields if one.what is what), None)


@dataclass(frozen=True)
class ChangeFilter:
    """Which changes: of one body (its figures, and the indicators it has figures of), of one indicator, of
    one cause, published on or after `since` and on or before `until` (days in UTC). None asks for all."""

    body: str | None = None
    indicator: str | None = None
    cause: Cause | None = None
    since: date | None = None
    until: date | None = None

    @property
    def is_open(self) -> bool:
        return self == ChangeFilter()


def between(before: Statement, after: Statement) -> tuple[FieldChange, ...]:
    """What the later of two statements about one figure, or one indicator, says differently."""
    parts = OF_A_FIGURE if after["t"] == "figure" else OF_AN_INDICATOR
    pairs = ((what, _plain(before.get(what)), _plain(after.get(what))) for what in parts)
    return tuple(FieldChange(what, old, new) for what, old, new in pairs if old != new)


def may_be_said_again(before: Statement | None, after: Statement) -> bool:
    """Whether an act may publish an entry of the register along with what it is about: when it is new, or says
    something that no list of changes names. What a published indicator means or weighs is changed by an act of
    its own, with its cause (see `services.redefining`)."""
    if before is None:
        return True
    if after["t"] == "indicator" and between(before, after):
        return False
    return {name: said for name, said in before.items() if name not in ("cause", "reason")} != after


def _plain(said: Any) -> Said:
    """Nothing is nothing, however it was written: null, an empty text, no languages."""
    return said or None


def same(handed_in: str | None, published: str | None) -> bool:
    """Whether the office published what the body handed in: a normal value need not be called so by the body."""
    return handed_in == published or (handed_in is None and published == ObsStatus.NORMAL)
