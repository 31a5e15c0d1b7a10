"""The timeline of a case: what staff did, from its own audit chain, and when its reporter did something.

Reporters write no audit row. Their items carry a day and a place among the items of the case, which puts them
between the messages and notes of the officers.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit.queries import acts_of_chain
from portal.audit.values import NotedAct, case_chain
from portal.cases.models import Case, Item
from portal.cases.services import access
from portal.cases.services.access import Officer
from portal.cases.values import Event, ItemKind
from portal.foundation.actor import Actor

PASSED_OVER = frozenset({"duties.propose", "duties.countersign", "duties.decline", "accounts.declare-interest"})
"""Halves of acts that the room notes in words of its own; and why somebody stepped aside: nobody is told."""

_BY_REPORTER = {
    ItemKind.REPORT: "reporter.reported",
    ItemKind.FROM_REPORTER: "reporter.wrote",
    ItemKind.FEEDBACK: "reporter.judged",
    ItemKind.FILE: "reporter.sent-file",
}


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an item of the case stands, in clear."""

    position: int
    kind: ItemKind
    day: date


def timeline(session: Session, *, case_id: str, officer: Officer, now: datetime) -> tuple[Event, ...]:
    """From the day it was received on. Files that came on that day belong to the report. Raises NoSuchCase."""
    case = access.get_granted(session, case_id=case_id, officer=officer, now=now)
    query = select(Item.id, Item.position, Item.kind, Item.day).where(Item.case_id == case.id)
    places = {row.id: _Place(row.position, ItemKind(row.kind), row.day) for row in session.execute(query)}
    sent = deque(
        place
        for place in sorted(places.values(), key=lambda one: one.position)
        if place.kind in _BY_REPORTER and (place.kind is not ItemKind.FILE or place.day > case.received_on)
    )
    chain = acts_of_chain(session, case_chain(case.id))
    acts = [replace(act, at=act.at.astimezone(now.tzinfo)) for act in chain]  # items carry days of the office
    hidden = _hidden(session, acts, officer, now)
    told = [act for act in acts if act.act not in PASSED_OVER and act.details.get("other") not in hidden]
    return tuple(_merged(sent, told, places))


def _hidden(session: Session, acts: Iterable[NotedAct], officer: Officer, now: datetime) -> frozenset[str]:
    """Other cases that acts are about and that do not exist for whoever looks: nothing is told of them."""
    named = {act.details["other"] for act in acts if "other" in act.details}
    seen = access.visible_to(officer, now=now)
    return frozenset(named) - frozenset(session.scalars(select(Case.id).where(Case.id.in_(named), *seen)))


def _merged(sent: deque[_Place], acts: Iterable[NotedAct], places: Mapping[str, _Place]) -> Iterator[Event]:
    for act in acts:
        own = places.get(act.details.get("item", ""))
        while sent and _came_before(sent[0], act, own):
            yield _by_reporter(sent.popleft())
        yield _by_staff(act)
    yield from map(_by_reporter, sent)


def _came_before(place: _Place, act: NotedAct, own: _Place | None) -> bool:
    """Whether the reporter's item came before an act: by its day, else by its place beside what the act wrote."""
    if place.kind is ItemKind.REPORT or place.day < act.at.date():
        return True
    return own is not None and place.position < own.position


def _by_reporter(place: _Place) -> Event:
    return Event(place.day, _BY_REPORTER[place.kind])


def _by_staff(act: NotedAct) -> Event:
    who = None if act.actor_id == Actor.system().person_id else act.actor_id
    to, other, file, deadline = (act.details.get(name) for name in ("person", "other", "file", "deadline"))
    return Event(act.at.date(), act.act, who, to, other, file, deadline)
