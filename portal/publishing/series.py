"""Figures in the order of time, with the periods between them that nobody published."""

from collections.abc import Sequence
from functools import lru_cache

from portal.publishing.readings import Figure
from portal.registry.values import Period, PeriodType

_MOST_GAPS = 120
_PARTS = {PeriodType.YEAR: 1, PeriodType.FISCAL_YEAR: 1, PeriodType.QUARTER: 4, PeriodType.MONTH: 12}


@lru_cache(maxsize=4096)  # there are few periods, and a page asks for each of them many times
def period_of(text: str) -> Period:
    """The period that a figure names. Raises ValueError when it is none."""
    return Period.parse(text)


def with_gaps(figures: Sequence[Figure]) -> Sequence[Figure | None]:
    """The figures, with None for each period missing between two of the same kind.

    Figures of several kinds of period stay as they are, and so does a gap too wide to be drawn.
    """
    periods = [period_of(figure.key.period) for figure in figures]
    if len({period.type for period in periods}) != 1:
        return figures
    found: list[Figure | None] = []
    before: int | None = None
    for figure, period in zip(figures, periods, strict=True):
        place = _place(period)
        if before is not None and 1 < place - before <= _MOST_GAPS:
            found.extend([None] * (place - before - 1))
        found.append(figure)
        before = place
    return found


def follows(later: str, earlier: str) -> bool:
    """Whether one period comes directly after the other, and is of the same kind."""
    new, old = period_of(later), period_of(earlier)
    return new.type is old.type and _place(new) - _place(old) == 1


def _place(period: Period) -> int:
    return period.year * _PARTS[period.type] + max(period.part - 1, 0)
