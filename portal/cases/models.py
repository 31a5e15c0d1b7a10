"""The tables of this room. In clear: body and figure, kind, state, days, padded sizes, who holds a wrap.

No column holds a time of day: days only, so that a dump cannot be laid beside an access log.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Computed,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.cases.values import (
    CaseKind,
    CaseState,
    Channel,
    Deadline,
    Finding,
    HolderKind,
    InspectionState,
    ItemKind,
    Lane,
    Matter,
    Reread,
    Skill,
)
from portal.foundation.db import Base


def _among(column: str, values: Iterable[str]) -> str:
    return f"{column} IN ({', '.join(repr(str(value)) for value in values)})"


SHELF = "CASE WHEN state = 'closed' THEN 'closed' WHEN lane = 'quarantine' THEN 'aside' ELSE 'open' END"
"""On which list a case stands (values.Shelf)."""

LISTED_ON = (
    "CASE WHEN state = 'closed' THEN closed_on"
    " WHEN state = 'decided' OR state = 'action' THEN '9999-12-31'"
    " WHEN state = 'received' THEN acknowledge_due_on"
    " WHEN message_on IS NULL AND message_due_on < feedback_due_on THEN message_due_on"
    " ELSE feedback_due_on END"
)
"""The day it is listed under: by which something has to be done for the reporter, last of all days when nothing
has; a closed case the day it was closed. The database derives both, so that no act on a case can forget them."""

LISTED_BY = (
    (),
    ("body_code",),
    ("indicator_code",),
    ("service_code",),
    ("period",),
    ("state",),
    ("matter",),
    ("assigned_to",),
)
"""What the queue can be narrowed down by without looking at the cases that are passed over."""


class Case(Base):
    __tablename__ = "report_case"
    __table_args__ = (
        CheckConstraint(_among("kind", CaseKind), name="kind"),
        CheckConstraint(_among("state", CaseState), name="state"),
        CheckConstraint(_among("lane", Lane), name="lane"),
        CheckConstraint(_among("matter", Matter), name="matter"),
        CheckConstraint(_among("channel", Channel), name="channel"),
        CheckConstraint(f"finding IS NULL OR {_among('finding', Finding)}", name="finding"),
        CheckConstraint("state = 'received' OR acknowledged_on IS NOT NULL", name="acknowledged"),
        CheckConstraint(
            "state NOT IN ('assigned', 'investigating', 'proposed') OR assigned_to IS NOT NULL", name="assigned"
        ),
        CheckConstraint("state <> 'proposed' OR proposal_id IS NOT NULL", name="proposed"),
        CheckConstraint("(state IN ('decided', 'action', 'closed')) = (finding IS NOT NULL)", name="finding_last"),
        CheckConstraint("(finding IS NULL) = (decided_on IS NULL)", name="decided_on"),
        CheckConstraint("(finding IS NULL) = (decided_by IS NULL)", name="decided_by"),
        CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="two_people"),
        CheckConstraint("(state = 'closed') = (closed_on IS NOT NULL)", name="closed"),
        CheckConstraint("(extended_on IS NULL) = (extended_by IS NULL)", name="extended"),
        CheckConstraint("extended_by IS NULL OR extended_by <> extension_by", name="extended_by_two"),
        CheckConstraint("message_on IS NULL OR message_due_on IS NOT NULL", name="message"),
        CheckConstraint("withdrawn_on IS NULL OR withdrawn_on >= received_on", name="withdrawn"),
        CheckConstraint("state <> 'joined' OR merged_into IS NOT NULL", name="joined"),
        CheckConstraint("merged_into IS NULL OR merged_into <> id", name="joined_to_another"),
        Index(None, "received_on"),
        *(Index(None, *columns, "shelf", "listed_on", "id") for columns in LISTED_BY),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    matter: Mapped[str] = mapped_column(String(16), server_default="other")
    channel: Mapped[str] = mapped_column(String(16), server_default="web")
    body_code: Mapped[str | None] = mapped_column(String(64))
    indicator_code: Mapped[str | None] = mapped_column(String(64))
    period: Mapped[str | None] = mapped_column(String(16))
    service_code: Mapped[str | None] = mapped_column(String(64))
    edition_seen: Mapped[int | None] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(16))
    lane: Mapped[str] = mapped_column(String(16))
    finding: Mapped[str | None] = mapped_column(String(16))
    proposed_finding: Mapped[str | None] = mapped_column(String(16))
    proposal_id: Mapped[str | None] = mapped_column(String(26))
    correction_id: Mapped[str | None] = mapped_column(String(26))
    assigned_to: Mapped[str | None] = mapped_column(String(26), ForeignKey("person.id"))
    proposed_by: Mapped[str | None] = mapped_column(String(26), ForeignKey("person.id"))
    decided_by: Mapped[str | None] = mapped_column(String(26), ForeignKey("person.id"))
    files: Mapped[int] = mapped_column(Integer, default=0)
    received_on: Mapped[date] = mapped_column(Date)
    acknowledged_on: Mapped[date | None] = mapped_column(Date)
    assigned_on: Mapped[date | None] = mapped_column(Date)
    proposed_on: Mapped[date | None] = mapped_column(Date)
    decided_on: Mapped[date | None] = mapped_column(Date)
    edition_decided: Mapped[int | None] = mapped_column(Integer)
    closed_on: Mapped[date | None] = mapped_column(Date)
    acknowledge_due_on: Mapped[date] = mapped_column(Date)
    message_due_on: Mapped[date | None] = mapped_column(Date)
    message_on: Mapped[date | None] = mapped_column(Date)
    feedback_due_on: Mapped[date] = mapped_column(Date)
    extension_id: Mapped[str | None] = mapped_column(String(26))
    extension_by: Mapped[str | None] = mapped_column(String(26), ForeignKey("person.id"))
    extended_by: Mapped[str | None] = mapped_column(String(26), ForeignKey("person.id"))
    extended_on: Mapped[date | None] = mapped_column(Date)
    withdrawn_on: Mapped[date | None] = mapped_column(Date)
    merged_into: Mapped[str | None] = mapped_column(
        String(26), ForeignKey("report_case.id", ondelete="SET NULL"), index=True
    )
    shelf: Mapped[str | None] = mapped_column(String(8), Computed(SHELF), deferred=True)
    listed_on: Mapped[date | None] = mapped_column(Date, Computed(LISTED_ON), deferred=True)


class Transition(Base):
    """The steps that a case can take (`rules.TRANSITIONS`); a trigger on report_case refuses all others."""

    __tablename__ = "case_transition"

    before: Mapped[str] = mapped_column(String(16), primary_key=True)
    after: Mapped[str] = mapped_column(String(16), primary_key=True)


class StepRow(Base):
    """A state that a case entered, and when; the first is that it was received."""

    __tablename__ = "case_step"
    __table_args__ = (CheckConstraint(_among("state", CaseState), name="state"),)

    case_id: Mapped[str] = mapped_column(ForeignKey("report_case.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(16))
    day: Mapped[date] = mapped_column(Date)


class LinkRow(Base):
    """Two cases that belong together; a link is two rows, one for each way."""

    __tablename__ = "case_link"
    __table_args__ = (CheckConstraint("case_id <> other_id", name="two"),)

    case_id: Mapped[str] = mapped_column(ForeignKey("report_case.id", ondelete="CASCADE"), primary_key=True)
    other_id: Mapped[str] = mapped_column(
        ForeignKey("report_case.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    day: Mapped[date] = mapped_column(Date)


class MissedRow(Base):
    """A deadline that passed; kept when what was missed is done after all, for it is counted in public."""

    __tablename__ = "case_missed"
    __table_args__ = (
        CheckConstraint(_among("deadline", Deadline), name="deadline"),
        CheckConstraint("noticed_on > due_on", name="noticed"),
    )

    case_id: Mapped[str] = mapped_column(ForeignKey("report_case.id"), primary_key=True)
    deadline: Mapped[str] = mapped_column(String(16), primary_key=True)
    due_on: Mapped[date] = mapped_column(Date, primary_key=True)
    noticed_on: Mapped[date] = mapped_column(Date)


class CountedRow(Base):
    """A quarter that was counted in public: reports from `first` to `period`, or too few of them to say so."""

    __tablename__ = "case_counted"

    period: Mapped[str] = mapped_column(String(7), primary_key=True)
    first: Mapped[str] = mapped_column(String(7))
    shown: Mapped[bool] = mapped_column(Boolean)
    as_of: Mapped[date] = mapped_column(Date)


class SampleRow(Base):
    """A quarter whose sample of dismissed cases the log committed to, and when it was drawn."""

    __tablename__ = "case_sample"

    period: Mapped[str] = mapped_column(String(7), primary_key=True)
    percent: Mapped[int] = mapped_column(Integer)
    drawn_on: Mapped[date | None] = mapped_column(Date)
    told: Mapped[bool] = mapped_column(Boolean, default=False)


class RereadRow(Base):
    """A dismissed case that was drawn to be read again, by somebody who had no part in dismissing it."""

    __tablename__ = "case_reread"
    __table_args__ = (
        CheckConstraint(f"result IS NULL OR {_among('result', Reread)}", name="result"),
        CheckConstraint("(result IS NULL) = (read_on IS NULL)", name="read_on"),
        CheckConstraint("(reader_id IS NULL) = (result IS NULL OR result = 'reopened')", name="reader"),
        CheckConstraint(
            "reader_id IS NULL OR (reader_id <> proposed_by AND reader_id <> decided_by)", name="other"
        ),
        CheckConstraint("reader_id IS NULL OR assigned_to IS NULL OR reader_id <> assigned_to", name="third"),
    )

    case_id: Mapped[str] = mapped_column(ForeignKey("report_case.id"), primary_key=True)
    period: Mapped[str] = mapped_column(String(7), primary_key=True)
    drawn_on: Mapped[date] = mapped_column(Date)
    assigned_to: Mapped[str | None] = mapped_column(String(26))
    proposed_by: Mapped[str] = mapped_column(String(26))
    decided_by: Mapped[str] = mapped_column(String(26))
    reader_id: Mapped[str | None] = mapped_column(String(26), ForeignKey("person.id"))
    result: Mapped[str | None] = mapped_column(String(16))
    read_on: Mapped[date | None] = mapped_column(Date)


class HoldRow(Base):
    """What keeps a case beyond its time because somebody said so; why, is sealed with the case."""

    __tablename__ = "case_hold"
    __table_args__ = (CheckConstraint("kind IN ('export', 'officer')", name="kind"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("report_case.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    placed_on: Mapped[date] = mapped_column(Date)
    lifted_on: Mapped[date | None] = mapped_column(Date)


class NoticeRow(Base):
    """That the holders of a case were told that its time is over, and when."""

    __tablename__ = "case_notice"

    case_id: Mapped[str] = mapped_column(ForeignKey("report_case.id"), primary_key=True)
    noticed_on: Mapped[date] = mapped_column(Date)


class CheckInRow(Base):
    """A question owed to a reporter some months after closing: whether anything was done to them."""

    __tablename__ = "case_check_in"
    __table_args__ = (
        CheckConstraint("months IN (3, 6)", name="months"),
        Index(None, "due_on"),
    )

    case_id: Mapped[str] = mapped_column(ForeignKey("report_case.id"), primary_key=True)
    months: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    due_on: Mapped[date] = mapped_column(Date)
    opened_on: Mapped[date | None] = mapped_column(Date)
    asked_on: Mapped[date | None] = mapped_column(Date)


class Epoch(Base):
    """One numbered key of a case; nothing of the key itself is here."""

    __tablename__ = "case_epoch"

    case_id: Mapped[str] = mapped_column(ForeignKey("report_case.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    opened_on: Mapped[date] = mapped_column(Date)


class Wrap(Base):
    """An epoch's key, sealed to one holder's public key."""

    __tablename__ = "case_wrap"
    __table_args__ = (
        ForeignKeyConstraint(["case_id", "epoch"], ["case_epoch.case_id", "case_epoch.number"]),
        CheckConstraint(_among("holder", HolderKind), name="holder"),
        CheckConstraint("(holder = 'reporter') = (person_id IS NULL)", name="person"),
        UniqueConstraint("case_id", "epoch", "person_id"),
        Index(None, "person_id", "case_id"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    case_id: Mapped[str] = mapped_column(String(26))
    epoch: Mapped[int] = mapped_column(Integer)
    holder: Mapped[str] = mapped_column(String(16))
    person_id: Mapped[str | None] = mapped_column(String(26), ForeignKey("person.id"))
    key_id: Mapped[str | None] = mapped_column(String(64))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class Identity(Base):
    """Who a reporter is, sealed by a key that is in no key of the case; when two people opened it last."""

    __tablename__ = "case_identity"

    case_id: Mapped[str] = mapped_column(ForeignKey("report_case.id"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    day: Mapped[date] = mapped_column(Date)
    opened_on: Mapped[date | None] = mapped_column(Date)


class IdentityShare(Base):
    """One keeper's share of that key: it takes two."""

    __tablename__ = "case_identity_share"

    case_id: Mapped[str] = mapped_column(ForeignKey("report_case.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    key_id: Mapped[str] = mapped_column(String(64))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class IdentityHalf(Base):
    """The share of whoever asks to open it, sealed to another keeper, until that one agrees or refuses."""

    __tablename__ = "case_identity_half"

    case_id: Mapped[str] = mapped_column(ForeignKey("report_case.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class IdentityKey(Base):
    """The opened key, sealed to one of the two who opened it, for some days."""

    __tablename__ = "case_identity_key"

    case_id: Mapped[str] = mapped_column(ForeignKey("report_case.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    opened_on: Mapped[date] = mapped_column(Date)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class HearingRow(Base):
    """A body that was asked for an answer; the extract lies here under a server key until it answered."""

    __tablename__ = "case_hearing"
    __table_args__ = (
        CheckConstraint("due_on >= asked_on", name="due"),
        CheckConstraint("answered_on IS NULL OR length(sealed) = 0", name="forgotten"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("report_case.id"), index=True)
    body_code: Mapped[str] = mapped_column(String(64), index=True)
    asked_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date)
    answered_on: Mapped[date | None] = mapped_column(Date)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class InspectionRow(Base):
    """An inspection that a case ordered; how and what for is sealed with the case."""

    __tablename__ = "case_inspection"
    __table_args__ = (
        CheckConstraint(_among("state", InspectionState), name="state"),
        CheckConstraint("day >= ordered_on", name="day"),
        CheckConstraint("(state = 'ordered') = (ended_on IS NULL)", name="ended"),
    )

    case_id: Mapped[str] = mapped_column(ForeignKey("report_case.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(16))
    ordered_on: Mapped[date] = mapped_column(Date)
    day: Mapped[date] = mapped_column(Date)
    ended_on: Mapped[date | None] = mapped_column(Date)


class InspectorRow(Base):
    """One of an inspection's team."""

    __tablename__ = "case_inspector"

    case_id: Mapped[str] = mapped_column(ForeignKey("report_case.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)


class ExportRow(Base):
    """A case that was handed to an authority: to which public key, and by which two people."""

    __tablename__ = "case_export"
    __table_args__ = (CheckConstraint("proposed_by <> approved_by", name="two_people"),)

    case_id: Mapped[str] = mapped_column(ForeignKey("report_case.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    recipient: Mapped[str] = mapped_column(String(100))
    proposed_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    approved_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    approved_on: Mapped[date] = mapped_column(Date)


class Recusal(Base):
    """Somebody who stepped aside or was found connected: never granted this case again."""

    __tablename__ = "case_recusal"

    case_id: Mapped[str] = mapped_column(ForeignKey("report_case.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date)


class Item(Base):
    """One sealed thing of a case: the report, a message, a note, a reason, a file's name and key."""

    __tablename__ = "case_item"
    __table_args__ = (
        ForeignKeyConstraint(["case_id", "epoch"], ["case_epoch.case_id", "case_epoch.number"]),
        CheckConstraint(_among("kind", ItemKind), name="kind"),
        UniqueConstraint("case_id", "position"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    case_id: Mapped[str] = mapped_column(String(26))
    position: Mapped[int] = mapped_column(Integer)
    epoch: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(16))
    day: Mapped[date] = mapped_column(Date)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class Mailbox(Base):
    """How a reporter finds back: an HMAC of the code, and the public key the code leads to."""

    __tablename__ = "case_mailbox"

    case_id: Mapped[str] = mapped_column(ForeignKey("report_case.id"), primary_key=True)
    lookup: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    public: Mapped[bytes] = mapped_column(LargeBinary)


class Filing(Base):
    """What a daily root has to cover for one report, and where it lies in that day's tree."""

    __tablename__ = "case_filing"
    __table_args__ = (
        CheckConstraint(
            "(filed_on IS NULL) = (position IS NULL) AND (filed_on IS NULL) = (path IS NULL)", name="placed"
        ),
        CheckConstraint("filed_on IS NULL OR filed_on > day", name="whole_days"),
        CheckConstraint("length(commitment) = 32", name="commitment"),
        CheckConstraint("path IS NULL OR length(path) = 640", name="path"),
        Index(None, "filed_on"),
    )

    case_id: Mapped[str] = mapped_column(ForeignKey("report_case.id"), primary_key=True)
    commitment: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    day: Mapped[date] = mapped_column(Date)
    filed_on: Mapped[date | None] = mapped_column(Date)
    position: Mapped[int | None] = mapped_column(Integer)
    path: Mapped[bytes | None] = mapped_column(LargeBinary)


class ReporterSession(Base):
    """A draft or an opened mailbox, sealed under the secret that only the reporter's cookie holds."""

    __tablename__ = "reporter_session"
    __table_args__ = (CheckConstraint("purpose IN ('draft', 'mailbox')", name="purpose"), Index(None, "day"))

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(8))
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    day: Mapped[date] = mapped_column(Date)


class ViewRow(Base):
    """A choice of cases that an officer keeps, with its name, sealed under a key that only they can make."""

    __tablename__ = "case_view"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class CompetenceRow(Base):
    """What an officer says they are good at: a writing, a kind of falsification, a branch of the register."""

    __tablename__ = "case_competence"
    __table_args__ = (CheckConstraint(_among("skill", Skill), name="skill"),)

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    skill: Mapped[str] = mapped_column(String(16), primary_key=True)
    value: Mapped[str] = mapped_column(String(80), primary_key=True)


class ReplyRow(Base):
    """A text that the office keeps for writing to reporters. It says nothing of any case."""

    __tablename__ = "case_reply"
    __table_args__ = (UniqueConstraint("language", "title"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    language: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(Text)
    changed_on: Mapped[date] = mapped_column(Date)
    changed_by: Mapped[str] = mapped_column(String(26), ForeignKey("person.id"))


class StoredFile(Base):
    """A sealed file in the store, and whose it is; names, sizes and keys are in sealed content only."""

    __tablename__ = "case_file"
    __table_args__ = (CheckConstraint("(draft_id IS NULL) <> (case_id IS NULL)", name="owner"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    draft_id: Mapped[str | None] = mapped_column(ForeignKey("reporter_session.id", ondelete="CASCADE"), index=True)
    case_id: Mapped[str | None] = mapped_column(ForeignKey("report_case.id"), index=True)
    day: Mapped[date] = mapped_column(Date)
