"""Masking third parties: who works on the case says which words, a second officer agrees; nothing is lost by it.

A mask is a list of words, sealed with the case like a note. Nothing is rewritten: what is read is masked while it
is opened, so that a newer mask, or none, takes effect at once and on everything. The newest mask that two agreed
on holds. The original stays sealed as it came. The record of the case takes who, when and which version, but no
word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.cases import masking, rules
from portal.cases.errors import KeyNotHeld, NotEligible
from portal.cases.models import Case, Item, MaskingRow
from portal.cases.permissions import CasesPermission
from portal.cases.sealing import EpochKeys
from portal.cases.services import access, halves, items, trail
from portal.cases.services.access import Officer
from portal.cases.services.seconds import MASKING
from portal.cases.values import ItemKind, Masking, Says, Why
from portal.duties.queries import find_waiting
from portal.foundation.errors import Invalid
from portal.foundation.i18n import N_, Message


def of(session: Session, case: Case, *, keys: Mapping[int, EpochKeys], officer: Officer) -> Masking:
    """What is masked now, and what somebody proposed. Raises KeyNotHeld when these keys do not open the mask."""
    row, waits = newest(session, case.id), find_waiting(session, kind=MASKING, subject=case.id)
    return Masking(
        row.number if row else 0,
        row.approved_on if row else None,
        _words_of(session, row.item_id, keys) if row else (),
        waits.proposer_id if waits else None,
        _words_of(session, waits.payload["item"], keys) if waits else (),
        may_lift(case, officer),
    )


def words(session: Session, *, case_id: str, keys: Mapping[int, EpochKeys]) -> tuple[str, ...]:
    """The words that are masked now; none where nothing is. Raises KeyNotHeld."""
    row = newest(session, case_id)
    return _words_of(session, row.item_id, keys) if row else ()


def may_lift(case: Case, officer: Officer) -> bool:
    """Whether this person may read what is masked."""
    unmasks = officer.actor.may(CasesPermission.UNMASK)
    return rules.may_see_masked(assigned=case.assigned_to == officer.id, unmasks=unmasks)


def may_take(session: Session, case: Case, officer: Officer) -> bool:
    """Whether this person may give themselves the case: once something is masked, somebody else who holds it does,
    or whoever may read what is masked anyhow."""
    return newest(session, case.id) is None or may_lift(case, officer)


def propose(
    session: Session, *, case_id: str, words: Iterable[str], reason: str, officer: Officer, now: datetime
) -> None:
    """The first half: the words that are to be masked from then on, all of them; none lifts the mask.

    Raises NoSuchCase, Invalid when nothing would change, NotEligible for whoever may not read what is masked,
    AlreadyProposed, NobodyToDecide.
    """
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.HANDLE, now=now)
    _require_lift(case, officer)
    keys = access.writing_keys(session, case=case, officer=officer, now=now)
    wanted = masking.cleaned(words)
    before = newest(session, case.id)
    opened = access.open_keys(session, case=case, officer=officer)
    if wanted == (_words_of(session, before.item_id, opened) if before else ()):
        nothing = Message(N_("Write or tick the words that are to be masked."))
        raise Invalid(N_("There is a problem"), {"words": nothing})
    content = {"text": "", "author": officer.id, "says": Says.MASKING.value, "words": list(wanted)}
    item = items.add_item(session, case_id=case.id, keys=keys, kind=ItemKind.NOTE, content=content, day=now.date())
    halves.propose(
        session,
        case,
        kind=MASKING,
        title=Message(N_("Masking words of a case waits for a second signature")),
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
    before, item = newest(session, case.id), proposal.payload["item"]
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
    trail.note(session, case, officer, "cases.mask", now, version=str(number), mask=item)


def refuse(session: Session, *, case_id: str, officer: Officer, now: datetime) -> None:
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.DECIDE, now=now)
    halves.decline(session, case, kind=MASKING, officer=officer, now=now)
    trail.note(session, case, officer, "cases.refuse-masking", now)


def note_reading(session: Session, *, case_id: str, officer: Officer, now: datetime) -> None:
    """Somebody reads what is masked: that goes on the record. Raises NoSuchCase, NotEligible."""
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.READ, now=now)
    _require_lift(case, officer)
    row = newest(session, case.id)
    trail.note(session, case, officer, "cases.unmask", now, version=str(row.number if row else 0))


def require_none_in(session: Session, case: Case, *, keys: Mapping[int, EpochKeys], text: str) -> None:
    """For a text that leaves the case. Raises Invalid when masked words stand in it."""
    left = masking.left_in(words(session, case_id=case.id, keys=keys), text)
    if left:
        problem = Message(N_("Take out what is masked in this case: %(words)s."), {"words": ", ".join(left)})
        raise Invalid(N_("There is a problem"), {"text": problem})


def newest(session: Session, case_id: str) -> MaskingRow | None:
    query = select(MaskingRow).where(MaskingRow.case_id == case_id)
    return session.scalar(query.order_by(MaskingRow.number.desc()).limit(1))


def _words_of(session: Session, item_id: str, keys: Mapping[int, EpochKeys]) -> tuple[str, ...]:
    """A mask that cannot be opened must never mean that nothing is masked."""
    row = session.get(Item, item_id)
    if row is None or not items.opens(keys, row):
        raise KeyNotHeld
    return tuple(items.open_item(row, keys[row.epoch])["words"])


def _require_lift(case: Case, officer: Officer) -> None:
    if not may_lift(case, officer):
        raise NotEligible
