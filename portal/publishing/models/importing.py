"""Tables of imports: uploads not yet confirmed, what they change, what was odd, and saved mappings."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation.db import Base, JsonText, UtcDateTime
from portal.publishing.models.columns import CODE, PERIOD


class ImportRecord(Base):
    """How a draft came from a file: what it was read with, what was decided, and how much looked odd."""

    __tablename__ = "import_record"

    slug: Mapped[str] = mapped_column(CODE, primary_key=True)
    file: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    mapping: Mapped[str] = mapped_column(Text)
    cause: Mapped[str | None] = mapped_column(String(32))
    absent: Mapped[str | None] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text)
    totals: Mapped[Any] = mapped_column(JsonText)
    left_out: Mapped[int] = mapped_column(Integer)


class ImportConcern(Base):
    """Something odd in a file; `owner` is the release's code, or the id of an upload not yet confirmed."""

    __tablename__ = "import_concern"

    owner: Mapped[str] = mapped_column(CODE, primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(32))
    row: Mapped[int] = mapped_column(Integer)
    column: Mapped[str] = mapped_column(Text)
    found: Mapped[str] = mapped_column(Text)
    says: Mapped[Any] = mapped_column(JsonText)


class Upload(Base):
    """A file of figures that was sent to the desk and is not confirmed yet, with all that was typed beside it.

    `against` is the edition its preview was made against; empty while the file has faults.
    """

    __tablename__ = "upload"
    __table_args__ = (Index(None, "at"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    file: Mapped[str] = mapped_column(Text)
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    facts: Mapped[Any] = mapped_column(JsonText)
    mapping: Mapped[str] = mapped_column(Text)
    mapping_name: Mapped[str] = mapped_column(Text)
    counts: Mapped[Any] = mapped_column(JsonText)
    against: Mapped[int | None] = mapped_column(Integer)
    by: Mapped[str] = mapped_column(String(26))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class UploadChange(Base):
    """One figure of an upload before and after, for its preview."""

    __tablename__ = "upload_change"
    __table_args__ = (Index(None, "upload_id", "kind"),)

    upload_id: Mapped[str] = mapped_column(ForeignKey("upload.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(16))
    body: Mapped[str] = mapped_column(CODE)
    indicator: Mapped[str] = mapped_column(CODE)
    period: Mapped[str] = mapped_column(PERIOD)
    old: Mapped[Any] = mapped_column(JsonText)
    new: Mapped[Any] = mapped_column(JsonText)
    row: Mapped[int] = mapped_column(Integer)


class SavedMapping(Base):
    """A version of a mapping made at the desk, of one body or of all. Versions never change."""

    __tablename__ = "saved_mapping"

    code: Mapped[str] = mapped_column(CODE, primary_key=True)
    version: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    body: Mapped[str | None] = mapped_column(CODE)
    name: Mapped[str] = mapped_column(Text)
    toml: Mapped[str] = mapped_column(Text)
    made_by: Mapped[str] = mapped_column(String(26))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
