"""What somebody holds by a key that was theirs before is sealed anew to the one they have in use.

Nobody gains anything by it: each row keeps its case, its epoch and its person, and gets the same key in another
box. Where it is broken off, what is done is done, and the former key opens the rest (see `accounts.own_keys`).
Nothing of it is in the audit record: how much somebody holds, and when the last of it was done, would tell whoever
reads it that there are cases.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, exists, or_, select, update
from sqlalchemy.orm import Session

from portal.accounts import queries as accounts
from portal.accounts.services import load_anchors
from portal.cases import sealing
from portal.cases.errors import LockForged
from portal.cases.models import BatchRefusedRow, Epoch, IdentityHalf, IdentityKey, IdentityShare, Wrap
from portal.cases.services import epochs, views
from portal.cases.services.access import Officer
from portal.cases.values import HolderKind
from portal.foundation.crypto import CannotOpen, box_open, box_seal

MOST_AT_ONCE = 200
"""Cases' keys of one go: some fifty milliseconds of arithmetic, and few for which others wait to write."""


@dataclass(frozen=True, slots=True)
class Change:
    """A row that is to hold the same thing in another box, as long as it still holds what was read."""

    table: type[Any]
    which: dict[str, Any]
    was: bytes
    sealed: bytes
    key_id: str | None


def prepare(session: Session, *, officer: Officer) -> tuple[Change, ...]:
    """What is to be written, worked out before anybody waits for it. Nothing without a former key, nor before the
    one in use may receive anything. What is not the portal's stays as it is, for whoever opens it to be told."""
    if not officer.keys.former:
        return ()
    trusted = accounts.trusted_keys_of(session, [officer.id], load_anchors(officer.settings.var))
    public = next((one.box_public for one in trusted if one.key_id == officer.keys.key_id), None)
    if public is None:
        return ()
    found = _wraps, _of_identities, _refusals
    return tuple(change for one in found for change in one(session, officer, public))


def write(session: Session, changes: Sequence[Change], *, officer: Officer) -> None:
    """Write it. A row that was deleted or sealed by others meanwhile is left alone."""
    for one in changes:
        same = (getattr(one.table, name) == value for name, value in one.which.items())
        values = {"sealed": one.sealed, **({"key_id": one.key_id} if one.key_id else {})}
        changed = update(one.table).where(*same, one.table.sealed == one.was).values(values)
        session.execute(changed, execution_options={"synchronize_session": False})
    views.reseal(session, officer=officer)


def sealed_to(session: Session, key_id: str) -> bool:
    """Whether anything that opens is still sealed to this key."""
    found = (
        exists().where(Wrap.key_id == key_id, Wrap.sealed != b""),
        exists().where(IdentityShare.key_id == key_id),
    )
    return bool(session.scalar(select(or_(*found))))


def _wraps(session: Session, officer: Officer, public: bytes) -> Iterator[Change]:
    former = {one.key_id: one.box_private for one in officer.keys.former}
    query = (
        select(Wrap.case_id, Wrap.epoch, Wrap.holder, Wrap.key_id, Wrap.sealed, Epoch.stamp)
        .join(Epoch, and_(Epoch.case_id == Wrap.case_id, Epoch.number == Wrap.epoch))
        .where(Wrap.person_id == officer.id, Wrap.key_id.in_(former), Wrap.sealed != b"")
        .order_by(Wrap.case_id, Wrap.epoch)
    )
    done = 0
    for row in session.execute(query):
        kind = HolderKind(row.holder)
        try:
            keys = sealing.unwrap(row.epoch, kind, former[row.key_id], row.sealed)
            epochs.require_own_epoch(row.case_id, keys, row.stamp, officer.settings)
        except (CannotOpen, LockForged):
            continue
        which = {"case_id": row.case_id, "epoch": row.epoch, "person_id": officer.id}
        yield Change(Wrap, which, row.sealed, sealing.wrap(keys, kind, public), officer.keys.key_id)
        done += 1
        if done == MOST_AT_ONCE:
            return


def _of_identities(session: Session, officer: Officer, public: bytes) -> Iterator[Change]:
    """Shares, halves and opened keys of reporters' identities: few, and only a share says which key it is for."""
    tables: tuple[type[Any], ...] = (IdentityShare, IdentityHalf, IdentityKey)
    for table in tables:
        for row in session.scalars(select(table).where(table.person_id == officer.id).order_by(table.case_id)):
            key_id = officer.keys.key_id if isinstance(row, IdentityShare) else None
            which = {"case_id": row.case_id, "person_id": row.person_id}
            yield from _boxed(table, which, row.sealed, officer, public, key_id)


def _refusals(session: Session, officer: Officer, public: bytes) -> Iterator[Change]:
    """Why others refused what this person proposed."""
    query = select(BatchRefusedRow).where(BatchRefusedRow.proposed_by == officer.id).order_by(BatchRefusedRow.id)
    for row in session.scalars(query):
        yield from _boxed(BatchRefusedRow, {"id": row.id}, row.sealed, officer, public, None)


def _boxed(
    table: type[Any], which: dict[str, Any], sealed: bytes, officer: Officer, public: bytes, key_id: str | None
) -> Iterator[Change]:
    for one in officer.keys.former:
        try:
            said = box_open(one.box_private, sealed)
        except CannotOpen:
            continue
        yield Change(table, which, sealed, box_seal(public, said), key_id)
