"""What a body owes to somebody who rated low and asked for an answer."""

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation.db import Base
from portal.ratings.answers import AnswerState

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
        {"sqlite_with_rowid": False},
    )

    id: Mapped[str] = mapped_column(ForeignKey("rating_follow_up.id"), primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    due_on: Mapped[str | None] = mapped_column(String(10))
    overdue: Mapped[bool] = mapped_column(Boolean, default=False)
    """Whether the body has let a last day pass; it stays so."""
    refused: Mapped[bool] = mapped_column(Boolean, default=False)
    """Whether the rater has refused "fixed" once."""
    word: Mapped[str | None] = mapped_column(String(8))
    reply: Mapped[str | None] = mapped_column(Text)
    """What the body answered last, as it was let through."""
