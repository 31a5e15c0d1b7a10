"""The points of a chart on their two axes: what is where."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import groupby

from .measure import text_width
from .scale import Scale
from .values import Box, ChartWords, Mark, MarkKind, Point, Segment, Side, Size, Spread

_RADIUS = 4.5
_MARKED_STEP = 6.0  # closer than this, single marks would run into each other: the line alone speaks


def frame_of(points: Sequence[Point], scale: Scale, words: ChartWords, size: Size) -> "Frame":
    ticks = max(text_width(words.number(tick), size.text) for tick in scale.ticks)
    top = size.text * 1.9
    left = min(ticks + 10, size.width / 2)
    plot = Box(left, top, size.width - size.text * 1.6, size.height - size.text * 2.3)
    return Frame(points, scale, words, size, plot)


@dataclass(frozen=True)
class Frame:
    """The points on their two axes."""

    points: Sequence[Point]
    scale: Scale
    words: ChartWords
    size: Size
    plot: Box

    @cached_property
    def step(self) -> float:
        return (self.plot.right - self.plot.left) / len(self.points)

    @cached_property
    def radius(self) -> float:
        return min(_RADIUS, max(2.0, self.step / 4))

    @cached_property
    def is_dense(self) -> bool:
        return self.step < _MARKED_STEP

    def x(self, position: int) -> float:
        return self.plot.left + self.step * (position + 0.5)

    def y(self, value: Decimal) -> float:
        return self.plot.bottom - self.scale.share(value) * (self.plot.bottom - self.plot.top)

    @cached_property
    def heights(self) -> tuple[float | None, ...]:
        """Where the value of each point is."""
        return tuple(None if point.value is None else self.y(point.value) for point in self.points)

    def lines(self) -> Iterator[Segment]:
        """From point to point; a missing or withdrawn value, or a break in the series, interrupts the line."""
        for position in range(1, len(self.points)):
            old, new = self.points[position - 1], self.points[position]
            start, end = self.heights[position - 1], self.heights[position]
            if start is None or end is None or not self._joined(old, new):
                continue
            yield Segment(self.x(position - 1), start, self.x(position), end, new.provisional)

    @staticmethod
    def _joined(old: Point, new: Point) -> bool:
        return (
            old.value is not None
            and new.value is not None
            and not (new.break_before or old.withdrawn or new.withdrawn)
        )

    def bands(self) -> Iterator[tuple[Spread, ...]]:
        """The intervals, joined where the line is."""
        run: list[Spread] = []
        for position, point in enumerate(self.points):
            if run and not (position and self._joined(self.points[position - 1], point)):
                yield tuple(run)
                run = []
            if point.low is not None and point.high is not None and not point.withdrawn:
                run.append(Spread(self.x(position), self.y(point.low), self.y(point.high)))
            elif run:
                yield tuple(run)
                run = []
        if run:
            yield tuple(run)

    def targets(self) -> Iterator[Segment]:
        """A level stretch over each period that has a target; neighbours with the same target join."""
        for target, run in groupby(enumerate(self.points), key=lambda pair: pair[1].target):
            if target is None:
                continue
            positions = [position for position, _ in run]
            y, half = self.y(target), self.step / 2
            yield Segment(self.x(positions[0]) - half, y, self.x(positions[-1]) + half, y, dashed=True)

    def met(self) -> Iterator[Box]:
        """From each target to the end of the plot on the side that counts as met, stepping with the targets."""
        for (target, side), run in groupby(enumerate(self.points), key=lambda pair: (pair[1].target, pair[1].met)):
            if target is None or side is None:
                continue
            positions = [position for position, _ in run]
            y, half = self.y(target), self.step / 2
            top, bottom = (self.plot.top, y) if side is Side.ABOVE else (y, self.plot.bottom)
            yield Box(self.x(positions[0]) - half, top, self.x(positions[-1]) + half, bottom)

    def breaks(self) -> Iterator[float]:
        for position, point in enumerate(self.points):
            if point.break_before and position:
                yield self.x(position) - self.step / 2

    def marks(self) -> Iterator[Mark]:
        """In a dense series only what a line cannot say: changed, marked and lonely values, and the newest."""
        newest = max(at for at, point in enumerate(self.points) if point.value is not None)
        for position, point in enumerate(self.points):
            x = self.x(position)
            for before in point.before:
                yield Mark(MarkKind.BEFORE, x, self.y(before.value), max(self.radius, 3.5))
            y = self.heights[position]
            if y is None:
                continue
            if point.withdrawn:
                yield Mark(MarkKind.WITHDRAWN, x, y, max(self.radius, 4))
                continue
            if point.under_review:
                yield Mark(MarkKind.REVIEW, x, y, self.radius + 4)
            spoken = point.under_review or point.before or position == newest or self._is_lonely(position)
            if self.is_dense and not spoken:
                continue
            yield Mark(MarkKind.PROVISIONAL if point.provisional else MarkKind.VALUE, x, y, self.radius)

    def _is_lonely(self, position: int) -> bool:
        here = self.points[position]
        before = position > 0 and self._joined(self.points[position - 1], here)
        after = position + 1 < len(self.points) and self._joined(here, self.points[position + 1])
        return not (before or after)
