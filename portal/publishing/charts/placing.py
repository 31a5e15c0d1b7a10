"""Placing labels by measuring: a label goes where it covers no other label and no point, or it is left out.

What is left out of the picture is never lost: the table beside the chart holds every value.
"""

from collections.abc import Iterable, Iterator

from .measure import ASCENT, label_at
from .values import Box, Label, LabelKind, Mark, Segment

_CROSSED_LINE = 10.0


class Placing:
    """The room taken so far."""

    def __init__(self, bounds: Box, text_size: float, marks: Iterable[Mark], lines: Iterable[Segment]) -> None:
        self.bounds = bounds
        self.size = text_size
        self.marks = [mark.box for mark in marks]
        self.lines = tuple(lines)
        self.labels: list[Label] = []

    def keep(self, label: Label) -> None:
        """Take room for a label whose place is fixed."""
        self.labels.append(label)

    def beside(self, kind: LabelKind, text: str, x: float, y: float, reach: float) -> bool:
        """Place `text` next to the point at (x, y); False when there is no free room."""
        return self._best(
            label_at(kind, text, at_x, at_y, anchor, self.size)
            for at_x, at_y, anchor in _around(x, y, reach, self.size)
        )

    def along(self, kind: LabelKind, text: str, segment: Segment) -> bool:
        """Place `text` just above or below a level segment, wherever along it there is room."""
        return self._best(
            label_at(kind, text, x, y, anchor, self.size)
            for x, y, anchor in _along(segment, self.bounds, self.size)
        )

    def _best(self, candidates: Iterable[Label]) -> bool:
        free = [
            (self._cost(label) + order * 0.5, order, label)
            for order, label in enumerate(candidates)
            if self._is_free(label.box)
        ]
        if not free:
            return False
        self.labels.append(min(free, key=lambda entry: entry[:2])[2])
        return True

    def _is_free(self, box: Box) -> bool:
        return (
            box.inside(self.bounds)
            and not any(box.overlaps(mark) for mark in self.marks)
            and not any(box.overlaps(label.box) for label in self.labels)
        )

    def _cost(self, label: Label) -> float:
        return _CROSSED_LINE * sum(crosses(line, label.box) for line in self.lines)


def _around(x: float, y: float, reach: float, size: float) -> Iterator[tuple[float, float, str]]:
    for gap in (reach + 4, reach + 11, reach + 20):
        above, below = y - gap, y + gap + ASCENT * size
        level = y + size * 0.35
        yield x, above, "middle"
        yield x, below, "middle"
        yield x + gap, level, "start"
        yield x - gap, level, "end"
        for at_y in (above, below):
            yield x + reach, at_y, "start"
            yield x - reach, at_y, "end"


def _along(segment: Segment, bounds: Box, size: float) -> Iterator[tuple[float, float, str]]:
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
    dx, dy = line.x2 - line.x1, line.y2 - line.y1
    start, end = 0.0, 1.0
    for p, q in (
        (-dx, line.x1 - box.left),
        (dx, box.right - line.x1),
        (-dy, line.y1 - box.top),
        (dy, box.bottom - line.y1),
    ):
        if p == 0:
            if q < 0:
                return False
        elif p < 0:
            start = max(start, q / p)
        else:
            end = min(end, q / p)
    return start < end
