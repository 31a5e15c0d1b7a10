"""What looked wrong, the marks that were set aside for it, and samples of people who were called back.

Marks that are set aside are in these tables and no longer in the totals; none is ever deleted.
"""

from typing import Any

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation.db import Base, JsonText
from portal.ratings.models.columns import CODE, MONTH


class FindingRow(Base):
    """A published rule that fired on a service's month; `facts` are the numbers it fired on."""

    __tablename__ = "rating_finding"
    __table_args__ = (
        CheckConstraint("state IN ('set-aside', 'kept-out', 'let-in')", name="state"),
        Index(None, "period", "service"),
        Index(None, "state", "period", "id"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    rule: Mapped[str] = mapped_column(String(32))
    service: Mapped[str] = mapped_column(CODE, ForeignKey("service.code"))
    period: Mapped[str] = mapped_column(MONTH)
    facts: Mapped[Any] = mapped_column(JsonText)
    state: Mapped[str] = mapped_column(String(16), default="set-aside")
    reason: Mapped[str | None] = mapped_column(Text)
    appeal: Mapped[str | None] = mapped_column(Text)


class SetAsideRow(Base):
    """How many marks of a kind a finding took out of the totals."""

    __tablename__ = "rating_set_aside"
    __table_args__ = (CheckConstraint("count > 0", name="count"), {"sqlite_with_rowid": False})

    finding_id: Mapped[str] = mapped_column(ForeignKey("rating_finding.id"), primary_key=True)
    channel: Mapped[str] = mapped_column(String(8), primary_key=True)
    verified: Mapped[bool] = mapped_column(Boolean, primary_key=True)
    level: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    count: Mapped[int] = mapped_column(Integer)


class SampleRow(Base):
    """Matters of a month drawn by a seed, whose clients the office calls back, and what they said."""

    __tablename__ = "rating_sample"
    __table_args__ = (
        CheckConstraint("0 < size AND size <= matters", name="size"),
        CheckConstraint("reached <= size AND offered <= reached AND pressed <= reached", name="answers"),
        Index(None, "period", "service"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    service: Mapped[str] = mapped_column(CODE, ForeignKey("service.code"))
    period: Mapped[str] = mapped_column(MONTH)
    seed: Mapped[str] = mapped_column(String(64))
    matters: Mapped[int] = mapped_column(Integer)
    size: Mapped[int] = mapped_column(Integer)
    reached: Mapped[int | None] = mapped_column(Integer)
    offered: Mapped[int | None] = mapped_column(Integer)
    pressed: Mapped[int | None] = mapped_column(Integer)
