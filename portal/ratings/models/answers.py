"""What a body owes to somebody who rated low and asked for an answer, and what is said of it in public."""

from typing import Any

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, String, Text, false, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation.db import Base, JsonText
from portal.ratings.answers import AnswerState
from portal.ratings.models.columns import CODE, MONTH

_WAITING = "state IN ('open', 'contacted', 'reopened', 'fixed')"


class AnswerRow(Base):
    """An answer that was asked for, from the day the body got to see it; days only, never a time.

    `due_on` is the last day of whoever has to act. `word` is what the rater said of "fixed", until the night's
    work takes it: the body must not see when it was said.
    """

    __tablename__ = "rating_answer"
    __table_args__ = (
        CheckConstraint("state IN ({})".format(", ".join(f"'{each}'" for each in AnswerState)), name="state"),
        CheckConstraint(f"(due_on IS NOT NULL) = ({_WAITING})", name="due_while_it_waits"),
        CheckConstraint("word IS NULL OR (word IN ('yes', 'no') AND state = 'fixed')", name="word"),
        Index(None, "due_on"),
        Index(None, "owed_since"),
        Index(None, "counted", sqlite_where=text("NOT counted"), postgresql_where=text("NOT counted")),
        {"sqlite_with_rowid": False},
    )

    id: Mapped[str] = mapped_column(ForeignKey("rating_follow_up.id"), primary_key=True)
    owed_since: Mapped[str] = mapped_column(MONTH)
    """The month in which the body got it."""
    state: Mapped[str] = mapped_column(String(16))
    due_on: Mapped[str | None] = mapped_column(String(10))
    overdue: Mapped[bool] = mapped_column(Boolean, default=False)
    """Whether the body has let a last day pass; it stays so."""
    refused: Mapped[bool] = mapped_column(Boolean, default=False)
    """Whether the rater has refused "fixed" once."""
    word: Mapped[str | None] = mapped_column(String(8))
    reply: Mapped[str | None] = mapped_column(Text)
    """What the body answered last, as it was let through."""
    counted: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    """Whether its end has been counted for what is said in public: then nothing of it changes any more."""


class AnsweredRow(Base):
    """What was said last of the answers that a body has owed for a service since a month (`rules.answered`)."""

    __tablename__ = "rating_answered"
    __table_args__ = ({"sqlite_with_rowid": False},)

    service: Mapped[str] = mapped_column(CODE, ForeignKey("service.code"), primary_key=True)
    period: Mapped[str] = mapped_column(MONTH, primary_key=True)
    said: Mapped[Any] = mapped_column(JsonText)
    act_id: Mapped[str] = mapped_column(ForeignKey("act.id"))


class BodyAnsweredRow(Base):
    """What was said last of the answers that a body has owed since a month for its services together, and what of
    hidden ones is in it (`rules.answered_together`)."""

    __tablename__ = "rating_body_answered"
    __table_args__ = (Index(None, "period"), {"sqlite_with_rowid": False})

    body: Mapped[str] = mapped_column(CODE, ForeignKey("body.code"), primary_key=True)
    period: Mapped[str] = mapped_column(MONTH, primary_key=True)
    said: Mapped[Any] = mapped_column(JsonText)
    act_id: Mapped[str] = mapped_column(ForeignKey("act.id"))


class PublicReplyRow(Base):
    """Words of a body about a month of its ratings, until a moderator has read them. Then the row is gone: what
    is published is kept where all published texts are, and goes with them."""

    __tablename__ = "rating_public_reply"
    __table_args__ = ({"sqlite_with_rowid": False},)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    service: Mapped[str] = mapped_column(CODE, ForeignKey("service.code"))
    period: Mapped[str] = mapped_column(MONTH)
    words: Mapped[str] = mapped_column(Text)
