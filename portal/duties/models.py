"""Tables of duties and second signatures."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.duties.values import ProposalState
from portal.foundation.db import Base, JsonText, UtcDateTime


class DutyRow(Base):
    __tablename__ = "duty"
    __table_args__ = (UniqueConstraint("kind", "subject"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    kind: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(250))
    title: Mapped[str] = mapped_column(Text)
    title_params: Mapped[Any] = mapped_column(JsonText)
    address: Mapped[str] = mapped_column(String(300))
    permission: Mapped[str | None] = mapped_column(String(64))
    named: Mapped[bool]
    """Whether only the people in `duty_person` may see it."""
    about: Mapped[Any | None] = mapped_column(JsonText)
    """The bodies (and more) it is about, as accounts.values.Scope: nobody connected to any of them sees it."""
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DutyPerson(Base):
    __tablename__ = "duty_person"

    duty_id: Mapped[str] = mapped_column(ForeignKey("duty.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


class ProposalRow(Base):
    __tablename__ = "proposal"
    __table_args__ = (
        CheckConstraint(
            "state IN ({})".format(", ".join(f"'{state.value}'" for state in ProposalState)), name="state"
        ),
        CheckConstraint("state != 'signed' OR decided_by != proposer_id", name="two_people"),
        CheckConstraint(
            "(state = 'waiting') = (decided_by IS NULL) AND (state = 'waiting') = (decided_at IS NULL)",
            name="decided",
        ),
        Index(None, "state", "due_at"),
        Index(
            "uq_proposal_waiting",
            "kind",
            "subject",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    kind: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(250))
    title: Mapped[str] = mapped_column(Text)
    title_params: Mapped[Any] = mapped_column(JsonText)
    address: Mapped[str] = mapped_column(String(300))
    payload: Mapped[Any] = mapped_column(JsonText)
    reason: Mapped[str] = mapped_column(Text)
    permission: Mapped[str | None] = mapped_column(String(64))
    named: Mapped[bool]
    """Whether only the people in `proposal_person` may see and sign it."""
    about: Mapped[Any | None] = mapped_column(JsonText)
    chain: Mapped[str] = mapped_column(String(40))
    proposer_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(16))
    decided_by: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Mailed(Base):
    """The fixed hour of the last mail to a person: at most one goes out for each."""

    __tablename__ = "mailed"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    hour: Mapped[datetime] = mapped_column(UtcDateTime)


class MailedItem(Base):
    """What waited for a person when they were last told, by id and urgency, so that only what is new is told."""

    __tablename__ = "mailed_item"

    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    item_id: Mapped[str] = mapped_column(String(26), primary_key=True, index=True)
    urgency: Mapped[str] = mapped_column(String(16), primary_key=True)


class SubstituteRow(Base):
    """Who takes over a signature that was not given in time; nobody, where nobody else may give it."""

    __tablename__ = "proposal_substitute"

    proposal_id: Mapped[str] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
    asked: Mapped[Any] = mapped_column(JsonText)
    """Ids of those who might have signed until then."""
    since: Mapped[datetime] = mapped_column(UtcDateTime)


class ProposalPerson(Base):
    __tablename__ = "proposal_person"

    proposal_id: Mapped[str] = mapped_column(ForeignKey("proposal.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
