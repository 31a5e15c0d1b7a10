"""Reports that one act of two officers dismisses together.

Triggers (migration of the same name) refuse a signature while its giver has not opened all that was drawn, a case
that is closed without such a signature, and whatever would be added to what is signed.
"""

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
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.cases.models.among import among
from portal.cases.values import Junk
from portal.foundation.db import Base


class BatchRow(Base):
    """What was proposed and signed; `period` is the quarter whose seed draws the sample."""

    __tablename__ = "case_batch"
    __table_args__ = (
        CheckConstraint(among("why", Junk), name="why"),
        CheckConstraint("signed_by IS NULL OR signed_by <> proposed_by", name="two_people"),
        CheckConstraint("(signed_by IS NULL) = (signed_on IS NULL)", name="signed"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    body_code: Mapped[str] = mapped_column(String(64))
    day: Mapped[date | None] = mapped_column(Date)
    why: Mapped[str] = mapped_column(String(16))
    period: Mapped[str] = mapped_column(String(7))
    proposed_by: Mapped[str] = mapped_column(String(26), ForeignKey("person.id"))
    proposed_on: Mapped[date] = mapped_column(Date)
    signed_by: Mapped[str | None] = mapped_column(String(26), ForeignKey("person.id"))
    signed_on: Mapped[date | None] = mapped_column(Date)


class BatchMemberRow(Base):
    """A report of a batch; whether it was drawn, and who opened it last."""

    __tablename__ = "case_batch_member"
    __table_args__ = (
        UniqueConstraint("case_id"),
        CheckConstraint("(read_by IS NULL) = (read_on IS NULL)", name="read"),
    )

    batch_id: Mapped[str] = mapped_column(String(26), ForeignKey("case_batch.id"), primary_key=True)
    case_id: Mapped[str] = mapped_column(String(26), ForeignKey("report_case.id"), primary_key=True)
    drawn: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    read_by: Mapped[str | None] = mapped_column(String(26), ForeignKey("person.id"))
    read_on: Mapped[date | None] = mapped_column(Date)


class BatchRefusedRow(Base):
    """A batch that its second officer refused; why is sealed to whoever proposed it, for some days."""

    __tablename__ = "case_batch_refused"
    __table_args__ = (
        CheckConstraint(among("why", Junk), name="why"),
        CheckConstraint("refused_by <> proposed_by", name="two_people"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    body_code: Mapped[str] = mapped_column(String(64))
    why: Mapped[str] = mapped_column(String(16))
    covers: Mapped[int] = mapped_column(Integer)
    proposed_by: Mapped[str] = mapped_column(String(26), ForeignKey("person.id"))
    refused_by: Mapped[str] = mapped_column(String(26), ForeignKey("person.id"))
    refused_on: Mapped[date] = mapped_column(Date)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
