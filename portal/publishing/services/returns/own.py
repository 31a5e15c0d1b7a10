"""A return as its own body may touch it: whose it is, whether it is open, its values, what is kept of an act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.queries import employers_of
from portal.accounts.services import connect_to_figures
from portal.accounts.values import ConnectionKind
from portal.audit.services import record
from portal.foundation.actor import Actor
from portal.foundation.i18n import N_
from portal.publishing.collecting import Entry, ReturnState
from portal.publishing.errors import ReturnNotOpen
from portal.publishing.models import BodyReturn, CollectedValue, CollectionRound
from portal.publishing.queries.rounds import no_such_return


def require_own(session: Session, actor: Actor, body: str, permission: str, *, now: datetime) -> None:
    """Only for the body one works for. Raises Forbidden without the right, NoSuchReturn for another body's."""
    actor.require(permission)
    if body not in employers_of(session, person_id=actor.person_id, at=now):
        raise no_such_return()


def open_return(session: Session, slug: str, body: str) -> BodyReturn:
    """The return while it is with the body. Raises NoSuchReturn, ReturnNotOpen."""
    found = return_row(session, slug, body)
    if found.state == ReturnState.PROPOSED:
        raise ReturnNotOpen(N_("The return waits for its signature. Take it back before you change it."))
    return found


def return_row(session: Session, slug: str, body: str) -> BodyReturn:
    found = session.get(BodyReturn, (slug, body), with_for_update=True)
    if found is None:
        raise no_such_return()
    return found


def values_named(
    session: Session, slug: str, body: str, indicators: Mapping[str, Entry] | Sequence[str]
) -> dict[str, CollectedValue]:
    """Raises NoSuchReturn when the return has no such value."""
    found = {value.indicator: value for value in all_values(session, slug, body)}
    if set(indicators) - set(found):
        raise no_such_return()
    return found


def all_values(session: Session, slug: str, body: str) -> Sequence[CollectedValue]:
    query = select(CollectedValue).where(CollectedValue.round == slug, CollectedValue.body == body)
    return session.scalars(query.order_by(CollectedValue.indicator)).all()


def tie(
    session: Session,
    row: CollectionRound,
    body: str,
    actor: Actor,
    indicators: Mapping[str, Entry] | Sequence[str],
    kind: ConnectionKind,
    now: datetime,
) -> None:
    connect_to_figures(
        session,
        person_id=actor.person_id,
        body_code=body,
        period=row.period,
        indicators=list(indicators),
        kind=kind,
        now=now,
    )


def note_act(
    session: Session, act: str, slug: str, body: str, actor: Actor, now: datetime, details: Mapping[str, str]
) -> None:
    record(session, actor=actor, act=act, subject=f"round:{slug}/{body}", details=dict(details), now=now)
