"""The labels of a line chart, the most needed first: what finds no room is left to the table."""

from collections.abc import Sequence

from .frame import Frame
from .measure import label_at, text_width
from .placing import Placing
from .values import LabelKind, Segment

_MOST_VALUES = 24  # more numbers than these make a picture no clearer; the table holds them all
_STRIDES = (1, 2, 3, 4, 5, 6, 10, 12, 24, 36, 48, 60, 120, 240)


def label_axes(frame: Frame, placing: Placing) -> None:
    """Numbers up the side; below it the newest period and as many before it as fit, evenly."""
    size, plot = frame.size, frame.plot
    for tick in frame.scale.ticks:
        y = frame.y(tick) + size.text * 0.35
        placing.keep(label_at(LabelKind.TICK, frame.words.number(tick), plot.left - 6, y, "end", size.text))
    widest = max(text_width(point.period, size.text) for point in frame.points) + 6
    stride = next((one for one in _STRIDES if one * frame.step >= widest), len(frame.points))
    last = len(frame.points) - 1
    free = size.width
    for position in range(last, -1, -stride):
        text = frame.points[position].period
        if not text:
            continue
        half = text_width(text, size.text) / 2 + 1
        x = min(max(frame.x(position), half), size.width - half)
        label = label_at(LabelKind.PERIOD, text, x, size.height - size.text * 0.6, "middle", size.text)
        if label.box.right <= free:
            free = label.box.left - 3
            placing.keep(label)


def label_inside(frame: Frame, placing: Placing, targets: Sequence[Segment], breaks: Sequence[float]) -> None:
    """Newest value first, then what was replaced, notices, target, breaks; the rest as room allows."""
    points, words = frame.points, frame.words
    order = _by_importance(frame)
    _label_value(frame, placing, order[0])
    for position, point in enumerate(points):
        x = frame.x(position)
        for before in reversed(point.before):
            placing.beside(LabelKind.BEFORE, before.text, x, frame.y(before.value), frame.radius)
        y = frame.heights[position]
        if y is None:
            continue
        if point.withdrawn:
            placing.beside(LabelKind.WITHDRAWN, words.withdrawn, x, y, frame.radius + 1)
        elif point.under_review:
            placing.beside(LabelKind.REVIEW, words.under_review, x, y, frame.radius + 4)
    if targets:
        placing.along(LabelKind.TARGET, words.target, targets[-1])
    for x in breaks:
        placing.beside(LabelKind.BREAK, words.series_break, x, frame.plot.top + frame.size.text, 1)
    for position in order[1:]:
        _label_value(frame, placing, position)


def _by_importance(frame: Frame) -> list[int]:
    """Newest, highest, lowest, oldest, then the others from the newest back."""
    shown = [(point.value, at) for at, point in enumerate(frame.points) if point.value is not None]
    newest, oldest = shown[-1][1], shown[0][1]
    leading = [newest, max(shown)[1], min(shown)[1], oldest]
    rest = [at for _, at in reversed(shown)] if len(shown) <= _MOST_VALUES and not frame.is_dense else []
    return list(dict.fromkeys([*leading, *rest]))


def _label_value(frame: Frame, placing: Placing, position: int) -> None:
    point = frame.points[position]
    y = frame.heights[position]
    if y is None or not point.text or point.withdrawn:
        return
    reach = frame.radius + (4 if point.under_review else 0)
    placing.beside(LabelKind.VALUE, point.text, frame.x(position), y, reach)
