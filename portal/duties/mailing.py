"""Telling people by mail that something new waits for them, or has become due: never what, nor how much.

One job does it for each fixed hour, some people at a time, so that a slow server does not hold up other work.
What somebody is connected to does not wait for them, so it brings them no mail.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.accounts.queries import actor_for, people_to_mail
from portal.accounts.values import Person
from portal.duties.hours import WINDOW, hour_of
from portal.duties.letters import letter
from portal.duties.models import Mailed, MailedItem
from portal.duties.queries import duties_of, signatures_waiting_for, urgency
from portal.duties.values import Duty, Proposal
from portal.foundation.jobs import JobContext, enqueue
from portal.foundation.mail import LetterRefused, Post, ServerAway, is_mail_address, post_office

TELL = "duties.tell-by-mail"
AT_ONCE = 20
AGAIN_AFTER = tuple(timedelta(minutes=n) for n in (2, 8, 20, 25))
"""How long to wait before each further try; together less than the hour in which mail may go out."""

AS_SUBSTITUTE = "substitute"
Items = frozenset[tuple[str, str]]

log = structlog.get_logger()


def begin(context: JobContext) -> None:
    """At a fixed hour: put the work into the outbox."""
    now = context.clock.now()
    hour = hour_of(context.settings, now)
    if hour is not None:
        with context.database.write() as session:
            enqueue(session, TELL, {"hour": hour.isoformat()}, due_at=now)


def tell(context: JobContext, payload: Mapping[str, Any]) -> None:
    """Write to the next people, then leave the rest, or what failed, to another job."""
    hour, tries = datetime.fromisoformat(payload["hour"]), payload.get("tries", 0)
    now = context.clock.now()
    if not context.settings.smtp_url or now - hour >= WINDOW:
        return
    with context.database.read() as session:
        people = people_to_mail(session, after=payload.get("after", ""), limit=AT_ONCE)
        zone = ZoneInfo(context.settings.time_zone)
        waiting = {person.id: items_of(session, person, zone=zone, now=now) for person in people}
        known = {person.id: _known_to(session, person) for person in people}
        owed = [one for one in people if not waiting[one.id] <= known[one.id] and _may_write(session, one, hour)]
    try:
        failed = not _write_to(context, owed, waiting, hour) or payload.get("failed", False)
    except ServerAway:
        log.warning("mail server not reached", tries=tries + 1)
        _later(context, dict(payload) | {"tries": tries + 1})
        return
    for person in people:
        if person not in owed and not known[person.id] <= waiting[person.id]:
            _keep(context, person.id, known[person.id] & waiting[person.id])
    if len(people) == AT_ONCE:
        following = {"hour": payload["hour"], "after": people[-1].id, "tries": tries, "failed": failed}
        with context.database.write() as session:
            enqueue(session, TELL, following, due_at=now)
    elif failed:
        _later(context, {"hour": payload["hour"], "tries": tries + 1})


def items_of(session: Session, person: Person, *, zone: ZoneInfo, now: datetime) -> Items:
    """What waits for a person at the desk, how urgent it is by the days of the office, or that they take over."""
    actor = actor_for(person)
    duties, to_sign = duties_of(session, actor, now=now), signatures_waiting_for(session, actor, now=now)
    waiting: tuple[Duty | Proposal, ...] = (*duties, *to_sign)
    found = {(item.id, urgency(item.due_at, now, zone).value) for item in waiting}
    return frozenset(found | {(item.id, AS_SUBSTITUTE) for item in to_sign if item.is_substitute(person.id)})


def _known_to(session: Session, person: Person) -> Items:
    """What they were told of."""
    query = select(MailedItem.item_id, MailedItem.urgency).where(MailedItem.person_id == person.id)
    return frozenset((item, how) for item, how in session.execute(query))


def _may_write(session: Session, person: Person, hour: datetime) -> bool:
    """Whether they can be reached, and no letter went to them for this hour."""
    before = session.get(Mailed, person.id)
    return is_mail_address(person.address) and (before is None or before.hour < hour)


def _write_to(context: JobContext, people: list[Person], waiting: Mapping[str, Items], hour: datetime) -> bool:
    """Whether every letter was taken, or never will be. Each is noted at once: a crash repeats one at most."""
    if not people:
        return True
    whole = True
    with post_office(context.settings) as post:
        for person in people:
            if _sent(post, letter(person, hour=hour, settings=context.settings)):
                _keep(context, person.id, waiting[person.id], hour)
            else:
                whole = False
    return whole


def _sent(post: Post, made: EmailMessage) -> bool:
    """False when it may be taken later. One refused for good is not tried again before something new."""
    try:
        post.send(made)
    except LetterRefused as refused:
        log.warning("mail refused", code=refused.code)
        return refused.is_final
    return True


def _keep(context: JobContext, person_id: str, items: Items, hour: datetime | None = None) -> None:
    """Remember what a person knows of now; with `hour`, that they were told."""
    with context.database.write() as session:
        session.execute(delete(MailedItem).where(MailedItem.person_id == person_id))
        session.add_all(MailedItem(person_id=person_id, item_id=item, urgency=how) for item, how in sorted(items))
        if hour is not None:
            session.merge(Mailed(person_id=person_id, hour=hour))


def _later(context: JobContext, payload: Mapping[str, Any]) -> None:
    """Try again after a while, a few times; then say so and leave it to the next fixed hour."""
    tries = payload["tries"]
    if tries > len(AGAIN_AFTER):
        log.error("mail given up until the next fixed hour", tries=tries)
        return
    with context.database.write() as session:
        enqueue(session, TELL, payload, due_at=context.clock.now() + AGAIN_AFTER[tries - 1])
