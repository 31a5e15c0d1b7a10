"""Cases that nobody holds any more who may: everybody was disabled, or lost a role or the trust in their key.

That may be an error of a minute, and what the last holder loses can never be opened again. So their keys lie as
they are for some days. Nobody opens anything with them meanwhile: who was disabled does not sign in, who lost the
role has no right. They go after that, or as soon as somebody holds the case who may.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts import queries as accounts
from portal.accounts.services import load_anchors
from portal.cases.models import Case, ForsakenRow, Wrap
from portal.cases.services import epochs, reminders
from portal.cases.services.epochs import Holder
from portal.cases.values import HolderKind
from portal.config import Settings

log = structlog.get_logger()


def has_waited(session: Session, case_id: str, *, settings: Settings, today: date) -> bool:
    """Whether the days are over for which the keys of those who left are kept."""
    row = session.get(ForsakenRow, case_id)
    return row is not None and today >= row.since + timedelta(days=settings.keep_last_keys_days)


def note(session: Session, case: Case, *, is_forsaken: bool, settings: Settings, now: datetime) -> None:
    """Remember since when nobody may hold the case, or that somebody does again; the log says the first."""
    row = session.get(ForsakenRow, case.id)
    if is_forsaken and row is None:
        session.add(ForsakenRow(case_id=case.id, since=now.date()))
        until = now.date() + timedelta(days=settings.keep_last_keys_days)
        log.warning("a case has nobody left who may open it: keys of those who left are kept", until=str(until))
    elif not is_forsaken and row is not None:
        session.delete(row)
        if epochs.holders_of(session, case.id):
            reminders.on_held_again(session, case.id)
    session.flush()


def is_noted(session: Session, case_id: str) -> bool:
    """Whether all who hold the case are people who left."""
    return session.get(ForsakenRow, case_id) is not None


def all_noted(session: Session) -> frozenset[str]:
    return frozenset(session.scalars(select(ForsakenRow.case_id)))


def warn_of_end(session: Session, *, settings: Settings) -> None:
    """Say every day on which day the first of the kept keys go. How many they are is nobody's business."""
    first = session.scalar(select(func.min(ForsakenRow.since)))
    if first is not None:
        until = first + timedelta(days=settings.keep_last_keys_days)
        log.warning("there are cases which nobody may open; the first of their keys are deleted", on=str(until))


def last_holders(
    session: Session, case: Case, people: Collection[str], *, settings: Settings
) -> tuple[Holder, ...]:
    """Those of these people whose key in use is trusted, as what they held the case before."""
    held = select(Wrap.person_id, Wrap.holder).where(
        Wrap.case_id == case.id, Wrap.epoch == epochs.newest(session, case.id), Wrap.person_id.in_(sorted(people))
    )
    kinds = {person: HolderKind(kind) for person, kind in session.execute(held)}
    found = accounts.trusted_keys_of(session, kinds, load_anchors(settings.var))
    return tuple(Holder(key.person_id, key.key_id, key.box_public, kinds[key.person_id]) for key in found)
