"""What is masked in a case now, and for whom: read wherever something of it is shown or leaves it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.cases import masking, rules
from portal.cases.areas import Area
from portal.cases.errors import KeyNotHeld
from portal.cases.models import Case, Item, MaskingRow
from portal.cases.permissions import CasesPermission
from portal.cases.sealing import EpochKeys
from portal.cases.services import items
from portal.cases.services.access import Officer
from portal.cases.services.seconds import MASKING
from portal.cases.values import FileMask, Marks, Masking, Shown
from portal.duties.queries import find_newest, find_waiting
from portal.duties.values import ProposalState
from portal.foundation.errors import Invalid
from portal.foundation.i18n import N_, Message


def of(session: Session, case: Case, *, keys: Mapping[int, EpochKeys], officer: Officer) -> Masking:
    """What is masked now, and what somebody proposed. Raises KeyNotHeld when these keys do not open the mask."""
    row, waits = newest(session, case.id), find_waiting(session, kind=MASKING, subject=case.id)
    return Masking(
        row.number if row else 0,
        row.approved_on if row else None,
        marks_in(session, row.item_id, keys) if row else Marks(),
        waits.proposer_id if waits else None,
        marks_in(session, waits.payload["item"], keys) if waits else Marks(),
        may_lift(case, officer),
        _refused(session, case, keys) if waits is None and may_lift(case, officer) else Marks(),
    )


def _refused(session: Session, case: Case, keys: Mapping[int, EpochKeys]) -> Marks:
    """What was proposed last, where nobody agreed to it; nothing where these keys do not open it."""
    last = find_newest(session, kind=MASKING, subject=case.id)
    row = session.get(Item, last.payload["item"]) if last and last.state is ProposalState.DECLINED else None
    holds = newest(session, case.id)
    agreed = session.get(Item, holds.item_id) if holds else None
    if row is None or not items.opens(keys, row) or (agreed is not None and row.position < agreed.position):
        return Marks()
    return to_marks(items.open_item(row, keys[row.epoch]))


def marks(session: Session, *, case_id: str, keys: Mapping[int, EpochKeys]) -> Marks:
    """What is masked now; nothing where no mask holds. Raises KeyNotHeld."""
    row = newest(session, case_id)
    return marks_in(session, row.item_id, keys) if row else Marks()


def words(session: Session, *, case_id: str, keys: Mapping[int, EpochKeys]) -> tuple[str, ...]:
    """The words that are masked now, names of files that are hidden among them. Raises KeyNotHeld."""
    return marks(session, case_id=case_id, keys=keys).every_word


def may_lift(case: Case, officer: Officer) -> bool:
    """Whether this person may read what is masked."""
    unmasks = officer.actor.may(CasesPermission.UNMASK)
    return rules.may_see_masked(assigned=case.assigned_to == officer.id, unmasks=unmasks)


def may_take(session: Session, case: Case, officer: Officer) -> bool:
    """Whether this person may give themselves the case: once something is masked, somebody else who holds it does,
    or whoever may read what is masked anyhow."""
    return newest(session, case.id) is None or may_lift(case, officer)


def require_none_in(session: Session, case: Case, *, keys: Mapping[int, EpochKeys], text: str) -> None:
    """For a text that leaves the case. Raises Invalid when masked words, or hidden names of files, stand in it."""
    left = masking.left_in(words(session, case_id=case.id, keys=keys), text)
    if left:
        problem = Message(N_("Take out what is masked in this case: {words}."), {"words": ", ".join(left)})
        raise Invalid(N_("There is a problem"), {"text": problem})


def newest(session: Session, case_id: str) -> MaskingRow | None:
    query = select(MaskingRow).where(MaskingRow.case_id == case_id)
    return session.scalar(query.order_by(MaskingRow.number.desc()).limit(1))


def marks_in(session: Session, item_id: str, keys: Mapping[int, EpochKeys]) -> Marks:
    """A mask that cannot be opened must never mean that nothing is masked. Raises KeyNotHeld."""
    row = session.get(Item, item_id)
    if row is None or not items.opens(keys, row):
        raise KeyNotHeld
    return to_marks(items.open_item(row, keys[row.epoch]))


def to_marks(content: Mapping[str, Any]) -> Marks:
    """Of masks from before files could be masked, nothing is known of files."""
    return Marks(tuple(content["words"]), tuple(_to_file_mask(one) for one in content.get("files", ())))


def to_content(marks: Marks) -> dict[str, Any]:
    return {
        "words": list(marks.words),
        "files": [
            {
                "of": one.of,
                "shown": one.shown.value,
                "name": one.name,
                "areas": [(area.left, area.top, area.right, area.bottom) for area in one.areas],
                "copy": items.file_content(one.copy) if one.copy else None,
            }
            for one in marks.files
        ],
    }


def _to_file_mask(content: Mapping[str, Any]) -> FileMask:
    copy = content["copy"]
    return FileMask(
        content["of"],
        Shown(content["shown"]),
        content["name"],
        tuple(Area(*one) for one in content["areas"]),
        items.to_file(copy) if copy else None,
    )
