"""Ranges of periods: which periods lie between two."""

from functools import lru_cache

from portal.registry.values import Period, PeriodType

Months = tuple[int, int]


def months(period: Period) -> Months:
    """The first and last month it covers, counted from year 0; a fiscal year counts as the year it begins in."""
    start = period.year * 12
    match period.type:
        case PeriodType.QUARTER:
            return start + period.part * 3 - 3, start + period.part * 3 - 1
        case PeriodType.MONTH:
            return start + period.part - 1, start + period.part - 1
    return start, start + 11


def span(first: Period | None, last: Period | None) -> tuple[int, int] | None:
    """The years in which periods of the range begin; None when there is no range."""
    if first is None and last is None:
        return None
    return first.year if first else 0, last.year if last else 9999


@lru_cache(maxsize=4096)
def within(text: str, first: Period | None, last: Period | None) -> bool:
    """Whether the period begins no earlier than `first` does, and ends no later than `last` does."""
    try:
        begins, ends = months(Period.parse(text))
    except ValueError:
        return False
    return (first is None or begins >= months(first)[0]) and (last is None or ends <= months(last)[1])
