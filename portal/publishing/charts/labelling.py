"""The labels of a line chart, the most needed first: what finds no room is left to the table."""

from collections.abc import Sequence

from .frame import Frame
from .measure import label_at, text_width
from .placing import Placing
from .values import LabelKind, Segment

_STRIDES = (1, 2, 3, 4, 5, 6, 10, 12, 24, 36, 48, 60, 120, 240)


def label_axes(frame: Frame, placing: Placing) -> None:
    """Numbers up the side; below it the newest period and as many before it as fit, evenly."""
    size, plot, points = frame.size, frame.plot, frame.series.points
    for text, share in frame.series.ticks:
        y = frame.y(share) + size.text * 0.35
        placing.keep(label_at(LabelKind.TICK, text, plot.left - 6, y, "end", size.text))
    widest = max(text_width(point.period, size.text) for point in points) + 6
    stride = next((one for one in _STRIDES if one * frame.step >= widest), len(points))
    free = size.width
    for position in range(len(points) - 1, -1, -stride):
        text = points[position].period
        if not text:
            continue
        half = text_width(text, size.text) / 2 + 1
        x = min(max(frame.xs[position], half), size.width - half)
        label = label_at(LabelKind.PERIOD, text, x, size.height - size.text * 0.6, "middle", size.text)
        if label.box.right <= free:
            free = label.box.left - 3
            placing.keep(label)


def label_inside(frame: Frame, placing: Placing, targets: Sequence[Segment], breaks: Sequence[float]) -> None:
    """Newest value first, then what was replaced, notices, target, breaks; the rest as room allows."""
    words = frame.series.words
    order = frame.series.by_importance(dense=frame.is_dense)
    _label_value(frame, placing, order[0])
    _label_what_happened(frame, placing)
    if targets:
        placing.along(LabelKind.TARGET, words.target, targets[-1])
    for x in breaks:
        placing.beside(LabelKind.BREAK, words.series_break, x, frame.plot.top + frame.size.text, 1)
    for position in order[1:]:
        _label_value(frame, placing, position)


def _label_what_happened(frame: Frame, placing: Placing) -> None:
    """What was replaced, and what is withdrawn or under review."""
    words, share_of = frame.series.words, frame.series.scale.share
    for x, y, point in zip(frame.xs, frame.heights, frame.series.points, strict=True):
        for before in reversed(point.before):
            placing.beside(LabelKind.BEFORE, before.text, x, frame.y(share_of(before.value)), frame.radius)
        if y is None:
            continue
        if point.withdrawn:
            placing.beside(LabelKind.WITHDRAWN, words.withdrawn, x, y, frame.radius + 1)
        elif point.under_review:
            placing.beside(LabelKind.REVIEW, words.under_review, x, y, frame.radius + 4)


def _label_value(frame: Frame, placing: Placing, position: int) -> None:
    point = frame.series.points[position]
    y = frame.heights[position]
    if y is None or not point.text or point.withdrawn:
        return
    reach = frame.radius + (4 if point.under_review else 0)
    placing.beside(LabelKind.VALUE, point.text, frame.xs[position], y, reach)
