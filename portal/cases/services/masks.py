"""Masking third parties: whoever works on the case says what, a second officer agrees; nothing is lost by it.

A mask is a list of words and what readers get of each file, sealed with the case like a note. No text is
rewritten: what is read is masked while it is opened, so that a newer mask, or none, takes effect at once and on
everything. A picture with parts covered is a copy of its own, sealed like the cleaned one. The newest mask that
two agreed on holds. The original stays sealed as it came. The record of the case takes who, when and what version,
but no word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.cases import masking
from portal.cases.errors import NotEligible
from portal.cases.models import Case, MaskingRow, StoredFile
from portal.cases.permissions import CasesPermission
from portal.cases.sealing import EpochKeys
from portal.cases.services import access, copies, drafts, halves, items, masked, trail
from portal.cases.services.access import Officer
from portal.cases.services.seconds import MASKING
from portal.cases.values import CleanedCopy, FileMask, ItemKind, Marks, Says, SentFile, Shown, Why
from portal.foundation.errors import Invalid
from portal.foundation.i18n import N_, Message


def propose(
    session: Session,
    *,
    case_id: str,
    words: Iterable[str],
    files: Iterable[FileMask] = (),
    reason: str,
    officer: Officer,
    now: datetime,
) -> None:
    """The first half: all that is to be masked from then on; nothing at all lifts the mask.

    Raises NoSuchCase, Invalid when nothing would change or a file cannot be shown as said, NotEligible for whoever
    may not read what is masked, AlreadyProposed, NobodyToDecide.
    """
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.HANDLE, now=now)
    _require_lift(case, officer)
    keys = access.writing_keys(session, case=case, officer=officer, now=now)
    opened = access.open_keys(session, case=case, officer=officer)
    sent, made = copies.files_of(session, case=case, keys=opened)
    wanted = Marks(masking.cleaned(words), _decided(files, sent, made))
    if wanted.decides_as(masked.marks(session, case_id=case.id, keys=opened)):
        nothing = Message(N_("Say what is to be masked: write or tick words, or choose files."))
        raise Invalid(N_("There is a problem"), {"words": nothing})
    content = {"text": "", "author": officer.id, "says": Says.MASKING.value, **masked.to_content(wanted)}
    item = items.add_item(session, case_id=case.id, keys=keys, kind=ItemKind.NOTE, content=content, day=now.date())
    for copy in _copies_in(wanted):
        if session.get(StoredFile, copy) is None:
            session.add(StoredFile(id=copy, case_id=case.id, day=now.date()))
    halves.propose(
        session,
        case,
        kind=MASKING,
        title=Message(N_("A mask for a case waits for a second signature")),
        payload={"item": item},
        reason=reason,
        why=Why.MASKING,
        officer=officer,
        now=now,
    )
    trail.note(session, case, officer, "cases.propose-masking", now, item=item)


def agree(session: Session, *, case_id: str, officer: Officer, now: datetime) -> None:
    """The second half, never by the proposer: the mask holds from now on. Raises NotEligible, as countersign."""
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.DECIDE, now=now)
    _require_lift(case, officer)
    proposal = halves.countersign(session, case, kind=MASKING, officer=officer, now=now)
    before, item = masked.newest(session, case.id), proposal.payload["item"]
    number = before.number + 1 if before else 1
    session.add(
        MaskingRow(
            case_id=case.id,
            number=number,
            item_id=item,
            proposed_by=proposal.proposer_id,
            approved_by=officer.id,
            approved_on=now.date(),
        )
    )
    session.flush()
    drop_left_over(session, case, officer=officer, now=now)
    trail.note(session, case, officer, "cases.mask", now, version=str(number), mask=item)


def refuse(session: Session, *, case_id: str, reason: str, officer: Officer, now: datetime) -> None:
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.DECIDE, now=now)
    halves.refuse(session, case, kind=MASKING, reason=reason, why=Why.MASKING, officer=officer, now=now)
    drop_left_over(session, case, officer=officer, now=now)
    trail.note(session, case, officer, "cases.refuse-masking", now)


def note_reading(
    session: Session, *, case_id: str, officer: Officer, now: datetime, file_id: str | None = None
) -> None:
    """Somebody reads what is masked, of one file or of the texts: that goes on the record.

    Raises NoSuchCase, NotEligible.
    """
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.READ, now=now)
    _require_lift(case, officer)
    row = masked.newest(session, case.id)
    of = {"file": file_id} if file_id else {}
    trail.note(session, case, officer, "cases.unmask", now, version=str(row.number if row else 0), **of)


def _decided(
    files: Iterable[FileMask], sent: Iterable[SentFile], made: Iterable[CleanedCopy]
) -> tuple[FileMask, ...]:
    """What was said of files, with the names that are hidden as they were sent. Raises Invalid."""
    known, copied = {one.id: one for one in sent}, {one.of: one for one in made}
    found = []
    for one in files:
        file, copy = known.get(one.of), copied.get(one.of)
        if file is None or not _can_be_shown(one, copy):
            problem = Message(N_("One of the files cannot be shown like that. Open this page again, then choose."))
            raise Invalid(problem)
        found.append(replace(one, name=file.name if one.name else ""))
    return tuple(found)


def _can_be_shown(said: FileMask, copy: CleanedCopy | None) -> bool:
    """Nobody says of a file that it may be shown before it was looked at, nor of one without a cleaned copy."""
    if said.shown is Shown.COVERED:
        return copy is not None and copy.is_picture and bool(said.areas) and said.copy is not None
    if said.shown is Shown.WORDS:
        return copy is not None and copy.is_text
    return said.shown is Shown.WITHHELD or (copy is not None and copy.file is not None)


def drop_left_over(session: Session, case: Case, *, officer: Officer, now: datetime) -> None:
    """Covered copies of masks that do not hold: of older ones, and of what was refused or taken back."""
    keys: Mapping[int, EpochKeys] = access.open_keys(session, case=case, officer=officer)
    holds = _copies_in(masked.marks(session, case_id=case.id, keys=keys))
    notes = items.open_kinds(session, case_id=case.id, keys=keys, kinds=(ItemKind.NOTE,))
    every = {
        copy
        for _, content in notes
        if content.get("says") == Says.MASKING
        for copy in _copies_in(masked.to_marks(content))
    }
    there = select(StoredFile.id).where(StoredFile.case_id == case.id, StoredFile.id.in_(every - holds))
    for file_id in session.scalars(there).all():
        drafts.drop_file(session, file_id=file_id, now=now)


def _copies_in(marks: Marks) -> set[str]:
    return {one.copy.id for one in marks.files if one.copy is not None}


def _require_lift(case: Case, officer: Officer) -> None:
    if not masked.may_lift(case, officer):
        raise NotEligible
