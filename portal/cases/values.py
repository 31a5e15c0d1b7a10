"""What other rooms and the templates may see of a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

CODE_WORDS = 7


class CaseKind(StrEnum):
    """What a report is about."""

    FIGURE = "figure"
    SERVICE = "service"
    GENERAL = "general"


class Matter(StrEnum):
    """What kind of falsification a report speaks of."""

    FIGURE = "figure"
    OWN = "own-matter"
    RATINGS = "ratings"
    PRESSURE = "pressure"
    COLLUSION = "collusion"
    OTHER = "other"


class Channel(StrEnum):
    """How a report came: by its writer's own hand, or to an officer who entered it."""

    WEB = "web"
    LETTER = "letter"
    TELEPHONE = "telephone"
    VISIT = "visit"


class CaseState(StrEnum):
    """ISO 37002: receive, assess, address, conclude. The steps between them are `rules.TRANSITIONS`."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    TRIAGE = "triage"
    ASSIGNED = "assigned"
    INVESTIGATING = "investigating"
    PROPOSED = "proposed"
    DECIDED = "decided"
    ACTION = "action"
    CLOSED = "closed"
    REOPENED = "reopened"


class Deadline(StrEnum):
    """What has to be done for a reporter by a day."""

    ACKNOWLEDGE = "acknowledge"
    MESSAGE = "message"
    FEEDBACK = "feedback"


class Finding(StrEnum):
    """What two officers can find together."""

    UPHELD = "upheld"
    PARTLY = "partly"
    NOT_UPHELD = "not-upheld"
    NOT_ADMISSIBLE = "not-admissible"
    REFERRED = "referred"


class Lane(StrEnum):
    """Where a report waits: a flood is set aside, never refused."""

    MAIN = "main"
    QUARANTINE = "quarantine"


class ItemKind(StrEnum):
    """What one sealed item of a case holds; it is part of what the seal authenticates."""

    REPORT = "report"
    FILE = "file"
    FROM_REPORTER = "from-reporter"
    TO_REPORTER = "to-reporter"
    NOTE = "note"
    REASON = "reason"
    COPY = "copy"

    @property
    def shared(self) -> bool:
        """Whether the reporter's key opens it as well."""
        return self not in (ItemKind.NOTE, ItemKind.REASON, ItemKind.COPY)


class HolderKind(StrEnum):
    """To whom a case key is wrapped."""

    HANDLER = "handler"
    OUTSIDE = "outside"
    REPORTER = "reporter"


@dataclass(frozen=True, slots=True)
class Subject:
    """What a report is about, bound to the edition the reporter was looking at."""

    body: str | None = None
    indicator: str | None = None
    period: str | None = None
    service: str | None = None
    edition: int | None = None

    @property
    def kind(self) -> CaseKind:
        if self.body and self.indicator and self.period:
            return CaseKind.FIGURE
        return CaseKind.SERVICE if self.service else CaseKind.GENERAL


@dataclass(frozen=True, slots=True)
class OwnMatter:
    """What somebody says of a matter of their own that was recorded falsely, in their own words."""

    promised: str = ""
    applied: str = ""
    done: str = ""
    recorded: str = ""
    never_rated: bool = False

    def __bool__(self) -> bool:
        return bool(self.promised or self.applied or self.done or self.recorded or self.never_rated)


@dataclass(frozen=True, slots=True)
class SentFile:
    """One attachment: its sealed bytes lie in the file store under `id`, opened by `key`."""

    id: str
    name: str
    size: int
    key: bytes
    sha256: str = ""  # of the plain bytes, in hex; empty for files from before it was kept


@dataclass(frozen=True, slots=True)
class CleanedCopy:
    """What came of cleaning an attachment: a sealed copy, or why there can be none (`cleaning.kinds.Refusal`)."""

    of: str
    kind: str | None
    file: SentFile | None
    refused: str | None


@dataclass(frozen=True, slots=True)
class Draft:
    """A report under way, as its writer's own session opens it."""

    id: str
    subject: Subject
    matter: Matter | None = None
    own: OwnMatter = OwnMatter()
    what: str = ""
    how: str = ""
    names: str = ""
    bodies: tuple[str, ...] = ()
    outside_only: bool = False
    files: tuple[SentFile, ...] = ()
    code: str | None = None

    @property
    def sent(self) -> bool:
        return self.code is not None

    @property
    def meant(self) -> Matter:
        """What was chosen; else what the door it came by suggests."""
        if self.matter is not None:
            return self.matter
        return _BY_DOOR[self.subject.kind]


_BY_DOOR = {
    CaseKind.FIGURE: Matter.FIGURE,
    CaseKind.SERVICE: Matter.OWN,
    CaseKind.GENERAL: Matter.OTHER,
}


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


@dataclass(frozen=True, slots=True)
class Cover:
    """Who could receive a report about a body now: unconnected officers, and whether somebody outside."""

    body: str
    handlers: int
    outside: bool
    open: bool


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

    @property
    def reference(self) -> str:
        return reference(self.id)

    @property
    def short(self) -> str:
        return self.reference[:11]


@dataclass(frozen=True, slots=True)
class Report:
    """The opened report."""

    own: OwnMatter
    what: str
    how: str
    names: str
    bodies: tuple[str, ...]
    outside_only: bool


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
    correction_id: str | None
    extension_by: str | None
    extended_on: date | None
    steps: tuple[Step, ...]
    missed: tuple[Missed, ...]
    report: Report
    files: tuple[SentFile, ...]
    copies: tuple[CleanedCopy, ...]
    entries: tuple[Entry, ...]

    def copy_of(self, file_id: str) -> CleanedCopy | None:
        return next((one for one in self.copies if one.of == file_id), None)


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
