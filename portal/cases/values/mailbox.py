"""What is written in a case, and what its reporter sees of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.cases.values.kinds import CaseState, Finding, ItemKind


@dataclass(frozen=True, slots=True)
class Entry:
    """One opened item of a case: a message, a note, a reason."""

    id: str
    kind: ItemKind
    day: date
    text: str
    author: str | None = None


@dataclass(frozen=True, slots=True)
class MailboxView:
    """What a reporter sees of the case: its state in days, and the messages both ways."""

    state: CaseState
    finding: Finding | None
    received_on: date
    acknowledged_on: date | None
    decided_on: date | None
    closed_on: date | None
    feedback_due_on: date
    extended: bool
    filed: bool
    entries: tuple[Entry, ...]
