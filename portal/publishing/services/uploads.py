"""Files sent to the desk: kept with all that was typed beside them until somebody confirms or drops them.

What an upload would change is worked out once and kept, so that its preview is a page of a list; confirming
works it out again, and stops when something was published in between.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from portal.audit.services import record
from portal.foundation.actor import Actor
from portal.foundation.i18n import N_
from portal.foundation.ids import new_id
from portal.publishing.errors import NoSuchUpload, Overtaken
from portal.publishing.imports.checked import Checked
from portal.publishing.imports.checks import check_table
from portal.publishing.imports.concerns import Concern
from portal.publishing.imports.decisions import Decisions
from portal.publishing.imports.mapping import Mapping as FigureMapping
from portal.publishing.imports.mapping import parse_mapping
from portal.publishing.imports.preview import Change, ChangeKind
from portal.publishing.imports.reading import parse_mapped
from portal.publishing.imports.review import Review, Sheet
from portal.publishing.models import ImportConcern, Upload, UploadChange
from portal.publishing.permissions import PublishingPermission
from portal.publishing.services.imports import ImportPlan, ReleaseFacts, plan_import, stage_import
from portal.publishing.services.reviews import (
    KeptImport,
    keep_concerns,
    keep_review,
    kept_concerns,
    require_settled,
    review_import,
)
from portal.publishing.standing import newest_edition
from portal.publishing.values import FigureKey

KEPT_FOR = timedelta(days=7)
MOST_CELLS = 3_000_000
"""What a page request reads; larger files go through the command."""


@dataclass(frozen=True)
class UploadedFile:
    """An upload as the desk shows it. `counts` is empty while the file has faults."""

    id: str
    file: str
    facts: ReleaseFacts
    mapping: FigureMapping
    mapping_name: str
    counts: Mapping[str, int]
    against: int | None
    by: str
    at: datetime


@dataclass(frozen=True)
class Looked:
    """What looking through an upload found."""

    checked: Checked
    planned: ImportPlan
    review: Review
    mapping: FigureMapping


def receive(
    session: Session,
    *,
    file: str,
    data: bytes,
    facts: ReleaseFacts,
    mapping: str,
    mapping_name: str,
    actor: Actor,
    now: datetime,
) -> str:
    """Keep a file and what was typed beside it; returns the upload's id. `mapping` is TOML text."""
    actor.require(PublishingPermission.PREPARE)
    made = new_id()
    session.add(
        Upload(
            id=made,
            file=file[:200],
            data=data,
            facts=_facts_as_json(facts),
            mapping=mapping,
            mapping_name=mapping_name[:200],
            counts={},
            against=None,
            by=actor.person_id,
            at=now,
        )
    )
    session.flush()
    digest = {"sha256": hashlib.sha256(data).hexdigest()}
    record(session, actor=actor, act="publishing.upload", subject=f"upload:{made}", details=digest, now=now)
    return made


def change_upload(
    session: Session,
    upload_id: str,
    *,
    actor: Actor,
    facts: ReleaseFacts | None = None,
    mapping: str | None = None,
) -> None:
    """Read the same file otherwise, or say something else about the release; its preview is to be made anew."""
    actor.require(PublishingPermission.PREPARE)
    row = _row(session, upload_id)
    if facts is not None:
        row.facts = _facts_as_json(facts)
    if mapping is not None:
        row.mapping, row.mapping_name = mapping, ""
    row.against, row.counts = None, {}
    session.flush()


def look(session: Session, upload: UploadedFile, data: bytes, decisions: Decisions, now: datetime) -> Looked:
    """Check the file and hold it against what is published; go through `review.changes()` afterwards.

    Raises ImportRefused, or ReleaseTaken.
    """
    table, mapping = parse_mapped(upload.file, data, upload.mapping, most_cells=MOST_CELLS)
    checked = check_table(table, mapping)
    planned = plan_import(session, checked, upload.facts, decisions)
    sheet = Sheet.of(table)
    review = review_import(
        session, sheet=sheet, mapping=mapping, checked=checked, planned=planned, today=now.date()
    )
    return Looked(checked, planned, review, mapping)


def keep_preview(session: Session, upload_id: str, looked: Looked, changes: list[Change]) -> None:
    """Keep what an upload would change; `changes` are those the review went through."""
    row = _row(session, upload_id)
    session.execute(delete(UploadChange).where(UploadChange.upload_id == upload_id))
    rows = [
        {
            "upload_id": upload_id,
            "position": position,
            "kind": change.kind.value,
            "body": change.key.body,
            "indicator": change.key.indicator,
            "period": change.key.period,
            "old": dict(change.old),
            "new": dict(change.new),
            "row": change.row,
        }
        for position, change in enumerate(changes)
    ]
    for start in range(0, len(rows), 5_000):
        session.execute(insert(UploadChange), rows[start : start + 5_000])
    kinds = {kind.value: looked.review.totals[kind] for kind in ChangeKind}
    odd = sum(looked.review.concerns.totals.values())
    row.counts = {**looked.planned.counts, **kinds, "odd": odd, "left_out": looked.review.sheet.left_out}
    row.against = looked.planned.base_edition
    keep_concerns(session, upload_id, looked.review.concerns.in_order())
    session.flush()


def confirm(
    session: Session,
    upload: UploadedFile,
    looked: Looked,
    *,
    digest: str,
    decisions: Decisions,
    actor: Actor,
    now: datetime,
) -> str:
    """Make the draft as decided; returns its code, and the upload is gone. The review was gone through.

    Raises NotSettled, ReleaseTaken, and Overtaken when the preview somebody decided on is out of date.
    """
    actor.require(PublishingPermission.PREPARE)
    if not upload.against == looked.planned.base_edition == newest_edition(session):
        raise Overtaken(N_("Something was published since this preview was made. Look at it again."))
    require_settled(looked.planned, looked.review, decisions, actor)
    kept = KeptImport.of(upload.file, digest, looked.mapping, decisions, looked.review)
    slug = stage_import(session, looked.planned, actor=actor, now=now)
    drop(session, upload.id)
    keep_review(session, slug=slug, kept=kept)
    return slug


def drop(session: Session, upload_id: str) -> None:
    """Throw an upload away with its preview."""
    for table, column in (
        (UploadChange, UploadChange.upload_id),
        (ImportConcern, ImportConcern.owner),
        (Upload, Upload.id),
    ):
        session.execute(delete(table).where(column == upload_id))


def drop_old(session: Session, now: datetime) -> int:
    """Throw away what nobody confirmed within KEPT_FOR; returns how many."""
    old = session.scalars(select(Upload.id).where(Upload.at < now - KEPT_FOR)).all()
    for upload_id in old:
        drop(session, upload_id)
    return len(old)


def get_upload(session: Session, upload_id: str) -> UploadedFile:
    """Raises NoSuchUpload."""
    return _value(_row(session, upload_id))


def get_data(session: Session, upload_id: str) -> bytes:
    """The bytes of the file. Raises NoSuchUpload."""
    return _row(session, upload_id).data


def list_uploads(session: Session) -> tuple[UploadedFile, ...]:
    """What waits to be confirmed, the latest first."""
    return tuple(_value(row) for row in session.scalars(select(Upload).order_by(Upload.at.desc(), Upload.id)))


def list_changes(
    session: Session, upload_id: str, *, kind: ChangeKind | None, body: str = "", limit: int, offset: int = 0
) -> tuple[tuple[Change, ...], int]:
    """One page of what an upload changes, and how many there are of that choice."""
    chosen = [UploadChange.upload_id == upload_id]
    if kind is not None:
        chosen.append(UploadChange.kind == kind.value)
    if body:
        chosen.append(UploadChange.body == body)
    total = session.scalar(select(func.count()).select_from(UploadChange).where(*chosen)) or 0
    query = select(UploadChange).where(*chosen).order_by(UploadChange.position).limit(limit).offset(offset)
    return tuple(_change(row) for row in session.scalars(query)), total


def bodies_changed(session: Session, upload_id: str) -> tuple[str, ...]:
    """The bodies an upload has figures of."""
    query = select(UploadChange.body).where(UploadChange.upload_id == upload_id).distinct()
    return tuple(session.scalars(query.order_by(UploadChange.body)))


def concerns_of_upload(session: Session, upload_id: str) -> tuple[Concern, ...]:
    return kept_concerns(session, upload_id)


def _row(session: Session, upload_id: str) -> Upload:
    row = session.get(Upload, upload_id)
    if row is None:
        raise NoSuchUpload(N_("This upload is no longer here. It was confirmed, dropped, or left for a week."))
    return row


def _value(row: Upload) -> UploadedFile:
    return UploadedFile(
        id=row.id,
        file=row.file,
        facts=ReleaseFacts(**row.facts),
        mapping=parse_mapping(row.mapping_name or row.file, row.mapping.encode()),
        mapping_name=row.mapping_name,
        counts=row.counts,
        against=row.against,
        by=row.by,
        at=row.at,
    )


def _change(row: UploadChange) -> Change:
    key = FigureKey(row.body, row.indicator, row.period)
    return Change(ChangeKind(row.kind), key, row.old, row.new, row.row)


def _facts_as_json(facts: ReleaseFacts) -> dict[str, Any]:
    return {"slug": facts.slug, "names": dict(facts.names), "source": facts.source, "licence": facts.licence}
