"""A body compared with its own past, and with nobody else."""

from collections.abc import Iterable
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from typing import NamedTuple

from portal.publishing.series import period_of
from portal.publishing.symbols import BREAK
from portal.registry.values import Direction

MOST_PERIODS = 5


class Verdict(StrEnum):
    """How the newest value stands to the average before; HIGHER and LOWER where no direction is better."""

    BETTER = "better"
    WORSE = "worse"
    SAME = "same"
    HIGHER = "higher"
    LOWER = "lower"


Value = tuple[str, Decimal | None, str | None]
"""A period, the result if there is one, and its observation status."""


class OwnPast(NamedTuple):
    """The newest value beside the average of up to five periods of the same kind before it."""

    verdict: Verdict
    average: Decimal
    periods: int


def own_past(values: Iterable[Value], direction: Direction) -> OwnPast | None:
    """Compare the first of `values` (newest first) with those before it; no more are taken than needed.

    None when there is nothing to compare: no newest value, no earlier value, or a break in the series
    between them. The average has as many decimals as the most precise value it is made of.
    """
    rest = iter(values)
    period, newest, obs_status = next(rest, _NOTHING)
    if newest is None or obs_status == BREAK:
        return None
    before = _comparable(period, rest)
    if not before:
        return None
    total = before[0]
    for value in before[1:]:
        total += value  # a sum has as many decimals as the most precise of its parts
    average = (total / len(before)).quantize(total, rounding=ROUND_HALF_EVEN)
    return OwnPast(_verdict(newest, average, direction), average, len(before))


def _comparable(newest: str, earlier: Iterable[Value]) -> list[Decimal]:
    """The values before the newest period, back to a break in the series or as many as are compared."""
    kind = period_of(newest).type
    found: list[Decimal] = []
    for period, actual, obs_status in earlier:
        if period_of(period).type is not kind:
            continue
        if actual is not None:
            found.append(actual)
        if obs_status == BREAK or len(found) == MOST_PERIODS:
            break
    return found


def _verdict(newest: Decimal, average: Decimal, direction: Direction) -> Verdict:
    if newest == average:
        return Verdict.SAME
    if direction is Direction.NONE:
        return Verdict.HIGHER if newest > average else Verdict.LOWER
    better = newest > average if direction is Direction.UP else newest < average
    return Verdict.BETTER if better else Verdict.WORSE


_NOTHING: Value = ("", None, None)
