"""What lies sealed: what is written in a case; mailboxes, sessions and files of reporters; proof of filing."""

from __future__ import annotations

from datetime import date

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.cases.models.among import BY_KEY, among
from portal.cases.values import (
    ItemKind,
)
from portal.foundation.db import Base


class Item(Base):
    """One sealed thing of a case: the report, a message, a note, a reason, a file's name and key."""

    __tablename__ = "case_item"
    __table_args__ = (
        ForeignKeyConstraint(["case_id", "epoch"], ["case_epoch.case_id", "case_epoch.number"]),
        CheckConstraint(among("kind", ItemKind), name="kind"),
        UniqueConstraint("case_id", "position"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    case_id: Mapped[str] = mapped_column(String(26))
    position: Mapped[int] = mapped_column(Integer)
    epoch: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(16))
    day: Mapped[date] = mapped_column(Date)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class MaskingRow(Base):
    """A mask that two people agreed on; the newest holds. Which words it masks is in the sealed item it names."""

    __tablename__ = "case_masking"
    __table_args__ = (CheckConstraint("proposed_by <> approved_by", name="two_people"),)

    case_id: Mapped[str] = mapped_column(ForeignKey("report_case.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    item_id: Mapped[str] = mapped_column(String(26))
    proposed_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    approved_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    approved_on: Mapped[date] = mapped_column(Date)


class Mailbox(Base):
    """How a reporter finds back: an HMAC of the code, and the public key the code leads to."""

    __tablename__ = "case_mailbox"
    __table_args__ = BY_KEY

    case_id: Mapped[str] = mapped_column(ForeignKey("report_case.id"), primary_key=True)
    lookup: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    public: Mapped[bytes] = mapped_column(LargeBinary)
    stamp: Mapped[bytes | None] = mapped_column(LargeBinary)


class Filing(Base):
    """What a daily root has to cover for one report, and where it lies in that day's tree.

    Once a day they are all looked through for what no root covers: an index would cost every report more.
    """

    __tablename__ = "case_filing"
    __table_args__ = (
        CheckConstraint(
            "(filed_on IS NULL) = (position IS NULL) AND (filed_on IS NULL) = (path IS NULL)", name="placed"
        ),
        CheckConstraint("filed_on IS NULL OR filed_on > day", name="whole_days"),
        CheckConstraint("length(commitment) = 32", name="commitment"),
        CheckConstraint("path IS NULL OR length(path) = 640", name="path"),
        BY_KEY,
    )

    case_id: Mapped[str] = mapped_column(ForeignKey("report_case.id"), primary_key=True)
    commitment: Mapped[bytes] = mapped_column(LargeBinary)
    day: Mapped[date] = mapped_column(Date)
    filed_on: Mapped[date | None] = mapped_column(Date)
    position: Mapped[int | None] = mapped_column(Integer)
    path: Mapped[bytes | None] = mapped_column(LargeBinary)


class ReporterSession(Base):
    """A draft or an opened mailbox, sealed under the secret that only the reporter's cookie holds."""

    __tablename__ = "reporter_session"
    __table_args__ = (CheckConstraint("purpose IN ('draft', 'mailbox')", name="purpose"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(8))
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    day: Mapped[date] = mapped_column(Date)


class StoredFile(Base):
    """A sealed file in the store, and whose it is; names, sizes and keys are in sealed content only."""

    __tablename__ = "case_file"
    __table_args__ = (CheckConstraint("(draft_id IS NULL) <> (case_id IS NULL)", name="owner"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    draft_id: Mapped[str | None] = mapped_column(ForeignKey("reporter_session.id", ondelete="CASCADE"), index=True)
    case_id: Mapped[str | None] = mapped_column(ForeignKey("report_case.id"), index=True)
    day: Mapped[date] = mapped_column(Date)
