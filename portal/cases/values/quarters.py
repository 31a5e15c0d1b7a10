"""Quarters of the calendar: what is published about cases is published by the quarter, and once each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, order=True, slots=True)
class Quarter:
    """Three months, written 2026-Q1."""

    year: int
    part: int

    @classmethod
    def of(cls, day: date) -> Quarter:
        return cls(day.year, (day.month + 2) // 3)

    @classmethod
    def parse(cls, text: str) -> Quarter:
        """Raises ValueError when the text is no quarter."""
        found = re.fullmatch(r"([0-9]{4})-Q([1-4])", text)
        if found is None:
            raise ValueError(f"not a quarter: {text!r}")
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.year:04}-Q{self.part}"

    @property
    def start(self) -> date:
        return date(self.year, self.part * 3 - 2, 1)

    @property
    def after(self) -> Quarter:
        return Quarter(self.year + self.part // 4, self.part % 4 + 1)

    @property
    def before(self) -> Quarter:
        return Quarter(self.year - (self.part == 1), (self.part + 2) % 4 + 1)

    def until(self, end: Quarter) -> Iterator[Quarter]:
        """This quarter and those that follow, without `end`."""
        quarter = self
        while quarter < end:
            yield quarter
            quarter = quarter.after
