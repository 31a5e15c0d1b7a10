"""The line chart of one indicator at one body over its periods."""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from .frame import Frame
from .labelling import label_axes, label_inside
from .placing import Placing
from .scale import Scale, scale_for
from .series import Series
from .values import WIDE, Box, ChartWords, Drawing, Point, Segment, Size


def draw(
    points: Sequence[Point], words: ChartWords, size: Size = WIDE, *, scale: Scale | None = None
) -> Drawing | None:
    """The chart of `points` in their order, oldest first; None when no point has a value to show.

    Charts that are to be compared are given the same `scale`.
    """
    return next(iter(draw_sizes(points, words, (size,), scale=scale)), None)


def draw_sizes(
    points: Sequence[Point], words: ChartWords, sizes: Iterable[Size], *, scale: Scale | None = None
) -> list[Drawing]:
    """The same chart in each of these sizes; nothing when no point has a value to show."""
    if not any(point.value is not None for point in points):
        return []
    series = Series(points, scale or scale_of(points), words)
    return [_drawn(Frame(series, size)) for size in sizes]


def scale_of(*series: Sequence[Point]) -> Scale:
    """One scale that holds every value, target, interval and former value of these series."""
    return scale_for(value for points in series for point in points for value in _values(point))


def _drawn(frame: Frame) -> Drawing:
    lines = tuple(frame.lines())
    targets = tuple(frame.targets())
    marks = tuple(frame.marks())
    breaks = tuple(frame.breaks())
    plot, size, scale = frame.plot, frame.size, frame.series.scale
    upright = [Segment(x, plot.top, x, plot.bottom) for x in breaks]
    bounds = Box(1, 1, size.width - 1, plot.bottom - 1)
    placing = Placing(bounds, size.text, marks, [*lines, *targets, *upright])
    label_axes(frame, placing)
    label_inside(frame, placing, targets, breaks)
    return Drawing(
        size=size,
        plot=plot,
        starts_at_zero=scale.low <= 0 <= scale.high,
        zero=frame.y(scale.share(Decimal(0))) if scale.low < 0 < scale.high else None,
        grid=tuple(frame.y(share) for _, share in frame.series.ticks),
        met=tuple(frame.met()),
        bands=tuple(frame.bands()),
        lines=lines,
        targets=targets,
        breaks=breaks,
        marks=marks,
        labels=tuple(placing.labels),
    )


def _values(point: Point) -> Iterator[Decimal]:
    for value in (point.value, point.target, point.low, point.high):
        if value is not None:
            yield value
    for before in point.before:
        yield before.value
