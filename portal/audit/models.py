"""Tables of the audit record. Both are only ever added to: a row by its actor, its seal by the runner."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation.db import Base, JsonText, UtcDateTime


class AuditEntry(Base):
    """One act, as its actor's transaction wrote it."""

    __tablename__ = "audit_row"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    chain: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[str] = mapped_column(String(26))
    act: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(250))
    details: Mapped[Any] = mapped_column(JsonText)


class AuditSeal(Base):
    """A row's place in its chain. `hash` covers the row and the hash before it."""

    __tablename__ = "audit_seal"
    __table_args__ = (UniqueConstraint("chain", "position"), UniqueConstraint("row_id"))

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    row_id: Mapped[int] = mapped_column(ForeignKey("audit_row.id"))
    chain: Mapped[str] = mapped_column(String(40))
    position: Mapped[int] = mapped_column(Integer)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class AuditCaseRoot(Base):
    """What is needed to check a daily root again: its salt, and the last seal it took in."""

    __tablename__ = "audit_case_root"

    row_id: Mapped[int] = mapped_column(ForeignKey("audit_row.id"), primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary(32))
    last_seal: Mapped[int] = mapped_column(Integer)
