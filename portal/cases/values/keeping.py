"""Until when a case is kept, and what keeps it longer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Hold(StrEnum):
    """Why a case stays though its time is over. All but the last two follow from the case and its figures."""

    OPEN = "open"
    ANSWER = "answer"
    CHECK_IN = "check-in"
    CORRECTION = "correction"
    REREAD = "reread"
    COUNT = "count"
    APPEAL = "appeal"
    EXPORT = "export"
    OFFICER = "officer"


@dataclass(frozen=True, slots=True)
class Keeping:
    """Until when a case is kept (None while it is open), what holds it, and whether its deletion was announced."""

    until: date | None
    holds: tuple[Hold, ...]
    noticed_on: date | None = None
    proposed_by: str | None = None
    release_by: str | None = None  # who proposed to lift what officers placed

    def is_over(self, today: date) -> bool:
        return self.until is not None and self.until < today and not self.holds
