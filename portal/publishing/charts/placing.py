"""Placing labels by measuring: a label goes where it covers no other label and no point, or it is left out.

What is left out of the picture is never lost: the table beside the chart holds every value.
"""

from collections.abc import Iterable, Iterator

from .measure import ASCENT, DESCENT, text_width
from .values import Box, Label, LabelKind, Mark, Segment

_CROSSED_LINE = 10.0
_LATER_PLACE = 0.5
_GAPS = (4.0, 11.0, 20.0)
_ABOVE, _BELOW = 5.0, 4.0  # between a level line and the text along it
Place = tuple[float, float, str]
Room = tuple[float, float, float, float]
Course = tuple[float, float, float, float, float, float, float, float]


class Placing:
    """The room taken so far."""

    def __init__(self, bounds: Box, text_size: float, marks: Iterable[Mark], lines: Iterable[Segment]) -> None:
        self.bounds = bounds
        self.size = text_size
        self.taken: list[Room] = [mark.box for mark in marks]
        self.lines = [_course(one) for one in lines]
        self.labels: list[Label] = []

    def keep(self, label: Label) -> None:
        """Take room for a label whose place is fixed."""
        self.labels.append(label)
        self.taken.append(label.box)

    def beside(self, kind: LabelKind, text: str, x: float, y: float, reach: float) -> bool:
        """Place `text` next to the point at (x, y); False when there is no free room."""
        width, size, far = text_width(text, self.size), self.size, reach + _GAPS[-1]
        lowest = y + far + (ASCENT + ASCENT + DESCENT) * size
        within = (x - far - width, y - far - ASCENT * size, x + far + width, lowest)
        return self._best(kind, text, width, _around(x, y, reach, size), within)

    def along(self, kind: LabelKind, text: str, segment: Segment) -> bool:
        """Place `text` just above or below a level segment, wherever along it there is room."""
        width, size, y = text_width(text, self.size), self.size, segment.y1
        lowest = y + _BELOW + (ASCENT + ASCENT + DESCENT) * size
        within = (self.bounds.left, y - _ABOVE - ASCENT * size, self.bounds.right, lowest)
        return self._best(kind, text, width, _along(segment, self.bounds, size), within)

    def _best(self, kind: LabelKind, text: str, width: float, places: Iterable[Place], within: Room) -> bool:
        """Keep the label at the cheapest free place: an early one, across few lines. All places are `within`."""
        if width > self.bounds.right - self.bounds.left:
            return False
        left, high, right, low = within
        taken = [box for box in self.taken if box[0] < right and box[2] > left and box[1] < low and box[3] > high]
        lines = [
            line for line in self.lines if line[0] < right and line[2] > left and line[1] < low and line[3] > high
        ]
        # a chart tries some two hundred places: here everything is plain numbers
        half, ascent, descent = width / 2, ASCENT * self.size, DESCENT * self.size
        low_left, low_top, high_right, high_bottom = self.bounds
        best: tuple[float, float, str, float] | None = None
        lowest = float("inf")
        cost = -_LATER_PLACE
        for x, y, anchor in places:
            cost += _LATER_PLACE
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
                price = cost
                for line_left, line_top, line_right, line_bottom, x1, y1, dx, dy in lines:
                    if line_right <= start or line_left >= end or line_bottom <= top or line_top >= bottom:
                        continue
                    if dx and dy:  # it enters the box when two opposite corners lie on either side of it
                        near, far = (bottom, top) if (dx > 0) is (dy > 0) else (top, bottom)
                        if (dx * (near - y1) - dy * (start - x1)) * (dx * (far - y1) - dy * (end - x1)) >= 0:
                            continue
                    price += _CROSSED_LINE
                    if price >= lowest:
                        break
                if price < lowest:
                    lowest, best = price, (x, y, anchor, start)
        if best is None:
            return False
        x, y, anchor, start = best
        self.keep(Label(kind, text, x, y, anchor, Box(start, y - ascent, start + width, y + descent)))
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
    above, below = segment.y1 - _ABOVE, segment.y1 + _BELOW + ASCENT * size
    steps = 12
    for step in range(steps + 1):
        x = segment.x1 + (segment.x2 - segment.x1) * step / steps
        for anchor in ("start", "middle", "end"):
            yield x, above, anchor
            yield x, below, anchor
    for y in (above, below):
        yield bounds.right, y, "end"


def _course(line: Segment) -> Course:
    """The room that a line takes, where it begins, and how far it goes."""
    x1, y1, x2, y2, _ = line
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2), x1, y1, x2 - x1, y2 - y1
