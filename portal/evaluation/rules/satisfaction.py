"""From published rating summaries to points, with the interval that a sample deserves."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal, localcontext

POINTS: Mapping[int, Decimal] = {
    5: Decimal(100),
    4: Decimal(75),
    3: Decimal(50),
    2: Decimal(25),
    1: Decimal(0),
}
"""What a mark of each level is worth: a published rule of the evaluation, not a property of the levels."""

POINT = Decimal(1)


@dataclass(frozen=True)
class LevelShare:
    """A level's published share with its interval, each between 0 and 1."""

    share: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True)
class Summary:
    """A service's published month: `n` marks and the share of each level, 1 to 5."""

    n: int
    levels: Mapping[int, LevelShare]


@dataclass(frozen=True)
class Satisfaction:
    """Whole points with the interval that the published intervals allow."""

    value: Decimal
    low: Decimal
    high: Decimal


def satisfaction(months: Sequence[Summary]) -> Satisfaction:
    """The points of one service over its published months, each month weighing by its marks.

    `low` and `high` are the least and most points that shares within their published intervals can give
    when they add up to 1; they are wider than an interval of the pooled marks would be, never narrower.
    Raises ValueError without a mark.
    """
    if sum(month.n for month in months) <= 0:
        raise ValueError("no marks, no points")
    with localcontext() as context:
        context.prec = 60
        levels = {level: _pooled(months, level) for level in POINTS}
        total = sum((level.share for level in levels.values()), Decimal(0))
        value = sum((POINTS[k] * level.share for k, level in levels.items()), Decimal(0)) / total
        low, high = _extreme(levels, sorted(POINTS)), _extreme(levels, sorted(POINTS, reverse=True))
        return Satisfaction(
            value.quantize(POINT, ROUND_HALF_UP),
            min(low, value).quantize(POINT, ROUND_FLOOR),
            max(high, value).quantize(POINT, ROUND_CEILING),
        )


def _pooled(months: Sequence[Summary], level: int) -> LevelShare:
    marks = Decimal(sum(month.n for month in months))

    def mean(values: Iterable[tuple[int, Decimal]]) -> Decimal:
        return sum((n * value for n, value in values), Decimal(0)) / marks

    return LevelShare(
        mean((month.n, month.levels[level].share) for month in months),
        mean((month.n, month.levels[level].low) for month in months),
        mean((month.n, month.levels[level].high) for month in months),
    )


def _extreme(levels: Mapping[int, LevelShare], order: Sequence[int]) -> Decimal:
    """Give every level its least share, then what is left to the levels in `order` up to their most."""
    shares = {k: level.low for k, level in levels.items()}
    left = 1 - sum(shares.values(), Decimal(0))
    for k in order:
        more = min(left, levels[k].high - shares[k])
        if more > 0:
            shares[k] += more
            left -= more
    return sum((POINTS[k] * share for k, share in shares.items()), Decimal(0))
