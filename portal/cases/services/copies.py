"""Attachments as officers get them: a cleaned copy first, made when it is first asked for; the original on demand.

Cleaning takes a second or more, so it is done between two transactions: `clean` touches no database.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.cases.cleaning import parent
from portal.cases.cleaning.kinds import Refusal
from portal.cases.errors import FileNotWhole, NoSuchCase
from portal.cases.files import FileStore
from portal.cases.models import Case, Item, StoredFile
from portal.cases.permissions import CasesPermission
from portal.cases.sealing import EpochKeys
from portal.cases.services import access, drafts, items, trail
from portal.cases.services.access import Officer
from portal.cases.values import CleanedCopy, ItemKind, SentFile
from portal.foundation.crypto import CannotOpen


def find_file(
    session: Session, *, case: Case, keys: Mapping[int, EpochKeys], file_id: str
) -> tuple[SentFile, CleanedCopy | None]:
    """The attachment, and what came of cleaning it. Raises NoSuchCase when the case holds no such file."""
    kinds = (ItemKind.FILE, ItemKind.COPY)
    rows = session.scalars(select(Item).where(Item.case_id == case.id, Item.kind.in_(kinds)))
    opened = [(row, items.open_item(row, keys[row.epoch])) for row in rows if items.opens(keys, row)]
    sent = (items.to_file(content) for row, content in opened if row.kind == ItemKind.FILE)
    file = next((one for one in sent if one.id == file_id), None)
    if file is None or session.get(StoredFile, file_id) is None:
        raise NoSuchCase
    made = (to_copy(content) for row, content in opened if row.kind == ItemKind.COPY)
    return file, next((one for one in made if one.of == file_id), None)


def clean(store: FileStore, file: SentFile, *, day: date) -> CleanedCopy:
    """Make a cleaned copy and seal it as it comes. Raises FileNotWhole."""
    sink = store.sink(limit=parent.MOST_BACK)
    try:
        made = parent.make(store.open(file.id, key=file.key, size=file.size), sink)
        if isinstance(made, Refusal):
            return CleanedCopy(file.id, None, None, made.value)
        sink.keep(day)
        stem = file.name.rpartition(".")[0] or file.name
        copy = SentFile(sink.id, f"{stem}.{made.ending}", sink.size, sink.key, sink.sha256)
        return CleanedCopy(file.id, made.kind.value, copy, None)
    except (CannotOpen, FileNotFoundError):
        raise FileNotWhole from None
    finally:
        sink.close()


def keep(session: Session, *, case_id: str, copy: CleanedCopy, officer: Officer, now: datetime) -> CleanedCopy:
    """Add the copy to the case; where somebody was faster, theirs stays and this one is thrown away."""
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.READ, now=now)
    fresh = access.writing_keys(session, case=case, officer=officer, now=now)
    keys = access.open_keys(session, case=case, officer=officer)
    _, before = find_file(session, case=case, keys=keys, file_id=copy.of)
    if before is not None:
        if copy.file is not None:
            drafts.drop_file(session, file_id=copy.file.id, now=now)
        return before
    if copy.file is not None:
        session.add(StoredFile(id=copy.file.id, case_id=case.id, day=now.date()))
    content = {
        "of": copy.of,
        "kind": copy.kind,
        "refused": copy.refused,
        "file": None if copy.file is None else items.file_content(copy.file),
    }
    items.add_item(session, case_id=case.id, keys=fresh, kind=ItemKind.COPY, content=content, day=now.date())
    trail.note(session, case, officer, "cases.clean-file", now, file=copy.of)
    return copy


def take_original(session: Session, *, case_id: str, file_id: str, officer: Officer, now: datetime) -> SentFile:
    """The original, bit for bit, for somebody who works on the case; that they took it is on record."""
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.HANDLE, now=now)
    keys = access.open_keys(session, case=case, officer=officer)
    file, _ = find_file(session, case=case, keys=keys, file_id=file_id)
    trail.note(session, case, officer, "cases.take-original", now, file=file_id)
    return file


def to_copy(content: Mapping[str, Any]) -> CleanedCopy:
    file = content["file"]
    return CleanedCopy(content["of"], content["kind"], items.to_file(file) if file else None, content["refused"])
