"""The points of a chart on its scale: what is the same however large the picture is."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from .scale import Scale
from .values import ChartWords, Point, Side

_MOST_VALUES = 24  # more numbers than these make a picture no clearer; the table holds them all


class Level(NamedTuple):
    """A target from one position to another, at a share of the height; on which side of it a value is met."""

    share: float
    first: int
    last: int
    met: Side | None = None


class Range(NamedTuple):
    """The interval of the value at a position, as shares of the height."""

    position: int
    low: float
    high: float


class Series:
    """Points, oldest first, at least one of them with a value. Heights are shares of the plot, from 0 to 1."""

    def __init__(self, points: Sequence[Point], scale: Scale, words: ChartWords) -> None:
        self.points = points
        self.scale = scale
        self.words = words
        self.ticks = tuple((words.number(tick), scale.share(tick)) for tick in scale.ticks)
        self.values = tuple(None if point.value is None else scale.share(point.value) for point in points)
        self.joined = tuple(at > 0 and _joined(points[at - 1], points[at]) for at in range(len(points)))
        self.breaks = tuple(at for at, point in enumerate(points) if point.break_before and at)
        self.newest = max(at for at, value in enumerate(self.values) if value is not None)
        self.targets = tuple(self._targets())
        """Stretches of the same target."""
        self.met = tuple(self._met())
        """Stretches of the same target that is met on the same side."""
        self.ranges = tuple(self._ranges())
        """The intervals, joined where the line is."""

    def _targets(self) -> Iterator[Level]:
        for target, run in groupby(enumerate(self.points), key=lambda pair: pair[1].target):
            if target is not None:
                positions = [position for position, _ in run]
                yield Level(self.scale.share(target), positions[0], positions[-1])

    def _met(self) -> Iterator[Level]:
        for (target, side), run in groupby(enumerate(self.points), key=lambda pair: (pair[1].target, pair[1].met)):
            if target is not None and side is not None:
                positions = [position for position, _ in run]
                yield Level(self.scale.share(target), positions[0], positions[-1], side)

    def _ranges(self) -> Iterator[tuple[Range, ...]]:
        run: list[Range] = []
        for position, point in enumerate(self.points):
            if run and not self.joined[position]:
                yield tuple(run)
                run = []
            if point.low is not None and point.high is not None and not point.withdrawn:
                run.append(Range(position, self.scale.share(point.low), self.scale.share(point.high)))
            elif run:
                yield tuple(run)
                run = []
        if run:
            yield tuple(run)

    def is_lonely(self, position: int) -> bool:
        """Whether no line leads to or from a point."""
        following = position + 1
        return not (self.joined[position] or (following < len(self.points) and self.joined[following]))

    def by_importance(self, *, dense: bool) -> list[int]:
        """Newest, highest, lowest, oldest, then the others from the newest back."""
        shown = [(point.value, at) for at, point in enumerate(self.points) if point.value is not None]
        leading = [self.newest, max(shown)[1], min(shown)[1], shown[0][1]]
        rest = [at for _, at in reversed(shown)] if len(shown) <= _MOST_VALUES and not dense else []
        return list(dict.fromkeys([*leading, *rest]))


def _joined(old: Point, new: Point) -> bool:
    """A missing or withdrawn value, or a break in the series, interrupts the line."""
    return (
        old.value is not None
        and new.value is not None
        and not (new.break_before or old.withdrawn or new.withdrawn)
    )
