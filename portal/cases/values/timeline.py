"""What happened with a case, as those who hold it read it: who did what, on which day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened. `who` is a person's id, None for the reporter and the portal itself.

    `act` is the code the audit record knows it by, or `reporter.…` for what leaves no row there.
    """

    day: date
    act: str
    who: str | None = None
    to: str | None = None
    other: str | None = None  # the id of another case it is about
    file: str | None = None  # the id of a file of the case; its name is sealed, and shown as the case shows it
    deadline: str | None = None  # which day passed (`values.Deadline`)
