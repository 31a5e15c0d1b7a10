"""A case: what it is about, how it stands, the steps it took, the terms it missed."""

from __future__ import annotations

from datetime import date

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Computed,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.cases.models.among import BY_KEY, among
from portal.cases.values import (
    CaseKind,
    CaseState,
    Channel,
    Deadline,
    Finding,
    Lane,
    Matter,
)
from portal.foundation.db import Base

SHELF = "CASE WHEN state = 'closed' THEN 'closed' WHEN lane = 'quarantine' THEN 'aside' ELSE 'open' END"
"""On which list a case stands (values.Shelf)."""

LISTED_ON = (
    "CASE WHEN state = 'closed' THEN closed_on"
    " WHEN (state = 'decided' OR state = 'action')"
    " AND answer_due_on < coalesce(correct_due_on, reread_due_on, '9999-12-31') THEN answer_due_on"
    " WHEN state = 'decided' OR state = 'action' THEN coalesce(correct_due_on, reread_due_on, '9999-12-31')"
    " WHEN answer_due_on < acknowledge_due_on AND state = 'received' THEN answer_due_on"
    " WHEN state = 'received' THEN acknowledge_due_on"
    " WHEN answer_due_on < feedback_due_on"
    " AND (message_on IS NOT NULL OR message_due_on IS NULL OR answer_due_on < message_due_on) THEN answer_due_on"
    " WHEN message_on IS NULL AND message_due_on < feedback_due_on THEN message_due_on"
    " ELSE feedback_due_on END"
)
"""The day it is listed under: by which something has to be done for the reporter, last of all days when nothing
has; a closed case the day it was closed. The database derives both, so that no act on a case can forget them."""

LISTED_BY = (
    (),
    ("body_code",),
    ("indicator_code",),
    ("period",),
    ("state",),
    ("matter",),
    ("assigned_to",),
)
"""What the queue can be narrowed down by without looking at the cases that are passed over; and by services, which
few reports are about."""


_SERVICE = text("service_code IS NOT NULL")
_JOINED = text("merged_into IS NOT NULL")
"""Of the few that are: an index of them all tells SQLite that each search of it finds every case there is."""


class Case(Base):
    __tablename__ = "report_case"
    __table_args__ = (
        CheckConstraint(among("kind", CaseKind), name="kind"),
        CheckConstraint(among("state", CaseState), name="state"),
        CheckConstraint(among("lane", Lane), name="lane"),
        CheckConstraint(among("matter", Matter), name="matter"),
        CheckConstraint(among("channel", Channel), name="channel"),
        CheckConstraint(f"finding IS NULL OR {among('finding', Finding)}", name="finding"),
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
        Index(None, "received_on", "lane", "body_code", "indicator_code", "period"),
        *(Index(None, *columns, "shelf", "listed_on", "id") for columns in LISTED_BY),
        Index(None, "service_code", "shelf", "listed_on", "id", sqlite_where=_SERVICE, postgresql_where=_SERVICE),
        Index(None, "merged_into", sqlite_where=_JOINED, postgresql_where=_JOINED),
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
    further: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """How many figures or bodies besides (`SubjectRow`): nothing is looked up for the many that have none."""
    covered: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())
    """Whether the finding covers the figure named here."""
    state: Mapped[str] = mapped_column(String(16))
    lane: Mapped[str] = mapped_column(String(16))
    finding: Mapped[str | None] = mapped_column(String(16))
    proposed_finding: Mapped[str | None] = mapped_column(String(16))
    proposal_id: Mapped[str | None] = mapped_column(String(26))
    correction_id: Mapped[str | None] = mapped_column(String(26))
    assigned_to: Mapped[str | None] = mapped_column(String(26), ForeignKey("person.id"))
    proposed_by: Mapped[str | None] = mapped_column(String(26), ForeignKey("person.id"))
    decided_by: Mapped[str | None] = mapped_column(String(26), ForeignKey("person.id"))
    no_body_on: Mapped[date | None] = mapped_column(Date)
    """When a holder said that no body can be named; until then a case without one is given to nobody new."""
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
    answer_due_on: Mapped[date | None] = mapped_column(Date)
    feedback_due_on: Mapped[date] = mapped_column(Date)
    correct_due_on: Mapped[date | None] = mapped_column(Date)
    """By when the correction is put forward; None where none is owed, as for the two below."""
    corrected_on: Mapped[date | None] = mapped_column(Date)
    """When every correction that is owed was put forward."""
    reread_due_on: Mapped[date | None] = mapped_column(Date)
    check_in_due_on: Mapped[date | None] = mapped_column(Date)
    extension_id: Mapped[str | None] = mapped_column(String(26))
    extension_by: Mapped[str | None] = mapped_column(String(26), ForeignKey("person.id"))
    extended_by: Mapped[str | None] = mapped_column(String(26), ForeignKey("person.id"))
    extended_on: Mapped[date | None] = mapped_column(Date)
    withdrawn_on: Mapped[date | None] = mapped_column(Date)
    merged_into: Mapped[str | None] = mapped_column(String(26), ForeignKey("report_case.id", ondelete="SET NULL"))
    shelf: Mapped[str | None] = mapped_column(String(8), Computed(SHELF), deferred=True)
    listed_on: Mapped[date | None] = mapped_column(Date, Computed(LISTED_ON), deferred=True)


class SubjectRow(Base):
    """A further figure, service or body that a case is about, and whether the finding covers it."""

    __tablename__ = "case_subject"
    __table_args__ = (
        CheckConstraint("number > 0", name="further"),
        CheckConstraint("body_code IS NOT NULL OR service_code IS NOT NULL", name="something"),
        Index(None, "body_code", "indicator_code", "period"),
    )

    case_id: Mapped[str] = mapped_column(ForeignKey("report_case.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    body_code: Mapped[str | None] = mapped_column(String(64))
    indicator_code: Mapped[str | None] = mapped_column(String(64))
    period: Mapped[str | None] = mapped_column(String(16))
    service_code: Mapped[str | None] = mapped_column(String(64))
    edition_seen: Mapped[int | None] = mapped_column(Integer)
    covered: Mapped[bool] = mapped_column(Boolean, default=True, server_default=true())


class Transition(Base):
    """The steps that a case can take (`rules.TRANSITIONS`); a trigger on report_case refuses all others."""

    __tablename__ = "case_transition"

    before: Mapped[str] = mapped_column(String(16), primary_key=True)
    after: Mapped[str] = mapped_column(String(16), primary_key=True)


class StepRow(Base):
    """A state that a case entered, and when; the first is that it was received."""

    __tablename__ = "case_step"
    __table_args__ = (CheckConstraint(among("state", CaseState), name="state"), BY_KEY)

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
        CheckConstraint(among("deadline", Deadline), name="deadline"),
        CheckConstraint("noticed_on > due_on", name="noticed"),
    )

    case_id: Mapped[str] = mapped_column(ForeignKey("report_case.id"), primary_key=True)
    deadline: Mapped[str] = mapped_column(String(16), primary_key=True)
    due_on: Mapped[date] = mapped_column(Date, primary_key=True)
    noticed_on: Mapped[date] = mapped_column(Date)
