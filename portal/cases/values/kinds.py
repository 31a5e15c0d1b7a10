"""The words a case is told by: kinds, states, findings, holders."""

from enum import StrEnum


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
    JOINED = "joined"
    DECIDED = "decided"
    ACTION = "action"
    CLOSED = "closed"
    REOPENED = "reopened"


class Deadline(StrEnum):
    """What has to be done for a reporter, or after what was found, by a day."""

    ACKNOWLEDGE = "acknowledge"
    MESSAGE = "message"
    FEEDBACK = "feedback"
    ANSWER = "answer"
    HELD = "held"
    """That somebody can read it: on every day."""
    CORRECT = "correct"
    """That the correction of a figure found false is put forward."""
    REREAD = "reread"
    """That a dismissed case which was drawn is read again."""
    CHECK_IN = "check-in"
    """That the reporter is asked after closing how they fared."""
    ASSIGN = "assign"
    """That somebody takes it in hand once it was acknowledged, and again whenever nobody has it any more."""


class Finding(StrEnum):
    """What two officers can find together."""

    UPHELD = "upheld"
    PARTLY = "partly"
    NOT_UPHELD = "not-upheld"
    NOT_ADMISSIBLE = "not-admissible"
    REFERRED = "referred"


class Reread(StrEnum):
    """What came of reading a dismissed case again; one that was reopened meanwhile is read anyway."""

    AGREES = "agrees"
    DOUBTS = "doubts"
    REOPENED = "reopened"


class Method(StrEnum):
    """How an inspection is made."""

    OPEN_VISIT = "open-visit"
    SECRET_VISIT = "secret-visit"  # noqa: S105 - a way of visiting
    FIELD = "field"
    SPECIAL_CHECK = "special-check"
    SAMPLE_SURVEY = "sample-survey"


class InspectionState(StrEnum):
    ORDERED = "ordered"
    DONE = "done"
    CANCELLED = "cancelled"


class Junk(StrEnum):
    """Why reports that were set aside in a flood are dismissed together. Their reporters read it."""

    ALIKE = "alike"
    EMPTY = "empty"
    ADVERT = "advert"


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
    FEEDBACK = "feedback"
    INSPECTION_FILE = "inspection-file"
    """A file that an officer attached to what an inspection found. Its reporter never learns that there is one."""

    @property
    def shared(self) -> bool:
        """Whether the reporter's key opens it as well."""
        return self not in (ItemKind.NOTE, ItemKind.REASON, ItemKind.COPY, ItemKind.INSPECTION_FILE)

    @property
    def is_file(self) -> bool:
        """Whether it names a file of the case, which is cleaned, masked and handed over like every other."""
        return self in (ItemKind.FILE, ItemKind.INSPECTION_FILE)


class Proposed(StrEnum):
    """What somebody proposed in a case and can take back until a second person decided."""

    FINDING = "finding"
    EXTENSION = "extension"
    JOINING = "joining"
    MASKING = "masking"
    EXPORT = "export"
    IDENTITY = "identity"
    DELETION = "deletion"
    RELEASE = "release"


class Why(StrEnum):
    """What an officer gave a reason for. Reasons from before this was kept say nothing."""

    FINDING = "finding"
    REOPENING = "reopening"
    REREADING = "rereading"
    EXTENSION = "extension"
    JOINING = "joining"
    IDENTITY = "identity"
    EXPORT = "export"
    MASKING = "masking"
    HOLD = "hold"
    DELETION = "deletion"
    LOCK = "lock"
    UNTOLD = "untold"
    """That a case was closed, and its reporter not written to."""

    @property
    def handed_over(self) -> bool:
        """Whether an authority gets it: how it was found, and not what the house does with the case."""
        return self in (Why.FINDING, Why.REOPENING, Why.REREADING)


class Shown(StrEnum):
    """What readers get of a file while something is masked in its case."""

    WHOLE = "whole"
    WORDS = "words"
    """Its text, with masked words left out while it is read."""
    COVERED = "covered"
    """A copy of the picture in which parts are black."""
    WITHHELD = "withheld"


class HolderKind(StrEnum):
    """To whom a case key is wrapped."""

    HANDLER = "handler"
    OUTSIDE = "outside"
    REPORTER = "reporter"


class Handling(StrEnum):
    """How a reporter found that they were dealt with."""

    WELL = "well"
    PARTLY = "partly"
    BADLY = "badly"


class Retaliation(StrEnum):
    """What becomes of it when a reporter says they were retaliated against."""

    IN_CASE = "in-case"
    REOPENED = "reopened"
    NEW_CASE = "new-case"


class LettingIn(StrEnum):
    """Whom a reporter can let read a report that nobody holds a key to any more."""

    OFFICERS = "officers"
    OFFICE_INSTEAD = "office-instead"
    """Officers of this office, though the report was meant for the outside recipient, who is no more."""
    NOBODY = "nobody"


class Language(StrEnum):
    """In which writing somebody wrote to us: told by the letters themselves, and kept nowhere."""

    ENGLISH = "en"
    CHINESE = "zh_Hans"


class ToHear(StrEnum):
    """What is still missing before something can be found against a body."""

    NO_BODY = "no-body"
    NOT_ASKED = "not-asked"
    MAY_ANSWER = "may-answer"
