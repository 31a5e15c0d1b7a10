"""Files beside a value: sealed on the disk, opened at the desk by the body and the office only."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sqlalchemy.orm import Session

from portal.accounts.queries import employers_of
from portal.audit.services import record
from portal.foundation.actor import Actor
from portal.foundation.crypto import CannotOpen, aead_open, aead_seal
from portal.foundation.i18n import N_, Message, message
from portal.foundation.ids import new_id, random_bytes
from portal.foundation.keys import KeyRing
from portal.foundation.sealing import SealingWriter, open_stream
from portal.foundation.storage import write_durably
from portal.publishing.collecting import Evidence, ReturnState, ValueState
from portal.publishing.errors import EntryRefused, ReturnNotOpen
from portal.publishing.models import BodyReturn, CollectedValue, EvidenceFile
from portal.publishing.permissions import PublishingPermission
from portal.publishing.queries.rounds import evidence_for, no_such_return, to_evidence
from portal.publishing.services.returns import require_own
from portal.publishing.services.rounds import open_row

MOST_FILES = 20
BEGINNINGS: dict[str, tuple[bytes, ...]] = {
    ".pdf": (b"%PDF-",),
    ".png": (b"\x89PNG\r\n\x1a\n",),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".xlsx": (b"PK\x03\x04",),
    ".docx": (b"PK\x03\x04",),
    ".ods": (b"PK\x03\x04",),
    ".odt": (b"PK\x03\x04",),
    ".csv": (b"",),
    ".txt": (b"",),
}
"""Which files are taken, and how each kind begins."""


def add_evidence(
    session: Session,
    *,
    slug: str,
    body: str,
    indicator: str,
    name: str,
    data: bytes,
    limit_mb: int,
    var: Path,
    keys: KeyRing,
    actor: Actor,
    now: datetime,
) -> Evidence:
    """Keep a file beside a value while the body may still change it.

    Raises Forbidden, NoSuchReturn, RoundNotOpen, ReturnNotOpen, EntryRefused for a file that is not taken.
    """
    _require_with_body(session, slug, body, indicator, actor, now)
    if len(evidence_for(session, slug, body, indicator)) >= MOST_FILES:
        raise _refused(message(N_("Keep at most {n} files beside a value."), n=MOST_FILES))
    kind = _require_taken(name, data, limit_mb)
    file_id, key = new_id(), random_bytes(32)
    write_durably(_path(var, file_id), _sealed(data, key, file_id), mode=0o600)
    row = EvidenceFile(
        id=file_id,
        round=slug,
        body=body,
        indicator=indicator,
        name=_plain_name(name),
        media_type=kind,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        sealed_key=aead_seal(keys.get("evidence"), key, file_id.encode()),
        added_by=actor.person_id,
        added_at=now,
    )
    session.add(row)
    session.flush()
    details = {"indicator": indicator, "file": file_id}
    record(
        session,
        actor=actor,
        act="publishing.add-evidence",
        subject=f"round:{slug}/{body}",
        details=details,
        now=now,
    )
    return to_evidence(row)


def remove_evidence(session: Session, *, evidence_id: str, var: Path, actor: Actor, now: datetime) -> None:
    """Take back a file one's body added, while the value was never handed in with it.

    Raises Forbidden, NoSuchReturn, ReturnNotOpen.
    """
    row = _row(session, evidence_id)
    value = _require_with_body(session, row.round, row.body, row.indicator, actor, now)
    if value.handed:
        raise ReturnNotOpen(N_("The value was handed in with this file, so it stays."))
    session.delete(row)
    session.flush()
    _path(var, evidence_id).unlink(missing_ok=True)
    details = {"indicator": row.indicator, "file": evidence_id}
    subject = f"round:{row.round}/{row.body}"
    record(session, actor=actor, act="publishing.remove-evidence", subject=subject, details=details, now=now)


def open_evidence(
    session: Session, *, evidence_id: str, var: Path, keys: KeyRing, actor: Actor, now: datetime
) -> tuple[Evidence, bytes]:
    """A file for the office, or for the body that added it. Raises NoSuchReturn, CannotOpen."""
    row = _row(session, evidence_id)
    own = row.body in employers_of(session, person_id=actor.person_id, at=now)
    if not actor.may(PublishingPermission.COLLECT) and not (own and actor.may(PublishingPermission.ENTER_VALUES)):
        raise no_such_return()
    return to_evidence(row), b"".join(_opened(row, var, keys))


def _opened(row: EvidenceFile, var: Path, keys: KeyRing) -> Iterator[bytes]:
    for server_key in keys.every("evidence"):
        try:
            key = aead_open(server_key, row.sealed_key, row.id.encode())
        except CannotOpen:
            continue
        with _path(var, row.id).open("rb") as source:
            yield from open_stream(source, key, row.id.encode())
        return
    raise CannotOpen


def _sealed(data: bytes, key: bytes, file_id: str) -> bytes:
    target: BinaryIO = io.BytesIO()
    writer = SealingWriter(target, key, file_id.encode())
    writer.write(data)
    writer.finish()
    target.seek(0)
    return target.read()


def _require_with_body(
    session: Session, slug: str, body: str, indicator: str, actor: Actor, now: datetime
) -> CollectedValue:
    require_own(session, actor, body, PublishingPermission.ENTER_VALUES, now=now)
    open_row(session, slug)
    found, value = session.get(BodyReturn, (slug, body)), session.get(CollectedValue, (slug, body, indicator))
    if found is None or value is None:
        raise no_such_return()
    if found.state == ReturnState.PROPOSED or not ValueState(value.state).is_with_body:
        raise ReturnNotOpen(N_("The value is not with your body now, so its files stay as they are."))
    return value


def _require_taken(name: str, data: bytes, limit_mb: int) -> str:
    """The kind of the file by its ending. Raises EntryRefused."""
    kind = Path(name).suffix.lower()
    if kind not in BEGINNINGS:
        raise _refused(message(N_("This kind of file is not taken. Use {kinds}."), kinds=", ".join(BEGINNINGS)))
    if not data:
        raise _refused(Message(N_("The file is empty.")))
    if len(data) > limit_mb * 1024 * 1024:
        raise _refused(message(N_("The file is larger than {n} MB."), n=limit_mb))
    if not data.startswith(BEGINNINGS[kind]):
        raise _refused(message(N_("The file is not what its ending {kind} says."), kind=kind))
    return kind


def _refused(words: Message) -> EntryRefused:
    return EntryRefused(words, {"file": words})


def _plain_name(name: str) -> str:
    plain = "".join(symbol for symbol in os.path.basename(name.replace("\\", "/")) if symbol.isprintable())
    return plain[-200:] or "file"


def _row(session: Session, evidence_id: str) -> EvidenceFile:
    row = session.get(EvidenceFile, evidence_id)
    if row is None:
        raise no_such_return()
    return row


def _path(var: Path, file_id: str) -> Path:
    if not file_id.isalnum():
        raise no_such_return()
    return var / "evidence" / file_id
