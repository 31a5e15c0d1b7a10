"""Tables of ratings. None holds a time of day, an address, a sequence or anything two of them share per person.

`rating_held` and `rating_receipt` are keyed by an HMAC alone; on SQLite they have no rowid, so that a dump
shows no order of arrival. What a row's transaction leaves on PostgreSQL is written over by the daily fold.
"""

from typing import Any

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, LargeBinary, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation.db import Base, JsonText
from portal.ratings.rules import texts

_Code = String(80).with_variant(String(80, collation="C"), "postgresql")
_Month = String(7)
_CHANNEL = "channel IN ('web', 'qr', 'paper', 'import', 'api')"
_OPEN_CHANNEL = "channel IN ('web', 'qr')"


class HeldRow(Base):
    """A mark or an addition to one until the next fold; after it the bare key, so that a form sent again adds
    nothing.

    `key` is an HMAC of the form's submission id. A mark says whether a receipt was redeemed and has no
    details. An addition (a row of its own, under another key) has details, perhaps none in them, perhaps a
    text, and does not say it; with `follow_up` its giver wants an answer and holds the code of that digest.
    `age` says how old the receipt was (`rules.integrity.ReceiptAge`), and `own_network` of a mark without one
    whether it came from the body's own network; neither is joined with an answer once a month has been looked at.
    """

    __tablename__ = "rating_held"
    __table_args__ = (
        CheckConstraint("level BETWEEN 1 AND 5", name="level"),
        CheckConstraint(
            "(folded_on IS NULL AND service IS NOT NULL AND period IS NOT NULL AND level IS NOT NULL"
            " AND channel IS NOT NULL AND (verified IS NULL) = (details IS NOT NULL))"
            " OR (folded_on IS NOT NULL AND service IS NULL AND period IS NULL AND level IS NULL"
            " AND channel IS NULL AND verified IS NULL AND details IS NULL)",
            name="held_or_folded",
        ),
        CheckConstraint("details IS NOT NULL OR (text IS NULL AND follow_up IS NULL)", name="only_additions"),
        CheckConstraint(f"verified IS NULL OR NOT verified OR {_OPEN_CHANNEL}", name="verified"),
        CheckConstraint(_CHANNEL, name="channel"),
        CheckConstraint(
            "age IS NULL OR (folded_on IS NULL AND verified AND age IN ('same-day', 'usual', 'old'))", name="age"
        ),
        CheckConstraint("own_network IS NULL OR (folded_on IS NULL AND verified IS NOT NULL)", name="own_network"),
        {"sqlite_with_rowid": False},
    )

    key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    service: Mapped[str | None] = mapped_column(_Code)
    period: Mapped[str | None] = mapped_column(_Month)
    level: Mapped[int | None] = mapped_column(Integer)
    channel: Mapped[str | None] = mapped_column(String(8))
    verified: Mapped[bool | None] = mapped_column(Boolean)
    text: Mapped[str | None] = mapped_column(Text)
    details: Mapped[Any] = mapped_column(JsonText, nullable=True)
    follow_up: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    folded_on: Mapped[str | None] = mapped_column(String(10))
    age: Mapped[str | None] = mapped_column(String(8))
    own_network: Mapped[bool | None] = mapped_column(Boolean)


class TotalRow(Base):
    """How many marks of a level a service has in a month, by channel, with and without a receipt."""

    __tablename__ = "rating_total"
    __table_args__ = (
        CheckConstraint("level BETWEEN 1 AND 5", name="level"),
        CheckConstraint("count > 0", name="count"),
        CheckConstraint(f"NOT verified OR {_OPEN_CHANNEL}", name="verified"),
        CheckConstraint(_CHANNEL, name="channel"),
        Index(None, "period"),
        {"sqlite_with_rowid": False},
    )

    service: Mapped[str] = mapped_column(_Code, ForeignKey("service.code"), primary_key=True)
    period: Mapped[str] = mapped_column(_Month, primary_key=True)
    level: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    verified: Mapped[bool] = mapped_column(Boolean, primary_key=True)
    channel: Mapped[str] = mapped_column(String(8), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)


class DetailTotalRow(Base):
    """How many people gave an answer to one of the questions that may follow a mark (see `details`)."""

    __tablename__ = "rating_detail_total"
    __table_args__ = (
        CheckConstraint("count > 0", name="count"),
        CheckConstraint(_CHANNEL, name="channel"),
        Index(None, "period"),
        {"sqlite_with_rowid": False},
    )

    service: Mapped[str] = mapped_column(_Code, ForeignKey("service.code"), primary_key=True)
    period: Mapped[str] = mapped_column(_Month, primary_key=True)
    channel: Mapped[str] = mapped_column(String(8), primary_key=True)
    question: Mapped[str] = mapped_column(String(40), primary_key=True)
    answer: Mapped[str] = mapped_column(String(16), primary_key=True)
    count: Mapped[int] = mapped_column(Integer)


class FollowUpRow(Base):
    """A low mark whose giver wants an answer: what the body has to answer to, and the digest of the code that
    only the giver holds. Made by the fold under a random id; `comment_id` is the comment given with it.
    """

    __tablename__ = "rating_follow_up"
    __table_args__ = (CheckConstraint("level BETWEEN 1 AND 2", name="level"), {"sqlite_with_rowid": False})

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    service: Mapped[str] = mapped_column(_Code, ForeignKey("service.code"))
    period: Mapped[str] = mapped_column(_Month)
    level: Mapped[int] = mapped_column(Integer)
    channel: Mapped[str] = mapped_column(String(8))
    details: Mapped[Any] = mapped_column(JsonText)
    comment_id: Mapped[str | None] = mapped_column(ForeignKey("rating_comment.id"))


class ReceiptRow(Base):
    """A code that was handed out, as its HMAC under a key outside the database. `expires` is its last month;
    `fresh` ends with the night after it was handed out, so that no day of it is kept."""

    __tablename__ = "rating_receipt"
    __table_args__ = (
        Index(None, "expires"),
        Index(None, "fresh", sqlite_where=text("fresh"), postgresql_where=text("fresh")),
        {"sqlite_with_rowid": False},
    )

    key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    service: Mapped[str] = mapped_column(_Code, ForeignKey("service.code"))
    expires: Mapped[str] = mapped_column(_Month)
    spent: Mapped[bool] = mapped_column(Boolean, default=False)
    fresh: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())


class ReceiptCountRow(Base):
    """Receipts of a service issued, used and expired unused in a month; kept when the receipts are gone.

    Of those used, `same_day` were used on the day they were handed out, `old` after their usual time.
    """

    __tablename__ = "rating_receipt_count"
    __table_args__ = ({"sqlite_with_rowid": False},)

    service: Mapped[str] = mapped_column(_Code, ForeignKey("service.code"), primary_key=True)
    period: Mapped[str] = mapped_column(_Month, primary_key=True)
    issued: Mapped[int] = mapped_column(Integer, default=0)
    used: Mapped[int] = mapped_column(Integer, default=0)
    expired: Mapped[int] = mapped_column(Integer, default=0)
    same_day: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    old: Mapped[int] = mapped_column(Integer, default=0, server_default="0")


def _flags(context: Any) -> str:
    return " ".join(texts.flags_of(context.get_current_parameters()["text"]))


def _alike(context: Any) -> str:
    return texts.alike(context.get_current_parameters()["text"])


class CommentRow(Base):
    """A comment for moderation. Its id is random and made by the fold; `act_id` is the act that published it."""

    __tablename__ = "rating_comment"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'approved', 'hidden')", name="state"),
        CheckConstraint("(state = 'hidden') = (reason IS NOT NULL)", name="hidden_for_a_reason"),
        CheckConstraint("act_id IS NULL OR state = 'approved'", name="published_when_approved"),
        CheckConstraint("level BETWEEN 1 AND 5", name="level"),
        CheckConstraint(_CHANNEL, name="channel"),
        Index(None, "state", "period", "id"),
        Index(None, "alike", "state"),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    service: Mapped[str] = mapped_column(_Code, ForeignKey("service.code"))
    period: Mapped[str] = mapped_column(_Month)
    level: Mapped[int] = mapped_column(Integer)
    channel: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(Text)
    masked: Mapped[str | None] = mapped_column(Text)
    """What of it is published, once it is approved and where that is not all of it."""
    flags: Mapped[str] = mapped_column(String(80), default=_flags)
    """Why to look twice (`rules.texts`), with spaces between."""
    alike: Mapped[str] = mapped_column(String(32), default=_alike)
    """The same for texts that read the same."""
    state: Mapped[str] = mapped_column(String(16), default="waiting")
    reason: Mapped[str | None] = mapped_column(String(32))
    act_id: Mapped[str | None] = mapped_column(ForeignKey("act.id"))


# the tables of what is published, of what was served and so on stand in modules of their own
from portal.ratings.models.answers import AnsweredRow, AnswerRow, BodyAnsweredRow, PublicReplyRow  # noqa: E402
from portal.ratings.models.integrity import FindingRow, SampleRow, SetAsideRow  # noqa: E402
from portal.ratings.models.looked import MonthRow  # noqa: E402
from portal.ratings.models.noticed import BusyDayRow, FoldedRow, NetworkRow, OwnNetworkRow  # noqa: E402
from portal.ratings.models.offices import ImportRow, OfficeKeyRow, OfficeRequestRow, PaperBatchRow  # noqa: E402
from portal.ratings.models.published import BodyRollUpRow, RollUpRow  # noqa: E402
from portal.ratings.models.served import TransactionsRow  # noqa: E402

__all__ = [
    "AnswerRow",
    "AnsweredRow",
    "BodyAnsweredRow",
    "BodyRollUpRow",
    "BusyDayRow",
    "CommentRow",
    "DetailTotalRow",
    "FindingRow",
    "FoldedRow",
    "FollowUpRow",
    "HeldRow",
    "ImportRow",
    "MonthRow",
    "NetworkRow",
    "OfficeKeyRow",
    "OfficeRequestRow",
    "OwnNetworkRow",
    "PaperBatchRow",
    "PublicReplyRow",
    "ReceiptCountRow",
    "ReceiptRow",
    "RollUpRow",
    "SampleRow",
    "SetAsideRow",
    "TotalRow",
    "TransactionsRow",
]
