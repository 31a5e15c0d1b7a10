"""The keys of a case: opening epochs, granting them, taking them away.

A new epoch needs public keys only, so that anybody's recusal or departure, found at any moment, changes the
lock for what is written from then on. What was read cannot be unread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import chain
from typing import Any

from sqlalchemy import and_, delete, func, select, update
from sqlalchemy.orm import Session

from portal.cases import sealing, stamps
from portal.cases.errors import LockForged
from portal.cases.models import Epoch, IdentityHalf, IdentityKey, IdentityShare, Mailbox, Wrap
from portal.cases.sealing import EpochKeys
from portal.cases.values import HolderKind
from portal.config import Settings
from portal.foundation.crypto import CannotOpen, box_open
from portal.foundation.keys import keys_called
from portal.foundation.writes import Step, into, run_all

Keys = Mapping[int, EpochKeys]
Unseal = Callable[[bytes], bytes]
"""Opens what was sealed to somebody's public key, or raises CannotOpen."""
_OPENED, _WRAPPED = into(Epoch), into(Wrap)


@dataclass(frozen=True, slots=True)
class Holder:
    """A person's public key that is to receive an epoch."""

    person_id: str
    key_id: str
    box_public: bytes
    kind: HolderKind


def open_epoch(
    session: Session, *, case_id: str, holders: Iterable[Holder], settings: Settings, day: date
) -> EpochKeys:
    """A new epoch for `holders` and the reporter. Nobody's private key is needed.

    Raises LockForged where the reporter's public key is not the one that was there at filing.
    """
    mailbox = session.get_one(Mailbox, case_id)
    require_own_key(mailbox, settings)
    reporter, number = mailbox.public, newest(session, case_id) + 1
    keys, steps = new_epoch(
        case_id=case_id, number=number, reporter=reporter, holders=holders, settings=settings, day=day
    )
    run_all(session, steps)
    return keys


def new_epoch(
    *, case_id: str, number: int, reporter: bytes, holders: Iterable[Holder], settings: Settings, day: date
) -> tuple[EpochKeys, tuple[Step, ...]]:
    """The keys of a new epoch, and what `open_epoch` writes; for a case that is just made, too."""
    keys, receivers = sealing.new_epoch(number), tuple(holders)
    given = (HolderKind.REPORTER, reporter), *((one.kind, one.box_public) for one in receivers)
    own, *theirs = sealing.wrap_all(keys, given)
    rows = [_row(case_id, keys, *one) for one in zip(receivers, theirs, strict=True)]
    stamp = stamps.of_epoch(_server_keys(settings)[0], case_id, keys)
    opened = {"case_id": case_id, "number": number, "opened_on": day, "stamp": stamp, "reporter": own}
    return keys, (_OPENED.step(opened), _WRAPPED.step(*rows))


def grant(session: Session, *, case_id: str, keys: EpochKeys, holder: Holder) -> None:
    sealed = sealing.wrap(keys, holder.kind, holder.box_public)
    session.add(Wrap(**_row(case_id, keys, holder, sealed)))


def _row(case_id: str, keys: EpochKeys, holder: Holder, sealed: bytes) -> dict[str, Any]:
    return {
        "case_id": case_id,
        "epoch": keys.number,
        "person_id": holder.person_id,
        "holder": holder.kind,
        "key_id": holder.key_id,
        "sealed": sealed,
    }


def grant_all(session: Session, *, case_id: str, keys: Keys, holder: Holder) -> None:
    """Give every epoch in `keys` to one more person, in place of what an older key of theirs held."""
    session.execute(delete(Wrap).where(Wrap.case_id == case_id, Wrap.person_id == holder.person_id))
    for one in keys.values():
        grant(session, case_id=case_id, keys=one, holder=holder)
    session.flush()


def revoke(session: Session, *, case_id: str, people: Iterable[str]) -> None:
    """Delete these people's keys to the case, and their part in opening who its reporter is."""
    leaving = sorted(people)
    for table in (Wrap, IdentityShare, IdentityHalf, IdentityKey):
        session.execute(delete(table).where(table.case_id == case_id, table.person_id.in_(leaving)))
    session.flush()


def empty(session: Session, *, case_id: str, people: Iterable[str]) -> tuple[str, ...]:
    """Leave these people keys to the case that open nothing, and no part in opening who its reporter is; who of
    them had any."""
    held = select(Wrap.person_id).where(Wrap.case_id == case_id, Wrap.person_id.in_(sorted(people)))
    found = tuple(sorted(set(session.scalars(held.where(Wrap.sealed != b"")))))
    for table in (IdentityShare, IdentityHalf, IdentityKey):
        session.execute(delete(table).where(table.case_id == case_id, table.person_id.in_(found)))
    session.execute(update(Wrap).where(Wrap.case_id == case_id, Wrap.person_id.in_(found)).values(sealed=b""))
    session.flush()
    return found


def newest(session: Session, case_id: str) -> int:
    """The number of the newest epoch, 0 before the first."""
    return session.scalar(select(func.max(Epoch.number)).where(Epoch.case_id == case_id)) or 0


def holders_of(session: Session, case_id: str, *, kind: HolderKind | None = None) -> tuple[str, ...]:
    """The people who hold the newest epoch, or those among them who hold it as `kind`."""
    query = select(Wrap.person_id).where(
        Wrap.case_id == case_id,
        Wrap.epoch == newest(session, case_id),
    )
    return tuple(sorted(session.scalars(query if kind is None else query.where(Wrap.holder == kind))))


def reach(session: Session, case_id: str) -> dict[str, int]:
    """Everybody with a key to the case, and the newest epoch that it opens."""
    query = select(Wrap.person_id, func.max(Wrap.epoch)).where(Wrap.case_id == case_id).group_by(Wrap.person_id)
    return dict(session.execute(query).all())


def opened_by_person(
    session: Session, *, case_id: str, person_id: str, unseal: Unseal, settings: Settings
) -> dict[int, EpochKeys]:
    """Every epoch this person's keys open; wraps made for a key that they gave up are passed over.

    Raises LockForged when a key comes out that the house never stamped for this case and epoch.
    """
    query = (
        select(Wrap.epoch, Wrap.holder, Wrap.sealed, Epoch.stamp)
        .join(Epoch, and_(Epoch.case_id == Wrap.case_id, Epoch.number == Wrap.epoch))
        .where(Wrap.case_id == case_id, Wrap.person_id == person_id)
    )
    return _opened(case_id, session.execute(query), unseal, settings)


def opened_by_reporter(
    session: Session, *, case_id: str, box_private: bytes, settings: Settings
) -> dict[int, EpochKeys]:
    """Every epoch the mailbox's key opens. Raises LockForged as `opened_by_person` does."""
    query = select(Epoch.number, Epoch.reporter, Epoch.stamp).where(Epoch.case_id == case_id)
    rows = [(number, HolderKind.REPORTER, sealed, stamp) for number, sealed, stamp in session.execute(query)]
    return _opened(case_id, rows, partial(box_open, box_private), settings)


def _opened(
    case_id: str, rows: Iterable[tuple[int, str, bytes, bytes | None]], unseal: Unseal, settings: Settings
) -> dict[int, EpochKeys]:
    """The epochs of these rows (number, holder, what was sealed, stamp) that open."""
    keys = {}
    for number, holder, sealed, stamp in rows:
        try:
            found = sealing.unwrapped(number, HolderKind(holder), unseal(sealed))
        except CannotOpen:
            continue
        require_own_epoch(case_id, found, stamp, settings)
        keys[number] = found
    return keys


def require_own_epoch(case_id: str, keys: EpochKeys, stamp: bytes | None, settings: Settings) -> None:
    """Raises LockForged for a key that the house never stamped for this case and epoch."""
    server_keys = _server_keys(settings)
    known = (stamps.of_epoch(key, case_id, keys) for key in server_keys)
    former = (stamps.of_former_epoch(key, case_id, keys.number) for key in server_keys)
    if not stamps.fits(stamp, chain(known, former)):
        raise LockForged


def is_former(session: Session, case_id: str, *, settings: Settings) -> bool:
    """Whether the newest epoch is from before there were stamps: it opens what there is and takes nothing new."""
    last = select(Epoch.number, Epoch.stamp).where(Epoch.case_id == case_id).order_by(Epoch.number.desc())
    number, stamp = session.execute(last.limit(1)).one()
    return stamps.fits(stamp, (stamps.of_former_epoch(key, case_id, number) for key in _server_keys(settings)))


def accept_former(session: Session, *, settings: Settings) -> int:
    """Stamp what is there without a stamp; how many epochs. For `former` alone."""
    key = _server_keys(settings)[0]
    for mailbox in session.scalars(select(Mailbox).where(Mailbox.stamp.is_(None))):
        mailbox.stamp = stamps.of_mailbox(key, mailbox.case_id, mailbox.public)
    found = session.scalars(select(Epoch).where(Epoch.stamp.is_(None))).all()
    for epoch in found:
        epoch.stamp = stamps.of_former_epoch(key, epoch.case_id, epoch.number)
    session.flush()
    return len(found)


def mailbox_stamp(case_id: str, public: bytes, *, settings: Settings) -> bytes:
    return stamps.of_mailbox(_server_keys(settings)[0], case_id, public)


def require_own_key(mailbox: Mailbox, settings: Settings) -> None:
    """Raises LockForged when the public key of the mailbox is not the one its case was filed with."""
    known = (stamps.of_mailbox(key, mailbox.case_id, mailbox.public) for key in _server_keys(settings))
    if not stamps.fits(mailbox.stamp, known):
        raise LockForged


def renew_stamps(session: Session, mailbox: Mailbox, *, box_private: bytes, settings: Settings) -> None:
    """What a reporter opens that was stamped under a former server key is stamped under the one of now."""
    newest_key, *former_keys = _server_keys(settings)
    if not former_keys:
        return
    case_id = mailbox.case_id
    opened = opened_by_reporter(session, case_id=case_id, box_private=box_private, settings=settings)
    mailbox.stamp = stamps.of_mailbox(newest_key, case_id, mailbox.public)
    for number, keys in opened.items():
        row = session.get_one(Epoch, (case_id, number))
        if stamps.fits(row.stamp, (stamps.of_epoch(key, case_id, keys) for key in former_keys)):
            row.stamp = stamps.of_epoch(newest_key, case_id, keys)
    session.flush()


def _server_keys(settings: Settings) -> tuple[bytes, ...]:
    return keys_called(stamps.KEY, settings.var)
