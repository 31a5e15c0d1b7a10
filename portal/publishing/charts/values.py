"""What goes into a chart, and what comes out of it. The small shapes are tuples: a chart makes hundreds."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple


class Before(NamedTuple):
    """A value that was published and later replaced; it stays on the chart as a hollow diamond."""

    value: Decimal
    text: str


class Side(StrEnum):
    """On which side of its target, the target itself included, a value counts as met."""

    ABOVE = "above"
    BELOW = "below"


class Point(NamedTuple):
    """One period. `value` is None where there is no result: the line has a gap there, never a zero.

    `low` and `high` are the ends of its interval. A `withdrawn` value is marked by a cross and joined to
    nothing. `met` says on which side of the target a value is met; None where that cannot be told or says
    nothing. `period` is empty for a period that is not published at all, which keeps its room on the axis.
    """

    period: str
    value: Decimal | None
    text: str = ""
    target: Decimal | None = None
    before: tuple[Before, ...] = ()
    provisional: bool = False
    under_review: bool = False
    break_before: bool = False
    withdrawn: bool = False
    low: Decimal | None = None
    high: Decimal | None = None
    met: Side | None = None


@dataclass(frozen=True)
class ChartWords:
    """The few words inside the picture, already in the reader's language."""

    target: str
    under_review: str
    series_break: str
    number: Callable[[Decimal], str]
    withdrawn: str = ""


@dataclass(frozen=True)
class Size:
    """Width and height in user units, and the size of the text in the same units."""

    width: float
    height: float
    text: float


WIDE = Size(width=600, height=300, text=14)
NARROW = Size(width=300, height=250, text=13)
SMALL = Size(width=300, height=200, text=13)


class LabelKind(StrEnum):
    VALUE = "value"
    BEFORE = "before"
    TARGET = "target"
    REVIEW = "review"
    WITHDRAWN = "withdrawn"
    BREAK = "break"
    TICK = "tick"
    PERIOD = "period"
    ON_DARK = "on-dark"
    ON_LIGHT = "on-light"


class MarkKind(StrEnum):
    VALUE = "value"
    PROVISIONAL = "provisional"
    BEFORE = "before"
    REVIEW = "review"
    WITHDRAWN = "withdrawn"


class Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: "Box") -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def inside(self, other: "Box") -> bool:
        return (
            self.left >= other.left
            and self.right <= other.right
            and self.top >= other.top
            and self.bottom <= other.bottom
        )


class Label(NamedTuple):
    """Text whose baseline starts, centres or ends at (x, y); `box` is the room it takes."""

    kind: LabelKind
    text: str
    x: float
    y: float
    anchor: str
    box: Box


class Mark(NamedTuple):
    kind: MarkKind
    x: float
    y: float
    radius: float

    @property
    def box(self) -> Box:
        _, x, y, radius = self
        reach = radius + 1.5
        return Box(x - reach, y - reach, x + reach, y + reach)


class Segment(NamedTuple):
    x1: float
    y1: float
    x2: float
    y2: float
    dashed: bool = False


class Spread(NamedTuple):
    """The interval of the value at x: from `low` to `high`, as heights in the picture."""

    x: float
    low: float
    high: float


@dataclass(frozen=True)
class Drawing:
    """Everything that is drawn, in user units of a `width` by `height` view box.

    `met` are the areas in which a value meets its target, one for each stretch of the target. `bands` are runs
    of intervals, each joined into one surface; a run of one is a whisker.
    """

    size: Size
    plot: Box
    starts_at_zero: bool
    zero: float | None
    grid: tuple[float, ...]
    met: tuple[Box, ...]
    bands: tuple[tuple[Spread, ...], ...]
    lines: tuple[Segment, ...]
    targets: tuple[Segment, ...]
    breaks: tuple[float, ...]
    marks: tuple[Mark, ...]
    labels: tuple[Label, ...]
