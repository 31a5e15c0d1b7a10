"""Whether a case exists for somebody. Everyone else gets the answer that a case that never was would get."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from portal.accounts.values import PrivateKeys
from portal.cases.errors import KeyNotHeld, NoSuchCase
from portal.cases.models import Case, Epoch, Wrap
from portal.cases.permissions import CasesPermission
from portal.cases.sealing import EpochKeys
from portal.cases.services import about, epochs, upkeep
from portal.config import Settings
from portal.foundation.actor import Actor
from portal.foundation.crypto import CannotOpen, box_open


@dataclass(frozen=True, slots=True)
class Officer:
    """Who acts, with the private keys their session holds open, and the settings of the house."""

    actor: Actor
    keys: PrivateKeys
    settings: Settings

    @property
    def id(self) -> str:
        return self.actor.person_id

    @property
    def every_key(self) -> tuple[PrivateKeys, ...]:
        """The one in use first, then those that were before, of which some may still open something."""
        return self.keys, *self.keys.former

    def unseal(self, sealed: bytes) -> bytes:
        """What was sealed to one of this person's keys. Raises foundation.crypto.CannotOpen."""
        *others, last = (one.box_private for one in self.every_key)
        for private in others:
            with suppress(CannotOpen):
                return box_open(private, sealed)
        return box_open(last, sealed)


def holds_newest(officer: Officer) -> ColumnElement[bool]:
    """That a key in this person's hands holds the newest epoch of the case at hand.

    A key made after a reset holds nothing, whoever asked for the reset.
    """
    key_ids = [one.key_id for one in officer.every_key]
    return holds(officer.id, Wrap.key_id.in_(key_ids) if len(key_ids) > 1 else Wrap.key_id == key_ids[0])


def holds(person_id: str, *which: ColumnElement[bool]) -> ColumnElement[bool]:
    """That this person has such a key to the newest epoch of the case at hand.

    The offset keeps PostgreSQL from making a join of it, which would look at every case before the first is given
    out.
    """
    newest = select(func.max(Epoch.number)).where(Epoch.case_id == Wrap.case_id).scalar_subquery()
    held = select(Wrap.epoch).where(
        Wrap.case_id == Case.id,
        Wrap.person_id == person_id,
        *which,
        Wrap.epoch == newest,
    )
    return held.offset(0).exists()


def visible_to(officer: Officer, *, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """That a case exists for this person: they hold its newest lock, and nothing connects them to it, nor to any
    case that it is joined with."""
    return holds_newest(officer), *about.far_from(officer.id, at=now)


def get_granted(session: Session, *, case_id: str, officer: Officer, now: datetime, lock: bool = False) -> Case:
    """The case, for somebody who holds it and is not connected. Raises NoSuchCase for everybody else."""
    if not officer.actor.may(CasesPermission.READ):
        raise NoSuchCase
    query = select(Case).where(Case.id == case_id, *visible_to(officer, now=now))
    case = session.scalar(query.with_for_update() if lock else query)
    if case is None:
        raise NoSuchCase
    return case


def exists_for(session: Session, case_id: str, *, officer: Officer, now: datetime) -> bool:
    """Whether this person may as much as know of the case."""
    query = select(Case.id).where(Case.id == case_id, *visible_to(officer, now=now))
    return officer.actor.may(CasesPermission.READ) and session.scalar(query) is not None


def take(session: Session, *, case_id: str, officer: Officer, right: CasesPermission, now: datetime) -> Case:
    """The case, for one act at a time. Raises NoSuchCase, and Forbidden without the right."""
    case = get_granted(session, case_id=case_id, officer=officer, now=now, lock=True)
    officer.actor.require(right)
    return case


def open_keys(session: Session, *, case: Case, officer: Officer) -> dict[int, EpochKeys]:
    """Every epoch this person's key opens. Raises KeyNotHeld when it opens none, and LockForged."""
    opened = epochs.opened_by_person(
        session,
        case_id=case.id,
        person_id=officer.id,
        unseal=officer.unseal,
        settings=officer.settings,
    )
    if not opened:
        raise KeyNotHeld
    return opened


def writing_keys(session: Session, *, case: Case, officer: Officer, now: datetime) -> EpochKeys:
    """The newest epoch's keys, after whoever may not hold the case any more has lost it."""
    opened = open_keys(session, case=case, officer=officer)
    fresh = upkeep.renew_lock(session, case, settings=officer.settings, now=now)
    if fresh is not None:
        return fresh
    newest = epochs.newest(session, case.id)
    if newest not in opened or opened[newest].desk is None:
        raise KeyNotHeld
    return opened[newest]
