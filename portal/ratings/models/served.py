"""How many matters were settled, as another source than the office's own receipts counts them."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation.db import Base
from portal.ratings.models.columns import CODE, MONTH


class TransactionsRow(Base):
    """Matters of a service settled in a month in one way (in person, online), and who counted them."""

    __tablename__ = "rating_transactions"
    __table_args__ = (
        CheckConstraint("count >= 0", name="count"),
        CheckConstraint("way IN ('in-person', 'online')", name="way"),
        Index(None, "period"),
        {"sqlite_with_rowid": False},
    )

    service: Mapped[str] = mapped_column(CODE, ForeignKey("service.code"), primary_key=True)
    period: Mapped[str] = mapped_column(MONTH, primary_key=True)
    way: Mapped[str] = mapped_column(String(16), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)
    source: Mapped[str] = mapped_column(String(120))
