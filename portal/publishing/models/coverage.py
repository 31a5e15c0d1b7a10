"""What acts said about figures that are due: one row beside each statement `coverage` or `handin`."""

from sqlalchemy import ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation.db import Base
from portal.publishing.models.columns import CODE, PERIOD


class CoverageMark(Base):
    """The statement at `position` of an act, in columns that a page can filter by; drawn from it alone."""

    __tablename__ = "coverage_mark"
    __table_args__ = (
        Index(None, "body", "indicator", "period"),
        Index(None, "indicator", "period"),
        Index(None, "round"),
    )

    act_id: Mapped[str] = mapped_column(ForeignKey("act.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    body: Mapped[str] = mapped_column(CODE)
    indicator: Mapped[str] = mapped_column(CODE)
    period: Mapped[str] = mapped_column(PERIOD)
    round: Mapped[str] = mapped_column(CODE)
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(32))
    owes: Mapped[str | None] = mapped_column(String(16))
