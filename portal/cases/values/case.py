"""What officers and other rooms see of a case."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from portal.cases.values.keeping import Keeping
from portal.cases.values.kinds import (
    CaseKind,
    CaseState,
    Channel,
    Deadline,
    Finding,
    Handling,
    InspectionState,
    Lane,
    Matter,
    ToHear,
)
from portal.cases.values.mailbox import CheckIn, Entry, open_questions
from portal.cases.values.masks import Masking
from portal.cases.values.questions import Details
from portal.cases.values.sent import CleanedCopy, SentFile, Subject


@dataclass(frozen=True, slots=True)
class Cover:
    """Who could receive a report about a body now: unconnected officers, and whether somebody outside.

    `deciders` of them could give the second signature. `thin` counts the open cases of whoever looks that fewer
    than two people hold; cases that do not exist for them are not counted.
    """

    body: str
    handlers: int
    outside: bool
    open: bool
    deciders: int = 0
    thin: int = 0


@dataclass(frozen=True, slots=True)
class CaseSummary:
    """One row of the queue: clear fields only."""

    id: str
    kind: CaseKind
    matter: Matter
    channel: Channel
    subject: Subject
    state: CaseState
    finding: Finding | None
    lane: Lane
    received_on: date
    due_on: date | None
    assigned_to: str | None
    files: int
    withdrawn: bool
    wrote: bool
    joined_to: str | None = None

    @property
    def reference(self) -> str:
        return reference(self.id)

    @property
    def short(self) -> str:
        return self.reference[:11]


@dataclass(frozen=True, slots=True)
class Together:
    """Cases that belong with one another, as far as they exist for whoever looks."""

    linked: tuple[CaseSummary, ...] = ()
    same: tuple[CaseSummary, ...] = ()
    """Others about the same figure or service that are not linked or joined yet."""
    taken_in: tuple[CaseSummary, ...] = ()
    waits_by: str | None = None
    """Who proposed to join the case into another, while that waits for its second signature."""


@dataclass(frozen=True, slots=True)
class Report:
    """The opened report."""

    details: Details
    what: str
    how: str
    names: str
    bodies: tuple[str, ...]
    outside_only: bool
    retaliation_for: str | None = None  # the case for whose report its writer was retaliated against


@dataclass(frozen=True, slots=True)
class Step:
    """A state that the case entered, and when."""

    state: CaseState
    day: date


@dataclass(frozen=True, slots=True)
class Missed:
    """A day that passed without what had to be done by it."""

    deadline: Deadline
    due_on: date


@dataclass(frozen=True, slots=True)
class Hearing:
    """When the body was asked, by when it may answer, and when it did; by letter where nobody of it is here."""

    asked_on: date
    due_on: date
    answered_on: date | None
    by_letter: bool = False

    def is_over(self, today: date) -> bool:
        return self.answered_on is not None or today > self.due_on


@dataclass(frozen=True, slots=True)
class HeardBody:
    """A body that a case is about: the last time it was asked since the case was opened, or opened again.

    `accused` is whether the finding would go against it; `to_ask` whether it can be asked now, and `here` whether
    its people can then answer at a desk; `letter_open` whether its answer to a letter can be entered.
    """

    body: str
    hearing: Hearing | None
    accused: bool = True
    to_ask: bool = False
    here: bool = False
    letter_open: bool = False

    def is_missing(self, today: date) -> bool:
        """Whether a finding against it has to wait for its answer."""
        return self.accused and (self.hearing is None or not self.hearing.is_over(today))


@dataclass(frozen=True, slots=True)
class Inspection:
    """The newest inspection of a case: where it stands, its day, and its team."""

    state: InspectionState
    day: date
    team: tuple[str, ...]
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class Export:
    """Whether the case is being handed to an authority, or was: by whom, and when."""

    asked_by: str | None
    signed_by: frozenset[str]
    signed_on: date | None
    original: bool = False
    """Whether it was agreed that what is masked goes along."""


@dataclass(frozen=True, slots=True)
class IdentityState:
    """That a reporter's identity lies sealed beside the case, and how far it is from whoever looks."""

    opened_on: date | None
    asked_by: str | None
    has_share: bool
    can_read: bool
    told: str = ""
    """What its reporter reads in the mailbox of why it was opened."""


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Everything an officer who was granted the case may read of it."""

    summary: CaseSummary
    acknowledged_on: date | None
    assigned_on: date | None
    proposed_on: date | None
    decided_on: date | None
    closed_on: date | None
    proposed_finding: Finding | None
    proposal_id: str | None
    proposed_by: str | None
    decided_by: str | None
    correction_id: str | None
    extension_by: str | None
    answer_due_on: date | None
    feedback_due_on: date
    extended_on: date | None
    withdrawn_on: date | None
    no_body_on: date | None  # since when nobody can say which body it is about
    check_ins: tuple[CheckIn, ...]
    steps: tuple[Step, ...]
    missed: tuple[Missed, ...]
    keeping: Keeping
    identity: IdentityState | None
    export: Export
    masking: Masking
    heard: tuple[HeardBody, ...]  # every body it is about
    to_hear: tuple[ToHear, date | None] | None  # before it could be found false
    too_soon_until: date | None  # the first day of the mark, or of the correction after it, while it is to come
    inspection: Inspection | None
    drawn_on: date | None  # to be read again, and nobody has
    report: Report
    files: tuple[SentFile, ...]
    copies: tuple[CleanedCopy, ...]
    entries: tuple[Entry, ...]

    @property
    def questions(self) -> tuple[Entry, ...]:
        return open_questions(self.entries)

    @property
    def copies_in_order(self) -> tuple[CleanedCopy | None, ...]:
        """What came of cleaning each file, in the order of the files."""
        return tuple(self.copy_of(file.id) for file in self.files)

    def copy_of(self, file_id: str) -> CleanedCopy | None:
        return next((one for one in self.copies if one.of == file_id), None)


@dataclass(frozen=True, slots=True)
class Handled:
    """What reporters said of how they were dealt with: counts by level, and their words by case."""

    counts: dict[Handling, int]
    said: tuple[tuple[CaseSummary, Entry], ...]


@dataclass(frozen=True, slots=True)
class UpheldFigure:
    """A figure found false, for the evaluation: when, how far, and whether it has been corrected since."""

    body: str
    indicator: str
    period: str
    finding: Finding
    decided_on: date
    corrected: bool


def reference(case_id: str) -> str:
    """The id in groups of five, as it stands in addresses: `k7qf2-9d3mh-…`."""
    return "-".join(case_id[i : i + 5] for i in range(0, 25, 5)) + case_id[25:]


def case_id_of(text: str) -> str:
    """The id behind a reference."""
    return text.replace("-", "").lower()


def mark_in(address: str) -> str | None:
    """The beginning of the reference in a path of the desk, as lists show it; None when it leads to no case."""
    found = re.match(r"/desk/cases/([0-9a-z]{5}-[0-9a-z]{5})-", address)
    return found[1] if found else None
