"""An indicator at a body, ready to be read in one line: newest result, target, status, own past."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from typing import NamedTuple

from portal.publishing.breaks import SeriesBreak
from portal.publishing.listed import Listed, Newest
from portal.publishing.past import OwnPast, Value, Verdict, own_past
from portal.publishing.readings import Figure, PublishedBody, PublishedIndicator, Version
from portal.registry.queries import status
from portal.registry.values import Direction, Status


@dataclass(frozen=True)
class IndicatorRow:
    """One indicator at one body: its figures, the earliest period first, and the breaks between them if known."""

    indicator: PublishedIndicator
    body: PublishedBody
    figures: tuple[Figure, ...]
    breaks: tuple[SeriesBreak, ...] = ()

    @cached_property
    def latest(self) -> Figure:
        """The newest figure that has a result; without any, the newest."""
        return next((one for one in reversed(self.figures) if one.actual is not None), self.figures[-1])

    @property
    def status(self) -> Status:
        return self.status_of(self.latest.current)

    @cached_property
    def has_targets(self) -> bool:
        """Whether any of its figures ever had a target."""
        return any(one.target is not None for one in self.figures)

    @property
    def was_revised(self) -> bool:
        """Whether any of its figures was changed since it was published."""
        return any(one.is_revised for one in self.figures)

    @property
    def awaited(self) -> str | None:
        """The latest period, if it has no result yet and an earlier one has."""
        return None if self.figures[-1] is self.latest else self.figures[-1].key.period

    @property
    def has_empty_target(self) -> bool:
        """Whether the target is zero where more is better: every result reaches it, so "met" says nothing."""
        return _is_empty(self.latest.target, self.indicator)

    @cached_property
    def past(self) -> OwnPast | None:
        return own_past(self._values(), self.indicator.direction)

    def _values(self) -> Iterator[Value]:
        latest, met = self.latest, False
        for one in reversed(self.figures):
            met = met or one is latest
            if met:
                version = one.versions[-1]
                yield one.key.period, version.actual, version.obs_status

    @property
    def is_better(self) -> bool:
        return self.past is not None and self.past.verdict is Verdict.BETTER

    @property
    def is_worse(self) -> bool:
        return self.past is not None and self.past.verdict is Verdict.WORSE

    def status_of(self, version: Version) -> Status:
        return status(version.target, version.actual, self.indicator.direction)


class Line(NamedTuple):
    """One indicator at one body in a list: what `IndicatorRow` says of it, from as little as is shown."""

    indicator: PublishedIndicator
    body: PublishedBody
    latest: Newest
    awaited: str | None
    past: OwnPast | None
    status: Status
    has_empty_target: bool


def lines_of(
    listed: Iterable[Listed],
    indicators: Mapping[str, PublishedIndicator],
    bodies: Mapping[str, PublishedBody],
) -> tuple[Line, ...]:
    """What a list shows, joined with what it is about."""
    return tuple(
        _line(one, indicators[one.newest.key.indicator], bodies[one.newest.key.body])
        for one in listed
        if one.newest.key.indicator in indicators and one.newest.key.body in bodies
    )


def _line(listed: Listed, indicator: PublishedIndicator, body: PublishedBody) -> Line:
    newest, direction = listed.newest, indicator.direction
    past, standing = own_past(listed.values, direction), status(newest.target, newest.actual, direction)
    return Line(indicator, body, newest, listed.awaited, past, standing, _is_empty(newest.target, indicator))


def _is_empty(target: Decimal | None, indicator: PublishedIndicator) -> bool:
    return indicator.direction is Direction.UP and target == 0


def rows_of(
    figures: Iterable[Figure],
    indicators: Mapping[str, PublishedIndicator],
    bodies: Mapping[str, PublishedBody],
) -> tuple[IndicatorRow, ...]:
    """Figures (by body, indicator and period) joined with what they are figures of."""
    grouped = groupby(figures, key=lambda figure: (figure.key.body, figure.key.indicator))
    return tuple(
        IndicatorRow(indicators[indicator], bodies[body], tuple(found))
        for (body, indicator), found in grouped
        if indicator in indicators and body in bodies
    )
