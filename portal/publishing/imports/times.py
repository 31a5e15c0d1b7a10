"""The days a period runs from and to."""

from __future__ import annotations

from datetime import date, timedelta

from portal.registry.values import Period, PeriodType


def first_day(text: str) -> date:
    """The first day of a period; a fiscal year begins at the earliest in its first January."""
    period = Period.parse(text)
    month = {PeriodType.QUARTER: period.part * 3 - 2, PeriodType.MONTH: period.part}.get(period.type, 1)
    return date(period.year, month, 1)


def last_day(text: str) -> date:
    """The last day of a period; a fiscal year is taken to be over by 31 March, where most end the earliest."""
    period = Period.parse(text)
    match period.type:
        case PeriodType.FISCAL_YEAR:
            return date(period.year + 1, 3, 31)
        case PeriodType.QUARTER:
            month = period.part * 3
        case PeriodType.MONTH:
            month = period.part
        case _:
            month = 12
    return date(period.year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
