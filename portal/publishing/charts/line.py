"""The line chart of one indicator at one body over its periods."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from .frame import frame_of
from .labelling import label_axes, label_inside
from .placing import Placing
from .scale import Scale, scale_for
from .values import WIDE, Box, ChartWords, Drawing, Point, Segment, Size


def draw(
    points: Sequence[Point], words: ChartWords, size: Size = WIDE, *, scale: Scale | None = None
) -> Drawing | None:
    """The chart of `points` in their order, oldest first; None when no point has a value to show.

    Charts that are to be compared are given the same `scale`.
    """
    if not any(point.value is not None for point in points):
        return None
    scale = scale or scale_of(points)
    frame = frame_of(points, scale, words, size)
    lines = tuple(frame.lines())
    targets = tuple(frame.targets())
    marks = tuple(frame.marks())
    breaks = tuple(frame.breaks())
    plot = frame.plot
    upright = [Segment(x, plot.top, x, plot.bottom) for x in breaks]
    bounds = Box(1, 1, size.width - 1, plot.bottom - 1)
    placing = Placing(bounds, size.text, marks, [*lines, *targets, *upright])
    label_axes(frame, placing)
    label_inside(frame, placing, targets, breaks)
    return Drawing(
        size=size,
        plot=plot,
        starts_at_zero=scale.low <= 0 <= scale.high,
        zero=frame.y(Decimal(0)) if scale.low < 0 < scale.high else None,
        grid=tuple(frame.y(tick) for tick in scale.ticks),
        met=tuple(frame.met()),
        bands=tuple(frame.bands()),
        lines=lines,
        targets=targets,
        breaks=breaks,
        marks=marks,
        labels=tuple(placing.labels),
    )


def scale_of(*series: Sequence[Point]) -> Scale:
    """One scale that holds every value, target, interval and former value of these series."""
    return scale_for(value for points in series for point in points for value in _values(point))


def _values(point: Point) -> Iterator[Decimal]:
    for value in (point.value, point.target, point.low, point.high):
        if value is not None:
            yield value
    for before in point.before:
        yield before.value
