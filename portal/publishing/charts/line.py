"""The line chart of one indicator at one body over its periods."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from .measure import label_at, text_width
from .placing import Placing
from .scale import Scale, scale_for
from .values import WIDE, Box, ChartWords, Drawing, LabelKind, Mark, MarkKind, Point, Segment, Size

_RADIUS = 4.5


def draw(points: Sequence[Point], words: ChartWords, size: Size = WIDE) -> Drawing | None:
    """The chart of `points` in their order, oldest first; None when no point has a value to show."""
    values = [value for point in points for value in _values(point)]
    if not any(point.value is not None for point in points):
        return None
    scale = scale_for(values)
    frame = _frame(points, scale, words, size)
    lines = tuple(frame.lines())
    targets = tuple(frame.targets())
    marks = tuple(frame.marks())
    breaks = tuple(frame.breaks())
    upright = [Segment(x, frame.plot.top, x, frame.plot.bottom) for x in breaks]
    placing = Placing(
        Box(1, 1, size.width - 1, frame.plot.bottom - 1), size.text, marks, [*lines, *targets, *upright]
    )
    frame.label_axes(placing)
    frame.label_inside(placing, targets, breaks)
    return Drawing(
        size=size,
        plot=frame.plot,
        starts_at_zero=scale.low <= 0 <= scale.high,
        grid=tuple(frame.y(tick) for tick in scale.ticks),
        lines=lines,
        targets=targets,
        breaks=breaks,
        marks=marks,
        labels=tuple(placing.labels),
    )


def _values(point: Point) -> Iterator[Decimal]:
    if point.value is not None:
        yield point.value
    if point.target is not None:
        yield point.target
    for before in point.before:
        yield before.value


def _frame(points: Sequence[Point], scale: Scale, words: ChartWords, size: Size) -> "_Frame":
    ticks = max(text_width(words.number(tick), size.text) for tick in scale.ticks)
    top = size.text * 1.9
    plot = Box(ticks + 10, top, size.width - size.text * 1.6, size.height - size.text * 2.3)
    return _Frame(points, scale, words, size, plot)


@dataclass(frozen=True)
class _Frame:
    """The points on their two axes."""

    points: Sequence[Point]
    scale: Scale
    words: ChartWords
    size: Size
    plot: Box

    @property
    def step(self) -> float:
        return (self.plot.right - self.plot.left) / len(self.points)

    @property
    def radius(self) -> float:
        return min(_RADIUS, max(1.5, self.step / 4))

    def x(self, position: int) -> float:
        return self.plot.left + self.step * (position + 0.5)

    def y(self, value: Decimal) -> float:
        return self.plot.bottom - self.scale.share(value) * (self.plot.bottom - self.plot.top)

    def lines(self) -> Iterator[Segment]:
        """From point to point; a missing value or a break in the series interrupts the line."""
        for position in range(1, len(self.points)):
            old, new = self.points[position - 1], self.points[position]
            if old.value is None or new.value is None or new.break_before:
                continue
            yield Segment(
                self.x(position - 1), self.y(old.value), self.x(position), self.y(new.value), new.provisional
            )

    def targets(self) -> Iterator[Segment]:
        """A level stretch over each period that has a target; neighbours with the same target join."""
        open_stretch: Segment | None = None
        for position, point in enumerate(self.points):
            if point.target is None:
                continue
            y = self.y(point.target)
            left, right = self.x(position) - self.step / 2, self.x(position) + self.step / 2
            if open_stretch and open_stretch.y1 == y and abs(open_stretch.x2 - left) < 0.01:
                open_stretch = Segment(open_stretch.x1, y, right, y, dashed=True)
                continue
            if open_stretch:
                yield open_stretch
            open_stretch = Segment(left, y, right, y, dashed=True)
        if open_stretch:
            yield open_stretch

    def breaks(self) -> Iterator[float]:
        for position, point in enumerate(self.points):
            if point.break_before and position:
                yield self.x(position) - self.step / 2

    def marks(self) -> Iterator[Mark]:
        for position, point in enumerate(self.points):
            x = self.x(position)
            for before in point.before:
                yield Mark(MarkKind.BEFORE, x, self.y(before.value), self.radius)
            if point.value is None:
                continue
            if point.under_review:
                yield Mark(MarkKind.REVIEW, x, self.y(point.value), self.radius + 4)
            kind = MarkKind.PROVISIONAL if point.provisional else MarkKind.VALUE
            yield Mark(kind, x, self.y(point.value), self.radius)

    def label_axes(self, placing: Placing) -> None:
        for tick in self.scale.ticks:
            placing.keep(
                label_at(
                    LabelKind.TICK,
                    self.words.number(tick),
                    self.plot.left - 6,
                    self.y(tick) + self.size.text * 0.35,
                    "end",
                    self.size.text,
                )
            )
        taken: list[Box] = []
        last = len(self.points) - 1
        for position in (last, 0, *range(last - 1, 0, -1)):
            label = label_at(
                LabelKind.PERIOD,
                self.points[position].period,
                self._centred(position),
                self.size.height - self.size.text * 0.6,
                "middle",
                self.size.text,
            )
            roomy = Box(label.box.left - 3, label.box.top, label.box.right + 3, label.box.bottom)
            if not any(roomy.overlaps(box) for box in taken):
                taken.append(roomy)
                placing.keep(label)

    def _centred(self, position: int) -> float:
        """The middle of a period's label, moved inwards where it would leave the picture."""
        half = text_width(self.points[position].period, self.size.text) / 2 + 1
        return min(max(self.x(position), half), self.size.width - half)

    def label_inside(self, placing: Placing, targets: Sequence[Segment], breaks: Sequence[float]) -> None:
        """Newest value first, then what was replaced, notices, target, breaks; the rest as room allows."""
        order = self._by_importance()
        self._label_value(placing, order[0])
        for position, point in enumerate(self.points):
            for before in reversed(point.before):
                placing.beside(LabelKind.BEFORE, before.text, self.x(position), self.y(before.value), self.radius)
            if point.under_review and point.value is not None:
                placing.beside(
                    LabelKind.REVIEW,
                    self.words.under_review,
                    self.x(position),
                    self.y(point.value),
                    self.radius + 4,
                )
        if targets:
            placing.along(LabelKind.TARGET, self.words.target, targets[-1])
        for x in breaks:
            placing.beside(LabelKind.BREAK, self.words.series_break, x, self.plot.top + self.size.text, 1)
        for position in order[1:]:
            self._label_value(placing, position)

    def _by_importance(self) -> list[int]:
        shown = [(point.value, at) for at, point in enumerate(self.points) if point.value is not None]
        newest, oldest = shown[-1][1], shown[0][1]
        leading = [newest, max(shown)[1], min(shown)[1], oldest]
        rest = [at for _, at in reversed(shown)]
        return list(dict.fromkeys([*leading, *rest]))

    def _label_value(self, placing: Placing, position: int) -> None:
        point = self.points[position]
        if point.value is None or not point.text:
            return
        reach = self.radius + (4 if point.under_review else 0)
        placing.beside(LabelKind.VALUE, point.text, self.x(position), self.y(point.value), reach)
