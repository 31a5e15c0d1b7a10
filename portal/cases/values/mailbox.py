"""What is written in a case, and what its reporter sees of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.cases.values.kinds import CaseState, Finding, Handling, ItemKind, Junk, LettingIn, Method, Why
from portal.cases.values.sent import SentFile, Subject


class Says(StrEnum):
    """What a reporter's message, or an officer's note, is besides its words."""

    WITHDRAWS = "withdraws"
    RETALIATION = "retaliation"
    EXTRACT = "extract"
    BODY_ANSWER = "body-answer"
    INSPECTION = "inspection"
    INSPECTED = "inspected"
    MASKING = "masking"


@dataclass(frozen=True, slots=True)
class CheckIn:
    """By when a reporter is asked, months after the case was closed, whether anything was done to them."""

    months: int
    due_on: date
    asked_on: date | None


def open_questions(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Questions to the reporter that no message answers yet, in order."""
    found = tuple(entries)
    answered = {one.answers for one in found}
    return tuple(one for one in found if one.asks and one.id not in answered)


@dataclass(frozen=True, slots=True)
class Entry:
    """One opened item of a case: a message, a note, a reason. `answers` is the id of the question it answers."""

    id: str
    kind: ItemKind
    day: date
    text: str
    author: str | None = None
    asks: bool = False
    answers: str | None = None
    check_in: int | None = None
    says: Says | None = None
    level: Handling | None = None
    method: Method | None = None
    why: Why | None = None
    body: str | None = None
    """Which body was asked, or answers."""
    refuses: bool = False
    """Whether it says why the second of two did not agree."""


@dataclass(frozen=True, slots=True)
class MailboxView:
    """What a reporter sees of the case: its state in days, and the messages both ways."""

    subject: Subject
    state: CaseState
    finding: Finding | None
    received_on: date
    acknowledged_on: date | None
    decided_on: date | None
    closed_on: date | None
    answer_due_on: date | None
    feedback_due_on: date
    extended: bool
    filed: bool
    withdrawn_on: date | None
    files: tuple[SentFile, ...]
    entries: tuple[Entry, ...]
    may_withdraw: bool
    may_rate: bool
    linked_code: str | None
    linked_by: str | None  # the form that made the linked case
    identity_given: bool
    identity_opened_on: date | None
    identity_told: str  # of why, by the two who opened it last
    letting_in: LettingIn | None
    """None as long as somebody holds a key to it."""
    dismissed_with_others: Junk | None = None
    """Why, where it was dismissed with others that were set aside; writing opens it again."""

    @property
    def questions(self) -> tuple[Entry, ...]:
        return open_questions(self.entries)
