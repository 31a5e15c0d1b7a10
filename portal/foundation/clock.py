"""Time enters the product here, so that tests and comparisons can hold it still."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class FixedClock:
    """A clock that stands still until it is moved."""

    at: datetime

    def now(self) -> datetime:
        return self.at


def day_start(now: datetime) -> datetime:
    """The beginning of the day, by the clock of the moment: for what must not tell a time of day."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def months_after(month: str, count: int) -> str:
    """The month `count` months after a month written 2026-02; before it when `count` is below 0."""
    year, index = divmod(int(month[:4]) * 12 + int(month[5:]) - 1 + count, 12)
    return f"{year:04}-{index + 1:02}"
