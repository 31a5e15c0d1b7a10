"""What the newest act said of a closed month, and the counts it said it from, shown or hidden."""

from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation.db import Base, JsonText
from portal.ratings.models.columns import CODE, MONTH


class RollUpRow(Base):
    """A service's closed month: `counts` (level 1 first), and in `said` the rest of it (`services.said_rows`).

    A month that was published before its marks were split has no `said`.
    """

    __tablename__ = "rating_rollup"
    __table_args__ = (Index(None, "period"), {"sqlite_with_rowid": False})

    service: Mapped[str] = mapped_column(CODE, ForeignKey("service.code"), primary_key=True)
    period: Mapped[str] = mapped_column(MONTH, primary_key=True)
    counts: Mapped[Any] = mapped_column(JsonText)
    suppressed: Mapped[bool] = mapped_column(Boolean)
    said: Mapped[Any | None] = mapped_column(JsonText)
    act_id: Mapped[str] = mapped_column(ForeignKey("act.id"))


class BodyRollUpRow(Base):
    """The sum over a body's services in a closed month, and the last one that hid some of them."""

    __tablename__ = "rating_body_rollup"
    __table_args__ = (Index(None, "period"), {"sqlite_with_rowid": False})

    body: Mapped[str] = mapped_column(CODE, ForeignKey("body.code"), primary_key=True)
    period: Mapped[str] = mapped_column(MONTH, primary_key=True)
    said: Mapped[Any] = mapped_column(JsonText)
    act_id: Mapped[str] = mapped_column(String(26), ForeignKey("act.id"))
