"""A round opens, and every body in it is asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from portal.accounts.queries import employed_people_with
from portal.duties import services as duties
from portal.duties.calendar import WorkingDays
from portal.foundation.actor import Actor
from portal.foundation.i18n import N_, Message, message
from portal.foundation.jobs import enqueue
from portal.publishing.collecting import Coverage, Owes, Reason, ReturnState, Round, RoundState
from portal.publishing.errors import RoundNotOpen, RoundRefused
from portal.publishing.models import BodyReturn, CollectedValue, CollectionRound
from portal.publishing.permissions import PublishingPermission
from portal.publishing.queries.rounds import to_round
from portal.publishing.services.acts import propose_act
from portal.publishing.services.announcing import unpublished_register
from portal.publishing.services.naming import body_names
from portal.publishing.services.round_facts import RoundFacts, cells_of, require_usable
from portal.publishing.services.rounds.kept import (
    DUE,
    REMIND,
    RETURN,
    UNSERVED,
    note_round,
    open_row,
    values_in,
    waiting_bodies,
)
from portal.publishing.services.rounds.statements import coverage_statement, round_statement
from portal.publishing.standing import hold_still
from portal.publishing.values import ActKind, Statement


def open_round(
    session: Session, facts: RoundFacts, *, calendar: WorkingDays, actor: Actor, now: datetime
) -> Round:
    """Open a round and announce it. A figure whose value is published for good is not asked for again.

    Raises Forbidden, RoundTaken, RoundRefused naming what cannot be asked.
    """
    actor.require(PublishingPermission.COLLECT)
    hold_still(session)
    require_usable(session, facts, now)
    cells = cells_of(session, facts)
    if not cells:
        raise RoundRefused(
            N_("There is nothing to ask for."),
            {"indicators": Message(N_("Every value asked for is published already, or belongs to other bodies."))},
        )
    row = CollectionRound(
        slug=facts.slug,
        names=dict(facts.names),
        period=facts.period,
        due_at=facts.due_at,
        reminders=sorted(set(facts.reminders), reverse=True),
        state=RoundState.OPEN,
        opened_at=now,
        opened_by=actor.person_id,
        overdue_at=None,
        closed_at=None,
    )
    session.add(row)
    session.flush()
    bodies = sorted({cell["body"] for cell in cells})
    session.execute(
        insert(BodyReturn),
        [{"round": facts.slug, "body": body, "state": ReturnState.OPEN} for body in bodies],
    )
    session.execute(insert(CollectedValue), cells)
    announce(session, row, opening(session, row, cells), actor=actor, now=now)
    for body in bodies:
        ask_body(session, row, body, now=now)
    schedule(session, row, calendar=calendar, now=now)
    note_round(session, "publishing.open-round", row, actor=actor, now=now)
    return to_round(row)


def extend_round(
    session: Session, *, slug: str, due_at: datetime, calendar: WorkingDays, actor: Actor, now: datetime
) -> Round:
    """Give everybody more time. A date that has passed is not moved any more.

    Raises Forbidden, NoSuchRound, RoundNotOpen, RoundRefused for a moment that is not later.
    """
    actor.require(PublishingPermission.COLLECT)
    row = open_row(session, slug)
    if row.due_at <= now:
        raise RoundNotOpen(N_("The due moment has passed: who is late is public, and the date stays."))
    if due_at <= row.due_at:
        raise RoundRefused(
            N_("The date is not later."),
            {"due_at": Message(N_("Choose a moment after the one announced."))},
        )
    row.due_at = due_at
    announce(session, row, [round_statement(row)], actor=actor, now=now)
    for body in waiting_bodies(session, slug):
        ask_body(session, row, body, now=now)
    schedule(session, row, calendar=calendar, now=now)
    note_round(session, "publishing.extend-round", row, actor=actor, now=now)
    return to_round(row)


def ask_body(
    session: Session, row: CollectionRound, body: str, *, now: datetime, days_left: int | None = None
) -> None:
    """A duty for everybody who may enter for the body; for the office when the body has nobody."""
    people = [
        person.id for person in employed_people_with(session, PublishingPermission.ENTER_VALUES, body, at=now)
    ]
    subject = f"round:{row.slug}/{body}"
    duties.close_duty(session, kind=UNSERVED, subject=subject)
    if not people:
        duties.close_duty(session, kind=RETURN, subject=subject)
        duties.open_duty(
            session,
            kind=UNSERVED,
            subject=subject,
            title=message(
                N_("Nobody can hand in for {body} in {round}"), body=body_names(session, body), round=row.slug
            ),
            address=f"/desk/rounds/{row.slug}",
            permission=PublishingPermission.COLLECT,
            due_at=row.due_at,
            now=now,
        )
        return
    duties.open_duty(
        session,
        kind=RETURN,
        subject=subject,
        title=duty_title(row, now, days_left),
        address=f"/desk/returns/{row.slug}/{body}",
        people=people,
        due_at=row.due_at,
        now=now,
    )


def duty_title(row: CollectionRound, now: datetime, days_left: int | None) -> Message:
    if now >= row.due_at:
        return message(N_("Late: hand in the values of {period} ({round})"), period=row.period, round=row.slug)
    if days_left is not None:
        return message(
            N_("Hand in the values of {period} ({round}): {n} working days left"),
            period=row.period,
            round=row.slug,
            n=days_left,
        )
    return message(N_("Hand in the values of {period} ({round})"), period=row.period, round=row.slug)


def opening(session: Session, row: CollectionRound, cells: Sequence[Mapping[str, Any]]) -> Iterator[Statement]:
    yield from unpublished_register(
        session,
        bodies={cell["body"] for cell in cells},
        indicators={cell["indicator"] for cell in cells},
    )
    yield round_statement(row)
    for value in values_in(session, row.slug):
        yield coverage_statement(row, value, Coverage.ASKED, Reason.NOT_DUE, Owes.BODY)


def announce(
    session: Session, row: CollectionRound, statements: Iterable[Statement], *, actor: Actor, now: datetime
) -> str:
    return propose_act(
        session,
        kind=ActKind.COLLECTION,
        statements=statements,
        proposed_by=actor.person_id,
        approved_by=None,
        now=now,
        meta={"round": row.slug},
    )


def schedule(session: Session, row: CollectionRound, *, calendar: WorkingDays, now: datetime) -> None:
    enqueue(session, DUE, {"round": row.slug}, due_at=row.due_at)
    for days in row.reminders:
        # from the first moment of that day, so that mail at the day's fixed hours tells of it
        at = calendar.start_of(calendar.before(calendar.day_of(row.due_at), days))
        if now < at < row.due_at:
            enqueue(session, REMIND, {"round": row.slug}, due_at=at)
