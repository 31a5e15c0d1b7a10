"""What goes into a chart, and what comes out of it."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


@dataclass(frozen=True)
class Before:
    """A value that was published and later replaced; it stays on the chart as a hollow point."""

    value: Decimal
    text: str


@dataclass(frozen=True)
class Point:
    """One period. `value` is None where there is no result: the line has a gap there, never a zero."""

    period: str
    value: Decimal | None
    text: str = ""
    target: Decimal | None = None
    before: tuple[Before, ...] = ()
    provisional: bool = False
    under_review: bool = False
    break_before: bool = False


@dataclass(frozen=True)
class ChartWords:
    """The few words inside the picture, already in the reader's language."""

    target: str
    under_review: str
    series_break: str
    number: Callable[[Decimal], str]


@dataclass(frozen=True)
class Size:
    """Width and height in user units, and the size of the text in the same units."""

    width: float
    height: float
    text: float


WIDE = Size(width=600, height=300, text=14)
NARROW = Size(width=300, height=250, text=13)


class LabelKind(StrEnum):
    VALUE = "value"
    BEFORE = "before"
    TARGET = "target"
    REVIEW = "review"
    BREAK = "break"
    TICK = "tick"
    PERIOD = "period"


class MarkKind(StrEnum):
    VALUE = "value"
    PROVISIONAL = "provisional"
    BEFORE = "before"
    REVIEW = "review"


@dataclass(frozen=True)
class Box:
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


@dataclass(frozen=True)
class Label:
    """Text whose baseline starts, centres or ends at (x, y); `box` is the room it takes."""

    kind: LabelKind
    text: str
    x: float
    y: float
    anchor: str
    box: Box


@dataclass(frozen=True)
class Mark:
    kind: MarkKind
    x: float
    y: float
    radius: float

    @property
    def box(self) -> Box:
        reach = self.radius + 1.5
        return Box(self.x - reach, self.y - reach, self.x + reach, self.y + reach)


@dataclass(frozen=True)
class Segment:
    x1: float
    y1: float
    x2: float
    y2: float
    dashed: bool = False


@dataclass(frozen=True)
class Drawing:
    """Everything the template draws, in user units of a `width` by `height` view box."""

    size: Size
    plot: Box
    starts_at_zero: bool
    grid: tuple[float, ...]
    lines: tuple[Segment, ...]
    targets: tuple[Segment, ...]
    breaks: tuple[float, ...]
    marks: tuple[Mark, ...]
    labels: tuple[Label, ...]
