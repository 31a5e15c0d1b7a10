"""What officers keep for their work: views of the queue, what they are good at, texts to reply with."""

from __future__ import annotations

from datetime import date

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.cases.models.among import among
from portal.cases.values import (
    Skill,
)
from portal.foundation.db import Base


class ViewRow(Base):
    """A choice of cases that an officer keeps, with its name, sealed under a key that only they can make."""

    __tablename__ = "case_view"

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class CompetenceRow(Base):
    """What an officer says they are good at: a writing, a kind of falsification, a branch of the register."""

    __tablename__ = "case_competence"
    __table_args__ = (CheckConstraint(among("skill", Skill), name="skill"),)

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    skill: Mapped[str] = mapped_column(String(16), primary_key=True)
    value: Mapped[str] = mapped_column(String(80), primary_key=True)


class ReplyRow(Base):
    """A text that the office keeps for writing to reporters. It says nothing of any case."""

    __tablename__ = "case_reply"
    __table_args__ = (UniqueConstraint("language", "title"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    language: Mapped[str] = mapped_column(String(16))
    title: Mapped[str] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(Text)
    changed_on: Mapped[date] = mapped_column(Date)
    changed_by: Mapped[str] = mapped_column(String(26), ForeignKey("person.id"))
