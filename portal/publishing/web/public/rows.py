"""An indicator at a body, ready to be read in one line: newest result, target, status, own past."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from portal.publishing.breaks import SeriesBreak
from portal.publishing.past import OwnPast, Verdict, own_past
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
    def has_empty_target(self) -> bool:
        """Whether the target is zero where more is better: every result reaches it, so "met" says nothing."""
        return self.indicator.direction is Direction.UP and self.latest.target == 0

    @cached_property
    def past(self) -> OwnPast | None:
        figures, latest = self.figures, self.latest
        if figures[-1] is not latest:
            figures = figures[: next(at for at, one in enumerate(figures, 1) if one is latest)]
        return own_past(figures, self.indicator.direction)

    @property
    def is_better(self) -> bool:
        return self.past is not None and self.past.verdict is Verdict.BETTER

    @property
    def is_worse(self) -> bool:
        return self.past is not None and self.past.verdict is Verdict.WORSE

    def status_of(self, version: Version) -> Status:
        return status(version.target, version.actual, self.indicator.direction)


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
