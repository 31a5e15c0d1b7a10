"""Whether a case exists for somebody. Everyone else gets the answer that a case that never was would get."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from portal.accounts import queries as accounts
from portal.cases.errors import KeyNotHeld, NoSuchCase
from portal.cases.models import Case, Epoch, Wrap
from portal.cases.permissions import CasesPermission
from portal.cases.sealing import EpochKeys
from portal.cases.services import epochs, holders, upkeep
from portal.config import Settings
from portal.foundation.actor import Actor


def holds_newest(person_id: str) -> ColumnElement[bool]:
    """That this person holds the newest epoch of the case at hand."""
    newest = select(func.max(Epoch.number)).where(Epoch.case_id == Case.id).scalar_subquery()
    return exists().where(Wrap.case_id == Case.id, Wrap.person_id == person_id, Wrap.epoch == newest)


def is_distant(session: Session, *, person_id: str, case: Case, now: datetime) -> bool:
    """Whether nothing connects this person to what the case is about."""
    scope = holders.scope_of(upkeep.subject_of(case))
    return scope is None or not accounts.is_connected_to(session, person_id=person_id, scope=scope, at=now)


def get_granted(session: Session, *, case_id: str, actor: Actor, now: datetime, lock: bool = False) -> Case:
    """The case, for somebody who holds it and is not connected. Raises NoSuchCase for everybody else."""
    if not actor.may(CasesPermission.READ):
        raise NoSuchCase
    query = select(Case).where(Case.id == case_id, holds_newest(actor.person_id))
    case = session.scalar(query.with_for_update() if lock else query)
    if case is None or not is_distant(session, person_id=actor.person_id, case=case, now=now):
        raise NoSuchCase
    return case


def open_keys(session: Session, *, case: Case, actor: Actor, box_private: bytes) -> dict[int, EpochKeys]:
    """Every epoch this person's key opens. Raises KeyNotHeld when it opens none (a new key after a reset)."""
    opened = epochs.opened_by_person(session, case_id=case.id, person_id=actor.person_id, box_private=box_private)
    if not opened:
        raise KeyNotHeld
    return opened


def open_for_writing(
    session: Session, *, case: Case, actor: Actor, box_private: bytes, settings: Settings, now: datetime
) -> EpochKeys:
    """The newest epoch's keys, after whoever may not hold the case any more has lost it."""
    fresh = upkeep.remove_departed(session, case, settings=settings, now=now)
    if fresh is not None:
        return fresh
    opened = open_keys(session, case=case, actor=actor, box_private=box_private)
    newest = epochs.newest(session, case.id)
    if newest not in opened:
        raise KeyNotHeld
    return opened[newest]
