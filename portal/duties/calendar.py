"""Working days: Monday to Friday, without public holidays, with the weekend days worked in their place.

Holidays come from the `holidays` package by country; an installation adds days off and days worked of its
own (a year's schedule is decided by the State Council some weeks before it begins).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from threading import Lock
from typing import Any, Self
from zoneinfo import ZoneInfo

from portal.config import Settings, listed_days

_DAY = timedelta(days=1)


_LOCK = Lock()


@dataclass(frozen=True)
class WorkingDays:
    """The calendar of one office. `country` is an ISO 3166 code ("": weekends only); days begin as in `zone`."""

    country: str = ""
    zone: str = field(default="UTC", kw_only=True)
    off: frozenset[date] = frozenset()
    on: frozenset[date] = frozenset()

    @classmethod
    def of(cls, settings: Settings) -> Self:
        off, on = listed_days(settings.extra_holidays), listed_days(settings.extra_workdays)
        return cls(settings.holidays_country, off, on, zone=settings.time_zone)

    def day_of(self, moment: datetime) -> date:
        """The day it is at the office."""
        return moment.astimezone(ZoneInfo(self.zone)).date()

    def start_of(self, day: date) -> datetime:
        """When that day begins at the office, in UTC."""
        return datetime.combine(day, time(), ZoneInfo(self.zone)).astimezone(UTC)

    def is_working(self, day: date) -> bool:
        if day in self.on or day in self.off:
            return day in self.on
        if not self.country:
            return day.weekday() < 5
        return _is_public_working_day(self.country, day)

    def after(self, day: date, count: int) -> date:
        """The count-th working day after `day`, which itself does not count. Raises ValueError below 0."""
        return self._walk(day, count, _DAY)

    def before(self, day: date, count: int) -> date:
        """The count-th working day before `day`."""
        return self._walk(day, count, -_DAY)

    def between(self, start: date, end: date) -> int:
        """How many working days lie after `start`, up to and with `end`; 0 when it ends before it starts."""
        return sum(self.is_working(day) for day in _days(start, end))

    def _walk(self, day: date, count: int, step: timedelta) -> date:
        if count < 0:
            raise ValueError("working days are counted forwards")
        while count:
            day += step
            count -= self.is_working(day)
        return day


@lru_cache(4096)
def _is_public_working_day(country: str, day: date) -> bool:
    """Looked up once: a year's holidays take a millisecond to work out, and every report has deadlines."""
    with _LOCK:  # of two threads at once the second would find a year that is not filled yet
        return bool(_holidays_of(country).is_working_day(day))


@cache
def _holidays_of(country: str) -> Any:
    from holidays import country_holidays  # heavy: only deadlines need it

    return country_holidays(country)


def _days(start: date, end: date) -> Iterator[date]:
    day = start
    while day < end:
        day += _DAY
        yield day
