"""Who can read a case: its locks, who holds a key to them, who stepped aside, who its reporter is."""

from __future__ import annotations

from datetime import date

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.cases.models.among import BY_KEY, among
from portal.cases.values import HolderKind
from portal.foundation.db import Base


class Epoch(Base):
    """One numbered key of a case, sealed to its reporter; of the key itself nothing is here but a stamp by which
    it is known again."""

    __tablename__ = "case_epoch"
    __table_args__ = BY_KEY

    case_id: Mapped[str] = mapped_column(ForeignKey("report_case.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    opened_on: Mapped[date] = mapped_column(Date)
    stamp: Mapped[bytes | None] = mapped_column(LargeBinary)
    reporter: Mapped[bytes] = mapped_column(LargeBinary)
    """What the reporter may read by, sealed to their mailbox's public key."""


class Wrap(Base):
    """An epoch's key, sealed to the public key of one of those who handle the case."""

    __tablename__ = "case_wrap"
    __table_args__ = (
        ForeignKeyConstraint(["case_id", "epoch"], ["case_epoch.case_id", "case_epoch.number"]),
        CheckConstraint(among("holder", (HolderKind.HANDLER, HolderKind.OUTSIDE)), name="holder"),
        Index(None, "person_id", "case_id"),
        BY_KEY,
    )

    case_id: Mapped[str] = mapped_column(String(26), primary_key=True)
    epoch: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    person_id: Mapped[str] = mapped_column(String(26), ForeignKey("person.id"), primary_key=True)
    holder: Mapped[str] = mapped_column(String(16))
    key_id: Mapped[str] = mapped_column(String(64))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class Recusal(Base):
    """Somebody who stepped aside or was found connected: never granted this case again."""

    __tablename__ = "case_recusal"

    case_id: Mapped[str] = mapped_column(ForeignKey("report_case.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date)


class ForsakenRow(Base):
    """Since when nobody has held a case who may: the keys of whoever held it last are kept for a while."""

    __tablename__ = "case_forsaken"

    case_id: Mapped[str] = mapped_column(ForeignKey("report_case.id"), primary_key=True)
    since: Mapped[date] = mapped_column(Date)


class Identity(Base):
    """Who a reporter is, sealed by a key that is in no key of the case; when two people opened it last.

    What they told its reporter of why is sealed like a message, under the keys of an epoch of the case.
    """

    __tablename__ = "case_identity"

    case_id: Mapped[str] = mapped_column(ForeignKey("report_case.id"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    day: Mapped[date] = mapped_column(Date)
    opened_on: Mapped[date | None] = mapped_column(Date)
    told: Mapped[bytes | None] = mapped_column(LargeBinary)
    told_epoch: Mapped[int | None] = mapped_column(Integer)


class IdentityShare(Base):
    """One keeper's share of that key: it takes two."""

    __tablename__ = "case_identity_share"

    case_id: Mapped[str] = mapped_column(ForeignKey("report_case.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    key_id: Mapped[str] = mapped_column(String(64))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class IdentityHalf(Base):
    """The share of whoever asks to open it, sealed to another keeper, until that one agrees or refuses."""

    __tablename__ = "case_identity_half"

    case_id: Mapped[str] = mapped_column(ForeignKey("report_case.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class IdentityKey(Base):
    """The opened key, sealed to one of the two who opened it, for some days."""

    __tablename__ = "case_identity_key"

    case_id: Mapped[str] = mapped_column(ForeignKey("report_case.id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), primary_key=True)
    opened_on: Mapped[date] = mapped_column(Date)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
