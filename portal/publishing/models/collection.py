"""Tables of collection rounds. Nothing here is public: what is, leaves by an act."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation.db import Base, JsonText, UtcDateTime
from portal.publishing.collecting import RemarkKind, ReturnState, RoundState, ValueState
from portal.publishing.models.columns import CODE, PERIOD, SERIAL


def one_of(column: str, words: type[RoundState | ReturnState | ValueState | RemarkKind]) -> CheckConstraint:
    return CheckConstraint(
        "{} IN ({})".format(column, ", ".join(f"'{word.value}'" for word in words)), name=column
    )


def _of_value(**options: Any) -> ForeignKeyConstraint:
    columns = ("round", "body", "indicator")
    return ForeignKeyConstraint(columns, [f"collected_value.{column}" for column in columns], **options)


class CollectionRound(Base):
    """A round. `overdue_at` is when it was published who is late; people are kept as bare ids."""

    __tablename__ = "collection_round"
    __table_args__ = (one_of("state", RoundState),)

    slug: Mapped[str] = mapped_column(CODE, primary_key=True)
    names: Mapped[Any] = mapped_column(JsonText)
    period: Mapped[str] = mapped_column(PERIOD)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reminders: Mapped[Any] = mapped_column(JsonText)  # working days before it is due
    state: Mapped[str] = mapped_column(String(16))
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_by: Mapped[str] = mapped_column(String(26))
    overdue_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class BodyReturn(Base):
    """All that one body is asked for in a round."""

    __tablename__ = "body_return"
    __table_args__ = (
        one_of("state", ReturnState),
        CheckConstraint("(state = 'proposed') = (proposal_id IS NOT NULL)", name="proposed_has_proposal"),
        Index(None, "body"),
    )

    round: Mapped[str] = mapped_column(ForeignKey("collection_round.slug"), primary_key=True)
    body: Mapped[str] = mapped_column(CODE, primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    proposal_id: Mapped[str | None] = mapped_column(String(26))
    first_handed_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    handed_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CollectedValue(Base):
    """One value asked for. `entry` is what the body says now, `settled` what the office changed it to."""

    __tablename__ = "collected_value"
    __table_args__ = (
        one_of("state", ValueState),
        ForeignKeyConstraint(["round", "body"], ["body_return.round", "body_return.body"]),
        CheckConstraint("(state = 'empty') = (entry IS NULL)", name="entered_has_entry"),
        Index(None, "body", "indicator"),
    )

    round: Mapped[str] = mapped_column(CODE, primary_key=True)
    body: Mapped[str] = mapped_column(CODE, primary_key=True)
    indicator: Mapped[str] = mapped_column(CODE, primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    asked: Mapped[Any] = mapped_column(JsonText)  # the last value and the target, as they were known
    entry: Mapped[Any | None] = mapped_column(JsonText)
    entered_by: Mapped[str | None] = mapped_column(String(26))
    entered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    handed: Mapped[int] = mapped_column(Integer)
    settled: Mapped[Any | None] = mapped_column(JsonText)
    verified_by: Mapped[str | None] = mapped_column(String(26))
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    release: Mapped[str | None] = mapped_column(CODE)


class HandedValue(Base):
    """A value as it was handed in, the number-th time. Never changed; salt and statement stay unread until
    a release opens them."""

    __tablename__ = "handed_value"
    __table_args__ = (_of_value(),)

    round: Mapped[str] = mapped_column(CODE, primary_key=True)
    body: Mapped[str] = mapped_column(CODE, primary_key=True)
    indicator: Mapped[str] = mapped_column(CODE, primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    said: Mapped[Any] = mapped_column(JsonText)
    note: Mapped[str | None] = mapped_column(Text)
    explanation: Mapped[str | None] = mapped_column(Text)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    commitment: Mapped[str] = mapped_column(String(64))
    entered_by: Mapped[str] = mapped_column(String(26))
    signed_by: Mapped[str] = mapped_column(String(26))
    handed_in_at: Mapped[datetime] = mapped_column(UtcDateTime)
    act_id: Mapped[str] = mapped_column(ForeignKey("act.id"))


class Remark(Base):
    """What office and body said to each other about a value."""

    __tablename__ = "value_remark"
    __table_args__ = (one_of("kind", RemarkKind), _of_value(), Index(None, "round", "body", "indicator"))

    id: Mapped[int] = mapped_column(SERIAL, primary_key=True, autoincrement=True)
    round: Mapped[str] = mapped_column(CODE)
    body: Mapped[str] = mapped_column(CODE)
    indicator: Mapped[str] = mapped_column(CODE)
    kind: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(26))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class EvidenceFile(Base):
    """A file beside a value: its bytes lie sealed under `var/evidence`, by id."""

    __tablename__ = "evidence_file"
    __table_args__ = (_of_value(), Index(None, "round", "body", "indicator"))

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    round: Mapped[str] = mapped_column(CODE)
    body: Mapped[str] = mapped_column(CODE)
    indicator: Mapped[str] = mapped_column(CODE)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[str] = mapped_column(String(64))
    sealed_key: Mapped[bytes] = mapped_column(LargeBinary)
    added_by: Mapped[str] = mapped_column(String(26))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
