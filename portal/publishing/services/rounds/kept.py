"""A round as it is kept: its row, its values, and what the audit says of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit.services import record
from portal.foundation.actor import Actor
from portal.foundation.i18n import N_, message
from portal.publishing.collecting import RoundState, ValueState
from portal.publishing.errors import NoSuchRound, RoundNotOpen
from portal.publishing.log.entries import moment
from portal.publishing.models import CollectedValue, CollectionRound

DUE = "publishing.round-due"
"""The job that says publicly, at the due moment, who is late."""
REMIND = "publishing.round-remind"
"""The job that puts what waits before the people of each body again, with the days left."""
RETURN = "publishing.return"
CHECK = "publishing.check-return"
UNSERVED = "publishing.return-unserved"


def open_row(session: Session, slug: str) -> CollectionRound:
    """The round, locked. Raises NoSuchRound, RoundNotOpen."""
    row = session.get(CollectionRound, slug, with_for_update=True)
    if row is None:
        raise NoSuchRound(message(N_("There is no collection round with the code {slug}."), slug=slug))
    if row.state != RoundState.OPEN:
        raise RoundNotOpen(N_("This round is not open any more."))
    return row


def note_round(session: Session, act: str, row: CollectionRound, *, actor: Actor, now: datetime) -> None:
    details = {"due": moment(row.due_at)}
    record(session, actor=actor, act=act, subject=f"round:{row.slug}", details=details, now=now)


def values_in(session: Session, slug: str) -> Sequence[CollectedValue]:
    query = select(CollectedValue).where(CollectedValue.round == slug)
    return session.scalars(query.order_by(CollectedValue.body, CollectedValue.indicator)).all()


def any_with_state(session: Session, slug: str, state: ValueState) -> bool:
    query = select(CollectedValue.indicator).where(CollectedValue.round == slug, CollectedValue.state == state)
    return session.scalar(query.limit(1)) is not None


def waiting_bodies(session: Session, slug: str) -> Sequence[str]:
    """Bodies with values that wait for them."""
    with_body = [state for state in ValueState if state.is_with_body]
    query = select(CollectedValue.body).where(CollectedValue.round == slug, CollectedValue.state.in_(with_body))
    return session.scalars(query.distinct().order_by(CollectedValue.body)).all()
