"""A series in a picture of some size: what is where."""

from collections.abc import Iterator

from .measure import text_width
from .series import Series
from .values import Box, Mark, MarkKind, Segment, Side, Size, Spread

_RADIUS = 4.5
_MARKED_STEP = 6.0  # closer than this, single marks would run into each other: the line alone speaks


class Frame:
    """The points of a series on their two axes."""

    def __init__(self, series: Series, size: Size) -> None:
        self.series = series
        self.size = size
        ticks = max(text_width(text, size.text) for text, _ in series.ticks)
        left = min(ticks + 10, size.width / 2)
        self.plot = Box(left, size.text * 1.9, size.width - size.text * 1.6, size.height - size.text * 2.3)
        self.step = (self.plot.right - self.plot.left) / len(series.points)
        self.radius = min(_RADIUS, max(2.0, self.step / 4))
        self.is_dense = self.step < _MARKED_STEP
        self._height = self.plot.bottom - self.plot.top
        self.xs = tuple(self.plot.left + self.step * (at + 0.5) for at in range(len(series.points)))
        self.heights = tuple(None if share is None else self.y(share) for share in series.values)
        """Where the value of each point is."""

    def y(self, share: float) -> float:
        return self.plot.bottom - share * self._height

    def lines(self) -> Iterator[Segment]:
        """From point to point, where the line is not interrupted."""
        xs, heights, points = self.xs, self.heights, self.series.points
        for at, joined in enumerate(self.series.joined):
            start, end = heights[at - 1], heights[at]
            if joined and start is not None and end is not None:
                yield Segment(xs[at - 1], start, xs[at], end, points[at].provisional)

    def bands(self) -> Iterator[tuple[Spread, ...]]:
        for run in self.series.ranges:
            yield tuple(Spread(self.xs[at], self.y(low), self.y(high)) for at, low, high in run)

    def targets(self) -> Iterator[Segment]:
        """A level stretch over each period that has a target; neighbours with the same target join."""
        half = self.step / 2
        for share, first, last, _ in self.series.targets:
            y = self.y(share)
            yield Segment(self.xs[first] - half, y, self.xs[last] + half, y, dashed=True)

    def met(self) -> Iterator[Box]:
        """From each target to the end of the plot on the side that counts as met, stepping with the targets."""
        half = self.step / 2
        for share, first, last, side in self.series.met:
            y = self.y(share)
            top, bottom = (self.plot.top, y) if side is Side.ABOVE else (y, self.plot.bottom)
            yield Box(self.xs[first] - half, top, self.xs[last] + half, bottom)

    def breaks(self) -> Iterator[float]:
        for position in self.series.breaks:
            yield self.xs[position] - self.step / 2

    def marks(self) -> Iterator[Mark]:
        """In a dense series only what a line cannot say: changed, marked and lonely values, and the newest."""
        series = self.series
        for position, (x, y, point) in enumerate(zip(self.xs, self.heights, series.points, strict=True)):
            for before in point.before:
                yield Mark(MarkKind.BEFORE, x, self.y(series.scale.share(before.value)), max(self.radius, 3.5))
            if y is None:
                continue
            if point.withdrawn:
                yield Mark(MarkKind.WITHDRAWN, x, y, max(self.radius, 4))
                continue
            if point.under_review:
                yield Mark(MarkKind.REVIEW, x, y, self.radius + 4)
            if self.is_dense and not (
                point.under_review or point.before or position == series.newest or series.is_lonely(position)
            ):
                continue
            yield Mark(MarkKind.PROVISIONAL if point.provisional else MarkKind.VALUE, x, y, self.radius)
