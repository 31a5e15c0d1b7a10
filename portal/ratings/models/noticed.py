"""What the rules need to know besides the totals, as coarse as they can do with it, and not for longer."""

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation.db import Base
from portal.ratings.models.columns import CODE, MONTH


class BusyDayRow(Base):
    """A day on which many marks of a service came by one way: only how often their number doubles.

    Days with few marks leave no row, and none stays longer than rules look back (`rules.bursts`).
    """

    __tablename__ = "rating_busy_day"
    __table_args__ = (CheckConstraint("size >= 5", name="size"), {"sqlite_with_rowid": False})

    service: Mapped[str] = mapped_column(CODE, ForeignKey("service.code"), primary_key=True)
    channel: Mapped[str] = mapped_column(String(8), primary_key=True)
    verified: Mapped[bool] = mapped_column(Boolean, primary_key=True)
    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    size: Mapped[int] = mapped_column(Integer)


class FoldedRow(Base):
    """What a day's fold has counted and nobody has looked at for bursts: written with the fold, gone once it has
    been looked at. So a day is looked at even when the work stops in between."""

    __tablename__ = "rating_folded"
    __table_args__ = (CheckConstraint("count > 0", name="count"), {"sqlite_with_rowid": False})

    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    service: Mapped[str] = mapped_column(CODE, ForeignKey("service.code"), primary_key=True)
    period: Mapped[str] = mapped_column(MONTH, primary_key=True)
    level: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    verified: Mapped[bool] = mapped_column(Boolean, primary_key=True)
    channel: Mapped[str] = mapped_column(String(8), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)


class NetworkRow(Base):
    """A range of addresses at which the people of a body work, as the office was told."""

    __tablename__ = "rating_network"

    body: Mapped[str] = mapped_column(CODE, ForeignKey("body.code"), primary_key=True)
    network: Mapped[str] = mapped_column(String(43), primary_key=True)


class OwnNetworkRow(Base):
    """How many marks without a code came from the body's own network, until the month has been looked at.

    They are in the totals too.
    """

    __tablename__ = "rating_own_network"
    __table_args__ = (
        CheckConstraint("level BETWEEN 1 AND 5", name="level"),
        CheckConstraint("count > 0", name="count"),
        CheckConstraint("channel IN ('web', 'qr')", name="channel"),
        Index(None, "period"),
        {"sqlite_with_rowid": False},
    )

    service: Mapped[str] = mapped_column(CODE, ForeignKey("service.code"), primary_key=True)
    period: Mapped[str] = mapped_column(MONTH, primary_key=True)
    channel: Mapped[str] = mapped_column(String(8), primary_key=True)
    level: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    count: Mapped[int] = mapped_column(Integer)
