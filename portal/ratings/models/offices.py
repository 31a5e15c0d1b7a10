"""Tables of what comes through a body's own hands: keys of its systems, orders of receipts, paper, files."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation.db import Base, JsonText
from portal.ratings.models.columns import CODE, MONTH


class OfficeKeyRow(Base):
    """A key of a body's own system, as its digest. It opens that body's services, until it is revoked.

    `used_on` is the day of its last use and `used` how often it was used on that day: never a time.
    """

    __tablename__ = "rating_office_key"
    __table_args__ = (
        CheckConstraint("good_for IN ('receipts', 'ratings', 'both')", name="good_for"),
        CheckConstraint("per_day > 0", name="per_day"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    body: Mapped[str] = mapped_column(CODE, ForeignKey("body.code"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    good_for: Mapped[str] = mapped_column(String(8))
    per_day: Mapped[int] = mapped_column(Integer)
    made_on: Mapped[str] = mapped_column(String(10))
    used_on: Mapped[str | None] = mapped_column(String(10))
    used: Mapped[int] = mapped_column(Integer, default=0)
    revoked_on: Mapped[str | None] = mapped_column(String(10))


class OfficeRequestRow(Base):
    """An order of receipts by a body's system: `key` is an HMAC of its idempotency key, `asked` the digest of
    what was asked. No code, and nothing a code is known by, is in it; it goes with the bare keys of marks.
    """

    __tablename__ = "rating_office_request"
    __table_args__ = ({"sqlite_with_rowid": False},)

    key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    asked: Mapped[bytes] = mapped_column(LargeBinary(32))
    day: Mapped[str] = mapped_column(String(10))


class PaperBatchRow(Base):
    """Paper slips of one service and month as one person entered them, until a second has checked the sample.

    `sample` holds the numbers of the slips to be entered again, drawn from `seed` when the batch was closed.
    `more` holds what else stands on each slip (answers to further questions, and words); None for marks alone.
    """

    __tablename__ = "rating_paper_batch"
    __table_args__ = (CheckConstraint("slips > 0", name="slips"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    service: Mapped[str] = mapped_column(CODE, ForeignKey("service.code"))
    period: Mapped[str] = mapped_column(MONTH)
    entered_by: Mapped[str] = mapped_column(String(26))
    slips: Mapped[int] = mapped_column(Integer)
    levels: Mapped[Any] = mapped_column(JsonText)
    more: Mapped[Any | None] = mapped_column(JsonText)
    seed: Mapped[str] = mapped_column(String(64))
    sample: Mapped[Any] = mapped_column(JsonText)


class ImportRow(Base):
    """A file of ratings that was imported, by the digest of its bytes, so that it never counts twice."""

    __tablename__ = "rating_import"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    ratings: Mapped[int] = mapped_column(Integer)
    day: Mapped[str] = mapped_column(String(10))
