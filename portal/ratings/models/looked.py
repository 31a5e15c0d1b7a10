"""Which months the night's work has to look at again."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation.db import Base
from portal.ratings.models.columns import MONTH


class MonthRow(Base):
    """`changed` is drawn anew whenever something is counted of a month; `seen` is what it was when the month was
    last looked at, and `under` what else that look depended on (`services.looking`)."""

    __tablename__ = "rating_month"
    __table_args__ = ({"sqlite_with_rowid": False},)

    period: Mapped[str] = mapped_column(MONTH, primary_key=True)
    changed: Mapped[str] = mapped_column(String(26), default="")
    seen: Mapped[str | None] = mapped_column(String(26))
    under: Mapped[str | None] = mapped_column(String(64))
