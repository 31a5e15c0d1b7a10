"""Tables of publishing: acts and their statements, the transparency log, salted texts.

A row of an act is visible as of edition n when the act's `edition` is not null and ≤ n; of several
versions the newest wins. Codes sort by code point on both engines, so that files come out byte-equal.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.foundation.db import Base, JsonText, UtcDateTime
from portal.publishing.models.asking import FigureRequest as FigureRequest
from portal.publishing.models.calendar import EarlyReader as EarlyReader
from portal.publishing.models.calendar import PreviewView as PreviewView
from portal.publishing.models.calendar import ReleasePlan as ReleasePlan
from portal.publishing.models.calendar import ScheduledRelease as ScheduledRelease
from portal.publishing.models.collection import BodyReturn as BodyReturn
from portal.publishing.models.collection import CollectedValue as CollectedValue
from portal.publishing.models.collection import CollectionRound as CollectionRound
from portal.publishing.models.collection import EvidenceFile as EvidenceFile
from portal.publishing.models.collection import HandedValue as HandedValue
from portal.publishing.models.collection import Remark as Remark
from portal.publishing.models.columns import CODE, KEY, SERIAL, code
from portal.publishing.models.coverage import CoverageMark as CoverageMark
from portal.publishing.models.importing import ImportConcern as ImportConcern
from portal.publishing.models.importing import ImportRecord as ImportRecord
from portal.publishing.models.importing import SavedMapping as SavedMapping
from portal.publishing.models.importing import Upload as Upload
from portal.publishing.models.importing import UploadChange as UploadChange

_Code = CODE
_Key = KEY
_Decimal = String(80)
_Serial = SERIAL


_REPLACES = text("replaces IS NOT NULL")
_VALUELESS = text("actual IS NULL")


class Act(Base):
    """A publication act. Its id and edition never change once appended; people are kept as bare ids."""

    __tablename__ = "act"
    __table_args__ = (
        CheckConstraint("state IN ('staged', 'pending', 'appended')", name="state"),
        CheckConstraint("(state = 'appended') = (edition IS NOT NULL)", name="appended_has_edition"),
        UniqueConstraint("edition"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    state: Mapped[str] = mapped_column(String(16))
    edition: Mapped[int | None] = mapped_column(Integer)
    appended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proposed_by: Mapped[str] = mapped_column(String(26))
    approved_by: Mapped[str | None] = mapped_column(String(26))
    meta: Mapped[Any] = mapped_column(JsonText)
    figures: Mapped[int] = mapped_column(Integer, default=0)  # how many it states, so that nobody counts them


class ActBody(Base):
    """How many figures of a body an act states."""

    __tablename__ = "act_body"

    act_id: Mapped[str] = mapped_column(ForeignKey("act.id"), primary_key=True)
    body: Mapped[str] = mapped_column(_Code, primary_key=True)
    figures: Mapped[int] = mapped_column(Integer)


class ActMeasure(Base):
    """What an act says of an indicator: how many of its figures have a target, and of which years they are."""

    __tablename__ = "act_measure"
    __table_args__ = (Index(None, "act_id"),)

    indicator: Mapped[str] = mapped_column(_Code, primary_key=True)
    act_id: Mapped[str] = mapped_column(ForeignKey("act.id"), primary_key=True)
    targets: Mapped[int] = mapped_column(Integer)
    years: Mapped[str] = mapped_column(Text)


class ActTouch(Base):
    """A page, or all below an address, that an act changes (see `touched`).

    The appender writes `edition` shortly before the act has it: it says nothing until some act does.
    """

    __tablename__ = "act_touch"
    __table_args__ = (Index(None, "act_id"), Index(None, "touch", "edition"))

    touch: Mapped[str] = mapped_column(code(200), primary_key=True)
    act_id: Mapped[str] = mapped_column(ForeignKey("act.id"), primary_key=True)
    edition: Mapped[int | None] = mapped_column(Integer)


class ActQueue(Base):
    """Acts ready for the appender, in the order in which they became ready."""

    __tablename__ = "act_queue"

    place: Mapped[int] = mapped_column(_Serial, primary_key=True, autoincrement=True)
    act_id: Mapped[str] = mapped_column(ForeignKey("act.id"), unique=True)


class Chunk(Base):
    """Canonical JSON lines of about a thousand statements, addressed by their SHA-256 in hex."""

    __tablename__ = "chunk"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    count: Mapped[int] = mapped_column(Integer)


class ActChunk(Base):
    __tablename__ = "act_chunk"
    __table_args__ = (Index(None, "sha256"),)

    act_id: Mapped[str] = mapped_column(ForeignKey("act.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("chunk.sha256"))


class LogEntry(Base):
    """Entry n of the log (counted from 1): the exact document whose leaf hash is in the tree."""

    __tablename__ = "log_entry"

    n: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    act_id: Mapped[str] = mapped_column(ForeignKey("act.id"), unique=True)
    document: Mapped[bytes] = mapped_column(LargeBinary)
    leaf_hash: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class LogNode(Base):
    """Hash of a complete subtree: node (level, idx) covers the leaves idx·2^level … (idx+1)·2^level − 1."""

    __tablename__ = "log_node"

    level: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    idx: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class Checkpoint(Base):
    """The signed head after entry n, and the public key (C2SP verifier key) that opens its signature."""

    __tablename__ = "checkpoint"

    n: Mapped[int] = mapped_column(ForeignKey("log_entry.n"), primary_key=True, autoincrement=False)
    note: Mapped[str] = mapped_column(Text)
    verifier_key: Mapped[str] = mapped_column(Text)


class SaltedText(Base):
    """A text by a person beside the log. Withdrawal empties salt and text and names the edition that did."""

    __tablename__ = "salted_text"
    __table_args__ = (
        CheckConstraint("(withdrawn_in IS NULL) = (salt IS NOT NULL)", name="withdrawn_has_no_salt"),
        CheckConstraint("(salt IS NULL) = (text IS NULL)", name="salt_with_text"),
    )

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    salt: Mapped[bytes | None] = mapped_column(LargeBinary)
    text: Mapped[str | None] = mapped_column(Text)
    withdrawn_in: Mapped[int | None] = mapped_column(Integer)


class ActText(Base):
    """Which acts cite a text: it becomes public with the first of them."""

    __tablename__ = "act_text"
    __table_args__ = (Index(None, "digest"),)

    act_id: Mapped[str] = mapped_column(ForeignKey("act.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(ForeignKey("salted_text.digest"), primary_key=True)


class ReleaseDraft(Base):
    """A release being prepared: its statements stand staged under `act_id` until two people publish it.

    `base_edition` is the edition it was held against; `bodies` lists whose figures it holds.
    """

    __tablename__ = "release_draft"
    __table_args__ = (
        CheckConstraint("state IN ('draft', 'proposed', 'published')", name="state"),
        CheckConstraint("(state = 'draft') = (proposal_id IS NULL)", name="proposed_has_proposal"),
    )

    slug: Mapped[str] = mapped_column(_Code, primary_key=True)
    act_id: Mapped[str] = mapped_column(ForeignKey("act.id"), unique=True)
    names: Mapped[Any] = mapped_column(JsonText)
    source: Mapped[str] = mapped_column(Text)
    licence: Mapped[str] = mapped_column(Text)
    period: Mapped[str] = mapped_column(String(41))
    bodies: Mapped[Any] = mapped_column(JsonText)
    counts: Mapped[Any] = mapped_column(JsonText)
    base_edition: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(16))
    drafted_by: Mapped[str] = mapped_column(String(26))
    drafted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    proposal_id: Mapped[str | None] = mapped_column(String(26))


class StatementRow(Base):
    """Any statement but a figure. `key` says what it is about, `scope` the body (or parent) it belongs to."""

    __tablename__ = "statement"
    __table_args__ = (
        Index(None, "kind", "key"),
        Index(None, "kind", "scope"),
        UniqueConstraint("act_id", "position"),
    )

    id: Mapped[int] = mapped_column(_Serial, primary_key=True, autoincrement=True)
    act_id: Mapped[str] = mapped_column(ForeignKey("act.id"))
    position: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(32))
    key: Mapped[str] = mapped_column(_Key)
    scope: Mapped[str] = mapped_column(_Code)
    payload: Mapped[Any] = mapped_column(JsonText)
    title: Mapped[str | None] = mapped_column(Text)  # codes and names, in words; a search finds them first
    words: Mapped[str | None] = mapped_column(Text)  # all the words that a search finds it by


class FigureVersion(Base):
    """One version of a figure. Numbers are decimal strings with the digits given; null is missing."""

    __tablename__ = "figure_version"
    __table_args__ = (
        Index(None, "body", "indicator", "period"),
        Index(None, "indicator", "period"),
        Index("ix_figure_version_replaces", "replaces", sqlite_where=_REPLACES, postgresql_where=_REPLACES),
        Index("ix_figure_version_valueless", "act_id", sqlite_where=_VALUELESS, postgresql_where=_VALUELESS),
        UniqueConstraint("act_id", "position"),
    )

    id: Mapped[int] = mapped_column(_Serial, primary_key=True, autoincrement=True)
    act_id: Mapped[str] = mapped_column(ForeignKey("act.id"))
    position: Mapped[int] = mapped_column(Integer)
    body: Mapped[str] = mapped_column(_Code)
    indicator: Mapped[str] = mapped_column(_Code)
    period: Mapped[str] = mapped_column(code(20))
    target: Mapped[str | None] = mapped_column(_Decimal)
    actual: Mapped[str | None] = mapped_column(_Decimal)
    numerator: Mapped[str | None] = mapped_column(_Decimal)
    denominator: Mapped[str | None] = mapped_column(_Decimal)
    obs_status: Mapped[str | None] = mapped_column(String(8))
    note_digest: Mapped[str | None] = mapped_column(String(64))
    cause: Mapped[str] = mapped_column(String(32))
    replaces: Mapped[int | None] = mapped_column(Integer)
    handin: Mapped[Any | None] = mapped_column(JsonText)  # what the body handed in, and the proof of it
