"""The table of requests for figures. A request has no account, address or time of day."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Date, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation.db import Base, JsonText, UtcDateTime
from portal.publishing.asking import RequestState
from portal.publishing.models.columns import CODE


class FigureRequest(Base):
    """`code_digest` finds it by the follow-up code its sender keeps; `text_digest` is set once it is public."""

    __tablename__ = "figure_request"
    __table_args__ = (
        CheckConstraint("state IN ({})".format(", ".join(f"'{s.value}'" for s in RequestState)), name="state"),
        CheckConstraint("(state = 'proposed') = (proposal_id IS NOT NULL)", name="proposed_has_proposal"),
        Index(None, "state", "due_on"),
    )

    reference: Mapped[str] = mapped_column(String(16), primary_key=True)
    submission: Mapped[str] = mapped_column(String(26), unique=True)
    code_digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    state: Mapped[str] = mapped_column(String(16))
    body: Mapped[str | None] = mapped_column(CODE)
    text: Mapped[str] = mapped_column(Text)
    text_digest: Mapped[str | None] = mapped_column(String(64))
    received_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date] = mapped_column(Date)
    refusal: Mapped[str | None] = mapped_column(String(32))
    drafted: Mapped[Any | None] = mapped_column(JsonText)
    proposal_id: Mapped[str | None] = mapped_column(String(26))
    overdue: Mapped[bool]
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
