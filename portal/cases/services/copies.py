"""Attachments as officers get them: a cleaned copy first, made when it is first asked for; the original on demand.

Cleaning takes a second or more, so it is done between two transactions: `clean` touches no database.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from io import BytesIO
from typing import Any

from sqlalchemy.orm import Session

from portal.cases import masking
from portal.cases.areas import Area
from portal.cases.cleaning import parent
from portal.cases.cleaning.kinds import Refusal
from portal.cases.cleaning.orders import Order, Work
from portal.cases.errors import FileNotWhole, NoSuchCase
from portal.cases.files import FileStore
from portal.cases.models import Case, StoredFile
from portal.cases.permissions import CasesPermission
from portal.cases.sealing import EpochKeys
from portal.cases.services import access, drafts, items, masked, trail
from portal.cases.services.access import Officer
from portal.cases.values import CleanedCopy, ItemKind, Marks, SentFile, Shown
from portal.foundation.crypto import CannotOpen

NOTHING = Marks()


def files_of(
    session: Session, *, case: Case, keys: Mapping[int, EpochKeys]
) -> tuple[tuple[SentFile, ...], tuple[CleanedCopy, ...]]:
    """The attachments of a case in order, and what came of cleaning those that somebody had cleaned."""
    kinds = [one for one in ItemKind if one.is_file or one is ItemKind.COPY]
    opened = items.open_kinds(session, case_id=case.id, keys=keys, kinds=kinds)
    return (
        tuple(items.to_file(content) for row, content in opened if row.kind != ItemKind.COPY),
        tuple(to_copy(content) for row, content in opened if row.kind == ItemKind.COPY),
    )


def find_file(
    session: Session, *, case: Case, keys: Mapping[int, EpochKeys], file_id: str, marks: Marks = NOTHING
) -> tuple[SentFile, CleanedCopy | None]:
    """The attachment, and what came of cleaning it, as readers get them under a mask.

    Raises NoSuchCase when the case holds no such file.
    """
    files, made = masking.masked_files(*files_of(session, case=case, keys=keys), marks)
    file = next((one for one in files if one.id == file_id), None)
    if file is None or session.get(StoredFile, file_id) is None:
        raise NoSuchCase
    return file, next((one for one in made if one.of == file_id), None)


def content_of(store: FileStore, copy: CleanedCopy, marks: Marks) -> Iterator[bytes]:
    """What a reader gets of a copy, chunk by chunk. Raises NoSuchCase when that is nothing."""
    if copy.file is None:
        raise NoSuchCase
    return _content(store, copy.file, masking.mask_for(marks.every_word) if copy.shown is Shown.WORDS else None)


def _content(store: FileStore, file: SentFile, mask: masking.Mask | None) -> Iterator[bytes]:
    chunks = store.open(file.id, key=file.key, size=file.size)
    if mask is None:
        yield from chunks
    else:
        yield mask(b"".join(chunks).decode("utf-8", "replace")).encode()


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


def cover(store: FileStore, copy: CleanedCopy, areas: Iterable[Area], *, day: date) -> SentFile | None:
    """Make a copy of a cleaned picture with these areas in black, and seal it; None when that cannot be done.

    Raises FileNotWhole.
    """
    sink = store.sink(limit=parent.MOST_BACK)
    try:
        made = _drawn(store, copy, Order(Work.COVER, tuple(areas)), sink)
        if copy.file is None or isinstance(made, Refusal):
            return None
        sink.keep(day)
        return SentFile(sink.id, copy.file.name, sink.size, sink.key, sink.sha256)
    finally:
        sink.close()


def with_grid(store: FileStore, copy: CleanedCopy) -> bytes:
    """A cleaned picture with the grid over it by which areas are named; it is kept nowhere.

    Raises FileNotWhole, and NoSuchCase when it is no picture.
    """
    drawn = BytesIO()
    if isinstance(_drawn(store, copy, Order(Work.GRID), drawn), Refusal):
        raise NoSuchCase
    return drawn.getvalue()


def _drawn(store: FileStore, copy: CleanedCopy, order: Order, sink: parent.Sink) -> parent.Made | Refusal:
    if copy.file is None:
        return Refusal.UNKNOWN
    try:
        return parent.make(store.open(copy.file.id, key=copy.file.key, size=copy.file.size), sink, order)
    except (CannotOpen, FileNotFoundError):
        raise FileNotWhole from None


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
    """The original, bit for bit, for somebody who works on the case; that they took it is on record.

    Raises NoSuchCase, also while something is masked and for somebody who may not read that.
    """
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.HANDLE, now=now)
    keys = access.open_keys(session, case=case, officer=officer)
    marks = masked.marks(session, case_id=case.id, keys=keys)
    lifts = masked.may_lift(case, officer)
    file, _ = find_file(session, case=case, keys=keys, file_id=file_id, marks=NOTHING if lifts else marks)
    if not file.key:
        raise NoSuchCase
    trail.note(session, case, officer, "cases.take-original", now, file=file_id)
    return file


def to_copy(content: Mapping[str, Any]) -> CleanedCopy:
    file = content["file"]
    return CleanedCopy(content["of"], content["kind"], items.to_file(file) if file else None, content["refused"])
