"""Somebody says that they are away, and who stands in for them meanwhile."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy.orm import Session

from portal.accounts.errors import NoStandIn
from portal.accounts.models import AbsenceRow
from portal.accounts.queries.people import find_person_by_address, get_person
from portal.audit.services import record
from portal.foundation.actor import Actor


def say_away(session: Session, *, actor: Actor, until: date, address: str, now: datetime) -> None:
    """Be away up to and with a day; whoever signs in with `address` stands in, "" for nobody.

    Naming somebody gives them no right: they sign what they may sign themselves. Raises NoStandIn for all but
    another active person with a role of one's own.
    """
    found = find_person_by_address(session, address) if address.strip() else None
    own = set(get_person(session, actor.person_id).roles)
    if address.strip() and (
        found is None or not found.is_active or found.id == actor.person_id or own.isdisjoint(found.roles)
    ):
        raise NoStandIn
    stand_in = None if found is None else found.id
    session.merge(AbsenceRow(person_id=actor.person_id, until=until, stand_in_id=stand_in))
    details = {"until": until.isoformat()} | ({"person": stand_in} if stand_in else {})
    record(session, actor=actor, act="accounts.away", subject=actor.person_id, details=details, now=now)


def come_back(session: Session, *, actor: Actor, now: datetime) -> None:
    """Be there again. Nothing happens for somebody who was not away."""
    row = session.get(AbsenceRow, actor.person_id)
    if row is not None:
        session.delete(row)
        record(session, actor=actor, act="accounts.back", subject=actor.person_id, details={}, now=now)
