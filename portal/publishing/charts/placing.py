"""Placing labels by measuring: a label goes where it covers no other label and no point, or it is left out.

What is left out of the picture is never lost: the table beside the chart holds every value.
"""

from collections.abc import Iterable, Iterator

from .measure import ASCENT, DESCENT, text_width
from .values import Box, Label, LabelKind, Mark, Segment

_CROSSED_LINE = 10.0
_LATER_PLACE = 0.5
_GAPS = (4.0, 11.0, 20.0)
Place = tuple[float, float, str]


class Placing:
    """The room taken so far."""

    def __init__(self, bounds: Box, text_size: float, marks: Iterable[Mark], lines: Iterable[Segment]) -> None:
        self.bounds = bounds
        self.size = text_size
        self.taken = [mark.box for mark in marks]
        self.lines = [
            (min(one.x1, one.x2), min(one.y1, one.y2), max(one.x1, one.x2), max(one.y1, one.y2), one)
            for one in lines
        ]
        self.labels: list[Label] = []

    def keep(self, label: Label) -> None:
        """Take room for a label whose place is fixed."""
        self.labels.append(label)
        self.taken.append(label.box)

    def beside(self, kind: LabelKind, text: str, x: float, y: float, reach: float) -> bool:
        """Place `text` next to the point at (x, y); False when there is no free room."""
        width = text_width(text, self.size)
        furthest = width + reach + _GAPS[-1]
        return self._best(kind, text, width, _around(x, y, reach, self.size), x - furthest, x + furthest)

    def along(self, kind: LabelKind, text: str, segment: Segment) -> bool:
        """Place `text` just above or below a level segment, wherever along it there is room."""
        width = text_width(text, self.size)
        return self._best(
            kind, text, width, _along(segment, self.bounds, self.size), self.bounds.left, self.bounds.right
        )

    def _best(
        self, kind: LabelKind, text: str, width: float, places: Iterable[Place], left: float, right: float
    ) -> bool:
        """Keep the label at the cheapest free place: an early one, across few lines."""
        if width > self.bounds.right - self.bounds.left:
            return False
        taken = [box for box in self.taken if box[0] < right and box[2] > left]
        lines = [line for line in self.lines if line[0] < right and line[2] > left]
        # a chart tries some two hundred places: here everything is plain numbers
        half, ascent, descent = width / 2, ASCENT * self.size, DESCENT * self.size
        low_left, low_top, high_right, high_bottom = self.bounds
        best: Label | None = None
        lowest = float("inf")
        for order, (x, y, anchor) in enumerate(places):
            cost = order * _LATER_PLACE
            if cost >= lowest:
                break
            start = x if anchor == "start" else x - half if anchor == "middle" else x - width
            top, end, bottom = y - ascent, start + width, y + descent
            if start < low_left or top < low_top or end > high_right or bottom > high_bottom:
                continue
            for other_left, other_top, other_right, other_bottom in taken:
                if start < other_right and other_left < end and top < other_bottom and other_top < bottom:
                    break
            else:
                box = Box(start, top, end, bottom)
                for line_left, line_top, line_right, line_bottom, line in lines:
                    if line_right <= start or line_left >= end or line_bottom <= top or line_top >= bottom:
                        continue
                    if crosses(line, box):
                        cost += _CROSSED_LINE
                        if cost >= lowest:
                            break
                if cost < lowest:
                    lowest, best = cost, Label(kind, text, x, y, anchor, box)
        if best is None:
            return False
        self.keep(best)
        return True


def _around(x: float, y: float, reach: float, size: float) -> Iterator[Place]:
    for further in _GAPS:
        gap = reach + further
        above, below = y - gap, y + gap + ASCENT * size
        level = y + size * 0.35
        yield x, above, "middle"
        yield x, below, "middle"
        yield x + gap, level, "start"
        yield x - gap, level, "end"
        for at_y in (above, below):
            yield x + reach, at_y, "start"
            yield x - reach, at_y, "end"


def _along(segment: Segment, bounds: Box, size: float) -> Iterator[Place]:
    above, below = segment.y1 - 5, segment.y1 + 4 + ASCENT * size
    steps = 12
    for step in range(steps + 1):
        x = segment.x1 + (segment.x2 - segment.x1) * step / steps
        for anchor in ("start", "middle", "end"):
            yield x, above, anchor
            yield x, below, anchor
    for y in (above, below):
        yield bounds.right, y, "end"


def crosses(line: Segment, box: Box) -> bool:
    """Whether the straight line enters the box (Liang and Barsky's clipping)."""
    x1, y1, x2, y2, _ = line
    left, top, right, bottom = box
    if (x1 <= left and x2 <= left) or (x1 >= right and x2 >= right):
        return False
    if (y1 <= top and y2 <= top) or (y1 >= bottom and y2 >= bottom):
        return False
    dx, dy = x2 - x1, y2 - y1
    start, end = 0.0, 1.0
    for p, q in ((-dx, x1 - left), (dx, right - x1), (-dy, y1 - top), (dy, bottom - y1)):
        if p == 0:
            if q < 0:
                return False
        elif p < 0:
            start = max(start, q / p)
        else:
            end = min(end, q / p)
    return start < end
