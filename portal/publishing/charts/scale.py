"""The vertical scale: round steps that hold every value."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

_STEPS = (Decimal(1), Decimal(2), Decimal("2.5"), Decimal(5), Decimal(10))
_NO_DIFFERENCE = Decimal("1e-15")  # of the value: less cannot be drawn


@dataclass(frozen=True)
class Scale:
    low: Decimal
    high: Decimal
    ticks: tuple[Decimal, ...]

    def share(self, value: Decimal) -> float:
        """Where `value` lies between the ends: 0 at the bottom, 1 at the top."""
        return float((value - self.low) / (self.high - self.low))


def scale_for(values: Iterable[Decimal], *, steps: int = 4) -> Scale:
    """A scale over at least one value.

    It starts at zero unless all values lie close together and far from zero: a rate that moves between
    94 and 97 per cent would otherwise be a flat line. The page says when the axis does not start at zero.
    """
    known = tuple(values)
    low, high = min(known), max(known)
    if low >= 0 and low < high * Decimal("0.6"):
        low = Decimal(0)
    elif high <= 0 and high > low * Decimal("0.6"):
        high = Decimal(0)
    if high - low <= max(abs(low), abs(high)) * _NO_DIFFERENCE:
        padding = abs(low) / 10 or Decimal(1)
        low, high = (low - padding, high + padding) if low else (Decimal(0), padding)
    elif low > 0 or high < 0:  # away from zero: room for the labels of the lowest and the highest point
        room = (high - low) / 10
        low, high = low - room, high + room / 2
    step = _round_step((high - low) / steps)
    first = (low / step).to_integral_value(ROUND_FLOOR)
    last = (high / step).to_integral_value(ROUND_CEILING)
    ticks = tuple(step * number for number in range(int(first), int(last) + 1))
    return Scale(ticks[0], ticks[-1], ticks)


def _round_step(rough: Decimal) -> Decimal:
    magnitude = Decimal(1).scaleb(rough.adjusted())
    return next(step * magnitude for step in _STEPS if step * magnitude >= rough)
