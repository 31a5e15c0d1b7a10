"""How many of those who rated a service were satisfied, and whether that is more or less than before.

Satisfied are the three upper levels (好评). A difference of two shares has the interval that R. G. Newcombe (1998,
Statistics in Medicine 17:873, method 10) builds from the Wilson intervals of both, rounded outwards: where it
holds 0, no change can be told.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal, localcontext
from typing import Any

from portal.publishing.intervals import wilson

SATISFIED = ("3", "4", "5")
_PLACES = Decimal("0.0001")


@dataclass(frozen=True)
class Satisfied:
    """A share between 0 and 1 of `n` marks, with its 95 % interval."""

    n: int
    share: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True)
class Shift:
    """A difference of two shares, between -1 and 1, with its 95 % interval."""

    value: Decimal
    low: Decimal
    high: Decimal

    @property
    def is_told(self) -> bool:
        """Whether there is a change at all, as far as these marks can tell."""
        return self.low > 0 or self.high < 0


def satisfied(n: int, shares: Mapping[str, Decimal]) -> Satisfied:
    """From the published shares of the levels "1" to "5". `n` must be above 0."""
    whole = Decimal(n)
    count = min(sum((shares.get(level, Decimal(0)) for level in SATISFIED), Decimal(0)) * whole, whole)
    count = count.to_integral_value(ROUND_HALF_EVEN)
    interval = wilson(count, whole)
    with localcontext() as context:
        context.prec = 40
        share = (count / whole).quantize(_PLACES, ROUND_HALF_EVEN)
    return Satisfied(n, share, interval.low, interval.high)


def shift(now: Satisfied, before: Satisfied) -> Shift:
    """How far `now` is from `before`."""
    with localcontext() as context:
        context.prec = 40
        value = now.share - before.share
        down = ((now.share - now.low) ** 2 + (before.high - before.share) ** 2).sqrt()
        up = ((now.high - now.share) ** 2 + (before.share - before.low) ** 2).sqrt()
        low, high = max(value - down, Decimal(-1)), min(value + up, Decimal(1))
        return Shift(
            value.quantize(_PLACES), low.quantize(_PLACES, ROUND_FLOOR), high.quantize(_PLACES, ROUND_CEILING)
        )


def rate(part: int | None, whole: int | None) -> Decimal | None:
    """`part` of `whole`, to four places; None where one is unknown or there is no whole. It can be above 1."""
    if part is None or not whole:
        return None
    with localcontext() as context:
        context.prec = 40
        return (Decimal(part) / Decimal(whole)).quantize(_PLACES, ROUND_HALF_EVEN)


def ways(rating: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The groups of a service's marks in the log: by each way of splitting them, and part by part."""
    return {**rating.get("by", {}), "question": rating.get("questions", {})}


def group_n(group: Any) -> int | None:
    """How many marks a group in the log has; None when it is hidden."""
    return None if not group or group["n"] is None else int(group["n"])


def group_satisfied(group: Any) -> Satisfied | None:
    """The same of how many were satisfied."""
    n = group_n(group)
    if not n:
        return None
    return satisfied(n, {level: Decimal(one["share"]) for level, one in group["levels"].items()})
