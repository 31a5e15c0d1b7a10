"""What follows a case: numbers of a quarter, reading again, how long it is kept, questions, and handing over."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.cases.models.among import among
from portal.cases.values import (
    Reread,
)
from portal.foundation.db import Base, JsonText


class CountedRow(Base):
    """A quarter that was counted in public: reports from `first` to `period`, or too few of them to say so."""

    __tablename__ = "case_counted"

    period: Mapped[str] = mapped_column(String(7), primary_key=True)
    first: Mapped[str] = mapped_column(String(7))
    shown: Mapped[bool] = mapped_column(Boolean)
    as_of: Mapped[date] = mapped_column(Date)
    untold: Mapped[Any | None] = mapped_column(JsonText)
    """Of duties after the finding that were too few to tell: the day from which they are counted the next time."""


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
        CheckConstraint(f"result IS NULL OR {among('result', Reread)}", name="result"),
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


class AppealedRow(Base):
    """An open appeal against what a figure found false costs. It holds every case whose finding covers the figure,
    also one that is decided after the appeal was filed."""

    __tablename__ = "case_appealed"

    appeal_id: Mapped[str] = mapped_column(String(26), primary_key=True)
    figure: Mapped[str] = mapped_column(String(200), index=True)


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
    original: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
