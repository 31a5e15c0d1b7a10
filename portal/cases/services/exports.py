"""A case is handed to an authority: two people, a key of the authority's own, and a line on record each time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit.queries import acts_of_chain
from portal.audit.values import case_chain
from portal.cases import masking, package
from portal.cases.errors import FilesNotCleaned, NotEligible, WrongState
from portal.cases.files import FileStore
from portal.cases.models import Case, ExportRow
from portal.cases.permissions import CasesPermission
from portal.cases.services import access, copies, halves, masked, retention, trail
from portal.cases.services.access import Officer
from portal.cases.services.seconds import EXPORT
from portal.cases.values import CaseFile, Export, Hold, Shown, Why
from portal.duties.queries import find_waiting
from portal.foundation.archive import recipient_of
from portal.foundation.errors import Invalid
from portal.foundation.i18n import N_, Message


def of(session: Session, case: Case) -> Export:
    """Who asked to hand the case over, and who may take the newest package."""
    waits = find_waiting(session, kind=EXPORT, subject=case.id)
    row = _newest(session, case.id)
    by = frozenset({row.proposed_by, row.approved_by}) if row else frozenset()
    asked_by, original = (waits.proposer_id if waits else None), row is not None and row.original
    return Export(asked_by, by, row.approved_on if row else None, original)


def propose(
    session: Session,
    *,
    case: CaseFile,
    recipient: str,
    reason: str,
    original: bool = False,
    officer: Officer,
    now: datetime,
) -> None:
    """The first half: to which key, to whom and why (sealed). With `original`, what is masked goes along.

    Raises Invalid, FilesNotCleaned, NobodyToDecide, and NotEligible for `original` by whoever may not read it.
    """
    row = access.take(session, case_id=case.summary.id, officer=officer, right=CasesPermission.HANDLE, now=now)
    key = recipient.strip()
    _recipient(key)
    if any(case.copy_of(file.id) is None for file in case.files):
        raise FilesNotCleaned
    if original and not masked.may_lift(row, officer):
        raise NotEligible
    halves.propose(
        session,
        row,
        kind=EXPORT,
        title=Message(N_("Handing a case to an authority waits for a second signature")),
        payload={"recipient": key, "original": original},
        reason=f"{key}\n{reason}",
        why=Why.EXPORT,
        officer=officer,
        now=now,
    )
    trail.note(session, row, officer, "cases.propose-export", now, words=_words(original))


def agree(session: Session, *, case_id: str, officer: Officer, now: datetime) -> None:
    """The second half, never by the proposer: either of the two can take the package from now on."""
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.DECIDE, now=now)
    proposal = halves.countersign(session, case, kind=EXPORT, officer=officer, now=now)
    original = bool(proposal.payload.get("original"))
    if original and not masked.may_lift(case, officer):
        raise NotEligible
    before = _newest(session, case.id)
    session.add(
        ExportRow(
            case_id=case.id,
            number=before.number + 1 if before else 1,
            recipient=proposal.payload["recipient"],
            proposed_by=proposal.proposer_id,
            approved_by=officer.id,
            approved_on=now.date(),
            original=original,
        )
    )
    session.flush()
    retention.place(session, case, Hold.EXPORT, now=now)
    recipient = proposal.payload["recipient"]
    trail.note(session, case, officer, "cases.export", now, recipient=recipient, words=_words(original))


def refuse(session: Session, *, case_id: str, reason: str, officer: Officer, now: datetime) -> None:
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.DECIDE, now=now)
    halves.refuse(session, case, kind=EXPORT, reason=reason, why=Why.EXPORT, officer=officer, now=now)
    trail.note(session, case, officer, "cases.refuse-export", now)


def take(
    session: Session, *, case: CaseFile, store: FileStore, officer: Officer, now: datetime
) -> tuple[str, list[package.Member]]:
    """What goes into the package, and for which key. Raises WrongState for whoever did not sign it.

    `case` is the original where it was agreed that it goes along; else what is masked in it stays masked.
    """
    row = access.take(session, case_id=case.summary.id, officer=officer, right=CasesPermission.HANDLE, now=now)
    signed = _newest(session, row.id)
    if signed is None or officer.id not in (signed.proposed_by, signed.approved_by):
        raise WrongState
    acts = acts_of_chain(session, case_chain(row.id))
    done = [(one.at.astimezone(now.tzinfo).date().isoformat(), one.act, one.actor_id) for one in acts]
    words = _words(signed.original)
    trail.note(session, row, officer, "cases.take-export", now, recipient=signed.recipient, words=words)
    if signed.original or not case.masking.marks:
        members, _ = _files(case, store)
        return signed.recipient, [*package.documents(case, done), *members]
    shown = masking.masked(case, case.masking.marks)
    members, texts = _files(shown, store)
    return signed.recipient, [*package.documents(shown, done, texts), *members]


def _files(case: CaseFile, store: FileStore) -> tuple[list[package.Member], dict[int, bytes]]:
    """The files as they go along, and by number those that are masked while read, which are made first."""
    members, texts = [], {}
    for number, copy in enumerate(case.copies_in_order, 1):
        if copy is None or copy.file is None:
            continue
        chunks: Iterable[bytes] = copies.content_of(store, copy, case.masking.marks)
        if copy.shown is Shown.WORDS:
            texts[number] = b"".join(chunks)
            chunks = [texts[number]]
        size = len(texts[number]) if number in texts else copy.file.size
        members.append(package.Member(package.copy_name(number, copy), size, chunks))
    return members, texts


def _words(original: bool) -> str:
    return "original" if original else "masked"


def _recipient(key: str) -> None:
    """Raises Invalid for what is no public key of age."""
    wrong = Message(N_("This is no public key of age: it begins with age1."))
    if not key.startswith("age1"):
        raise Invalid(N_("The case cannot be handed over like this."), {"recipient": wrong})
    try:
        recipient_of(key)
    except ValueError:
        raise Invalid(N_("The case cannot be handed over like this."), {"recipient": wrong}) from None


def _newest(session: Session, case_id: str) -> ExportRow | None:
    query = select(ExportRow).where(ExportRow.case_id == case_id)
    return session.scalar(query.order_by(ExportRow.number.desc()).limit(1))
