"""What is done to find out: the body is asked, places are inspected."""

from __future__ import annotations

from datetime import date

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Integer,
    LargeBinary,
    String,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.cases.models.among import among
from portal.cases.values import (
    InspectionState,
)
from portal.foundation.db import Base


class HearingRow(Base):
    """A body that was asked for an answer; the extract lies here under a server key until it answered.

    `by_letter` where nobody of the body is here to answer; `earlier` once the case was opened again after it.
    """

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
    by_letter: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    earlier: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class HearingReaderRow(Base):
    """One of the body's people who were asked: nobody else sees that it was."""

    __tablename__ = "case_hearing_reader"

    hearing_id: Mapped[str] = mapped_column(ForeignKey("case_hearing.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("report_case.id"), index=True)


class InspectionRow(Base):
    """An inspection that a case ordered; how and what for is sealed with the case."""

    __tablename__ = "case_inspection"
    __table_args__ = (
        CheckConstraint(among("state", InspectionState), name="state"),
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
