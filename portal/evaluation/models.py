"""Tables of the evaluation room. Weights, marks and points are decimal strings with their digits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.evaluation.values import AppealState, CycleState, Element, Group, Party
from portal.foundation.db import Base, JsonText, UtcDateTime

CODE = String(80)
WORD = String(32)
NUMBER = String(16)
ID = String(26)


def _one_of(column: str, values: Iterable[StrEnum]) -> CheckConstraint:
    words = ", ".join(f"'{value.value}'" for value in values)
    return CheckConstraint(f"{column} IN ({words})", name=column)


class CycleRow(Base):
    __tablename__ = "evaluation_cycle"

    code: Mapped[str] = mapped_column(String(64), primary_key=True)
    names: Mapped[Any] = mapped_column(JsonText)
    period: Mapped[str] = mapped_column(String(20))
    ratings_from: Mapped[str] = mapped_column(String(7))
    ratings_until: Mapped[str] = mapped_column(String(7))
    integrity_points: Mapped[str] = mapped_column(NUMBER)
    integrity_most: Mapped[str] = mapped_column(NUMBER)
    fewest_marks: Mapped[int] = mapped_column(Integer)
    verified_share: Mapped[str | None] = mapped_column(NUMBER)
    credit_points: Mapped[str | None] = mapped_column(NUMBER)  # None: opened before disclosures were credited
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_by: Mapped[str] = mapped_column(ID, ForeignKey("person.id"))


class ShareRow(Base):
    """A cell of the matrix: the share of an element in the whole, and of a group within that element."""

    __tablename__ = "evaluation_share"
    __table_args__ = (_one_of("element", Element), _one_of("evaluator_group", Group))

    cycle: Mapped[str] = mapped_column(ForeignKey("evaluation_cycle.code"), primary_key=True)
    element: Mapped[str] = mapped_column(WORD, primary_key=True)
    evaluator_group: Mapped[str] = mapped_column(WORD, primary_key=True)
    element_share: Mapped[str] = mapped_column(NUMBER)
    group_share: Mapped[str] = mapped_column(NUMBER)


class ObjectRow(Base):
    """A body evaluated in a cycle. `checked_edition` is the edition its public result was last held against."""

    __tablename__ = "evaluation_object"
    __table_args__ = (_one_of("state", CycleState),)

    cycle: Mapped[str] = mapped_column(ForeignKey("evaluation_cycle.code"), primary_key=True)
    body: Mapped[str] = mapped_column(CODE, ForeignKey("body.code"), primary_key=True)
    state: Mapped[str] = mapped_column(String(16))
    checked_edition: Mapped[int] = mapped_column(Integer, default=0)


class IndicatorWeightRow(Base):
    """A settled weight of an indicator among those of one body; without rows the rule's own weights hold."""

    __tablename__ = "evaluation_indicator_weight"
    __table_args__ = (
        ForeignKeyConstraint(["cycle", "body"], ["evaluation_object.cycle", "evaluation_object.body"]),
    )

    cycle: Mapped[str] = mapped_column(String(64), primary_key=True)
    body: Mapped[str] = mapped_column(CODE, primary_key=True)
    indicator: Mapped[str] = mapped_column(CODE, ForeignKey("indicator.code"), primary_key=True)
    weight: Mapped[str] = mapped_column(NUMBER)


class MemberRow(Base):
    """That a person belongs to an evaluator group; `body` is "" for groups that evaluate every body."""

    __tablename__ = "evaluation_member"
    __table_args__ = (_one_of("evaluator_group", Group),)

    person_id: Mapped[str] = mapped_column(ID, ForeignKey("person.id"), primary_key=True)
    evaluator_group: Mapped[str] = mapped_column(WORD, primary_key=True)
    body: Mapped[str] = mapped_column(CODE, primary_key=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)


class MarkRow(Base):
    """A mark as entered. A later one by the same person replaces it and leaves it readable."""

    __tablename__ = "evaluation_mark"
    __table_args__ = (
        ForeignKeyConstraint(["cycle", "body"], ["evaluation_object.cycle", "evaluation_object.body"]),
        _one_of("element", Element),
        _one_of("evaluator_group", Group),
        Index(
            "uq_evaluation_mark_live",
            "cycle",
            "body",
            "element",
            "evaluator_group",
            "person_id",
            unique=True,
            sqlite_where=text("replaced_at IS NULL"),
            postgresql_where=text("replaced_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    cycle: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(CODE)
    element: Mapped[str] = mapped_column(WORD)
    evaluator_group: Mapped[str] = mapped_column(WORD)
    person_id: Mapped[str] = mapped_column(ID, ForeignKey("person.id"))
    value: Mapped[str] = mapped_column(NUMBER)
    reason: Mapped[str] = mapped_column(Text)
    reason_digest: Mapped[str | None] = mapped_column(String(64))
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    replaced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AppealRow(Base):
    """An appeal against what a figure found false costs. Its words stay as they were written."""

    __tablename__ = "evaluation_appeal"
    __table_args__ = (
        _one_of("party", Party),
        _one_of("state", AppealState),
        CheckConstraint("(state = 'open') = (decided_on IS NULL)", name="decided"),
        CheckConstraint("(decided_by IS NULL) = (decided_on IS NULL)", name="decided_by"),
        CheckConstraint("decided_by IS NULL OR decided_by <> proposed_by", name="two_people"),
        UniqueConstraint("figure", "party", "appellant", name="uq_evaluation_appeal_once"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    figure: Mapped[str] = mapped_column(String(200))
    party: Mapped[str] = mapped_column(WORD)
    appellant: Mapped[str] = mapped_column(CODE)
    """The body's code, or the id of the person who had verified the figure."""
    person_id: Mapped[str] = mapped_column(ID, ForeignKey("person.id"))
    words: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(WORD)
    filed_on: Mapped[date] = mapped_column(Date)
    decided_on: Mapped[date | None] = mapped_column(Date)
    proposed_by: Mapped[str | None] = mapped_column(ID, ForeignKey("person.id"))
    decided_by: Mapped[str | None] = mapped_column(ID, ForeignKey("person.id"))
    reason: Mapped[str | None] = mapped_column(Text)


class AssessorRow(Base):
    """Somebody who had verified a figure found false: recorded when the result that says so is signed."""

    __tablename__ = "evaluation_assessor"

    figure: Mapped[str] = mapped_column(String(200), primary_key=True)
    person_id: Mapped[str] = mapped_column(ID, ForeignKey("person.id"), primary_key=True)
    period: Mapped[str] = mapped_column(String(20))
    result_id: Mapped[str] = mapped_column(ID, ForeignKey("evaluation_result.id"))
    recorded_on: Mapped[date] = mapped_column(Date)


class ResultRow(Base):
    """A score as it was proposed: computed from edition `as_of`, public once its act is appended."""

    __tablename__ = "evaluation_result"
    __table_args__ = (
        ForeignKeyConstraint(["cycle", "body"], ["evaluation_object.cycle", "evaluation_object.body"]),
        Index(None, "cycle", "body"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True)
    cycle: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(CODE)
    as_of: Mapped[int] = mapped_column(Integer)
    reason_code: Mapped[str] = mapped_column(WORD)
    score: Mapped[Any] = mapped_column(JsonText)
    computed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    act_id: Mapped[str | None] = mapped_column(ID, ForeignKey("act.id"))
