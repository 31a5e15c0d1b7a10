"""A round is closed or cancelled, and what is late or missing becomes public at its moment."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.duties import services as duties
from portal.duties.calendar import WorkingDays
from portal.foundation.actor import Actor
from portal.foundation.i18n import N_
from portal.publishing.collecting import Coverage, Owes, Reason, ReturnState, Round, RoundState, ValueState
from portal.publishing.errors import RoundNotOpen
from portal.publishing.models import BodyReturn, CollectionRound
from portal.publishing.permissions import PublishingPermission
from portal.publishing.queries.rounds import to_round
from portal.publishing.rules.returns import missing_reason
from portal.publishing.services.rounds.asking import announce, ask_body
from portal.publishing.services.rounds.kept import (
    CHECK,
    RETURN,
    UNSERVED,
    any_with_state,
    note_round,
    open_row,
    values_in,
    waiting_bodies,
)
from portal.publishing.services.rounds.statements import coverage_statement, round_statement
from portal.publishing.standing import hold_still


def close_round(session: Session, *, slug: str, actor: Actor, now: datetime) -> Round:
    """End a round after its due moment: what the office has not accepted is missing, publicly.

    Raises Forbidden, NoSuchRound, RoundNotOpen before it is due or while the office still has values to check.
    """
    actor.require(PublishingPermission.COLLECT)
    row = open_row(session, slug)
    if row.due_at > now:
        raise RoundNotOpen(N_("The round is not due yet: extend it or wait, or cancel it."))
    if any_with_state(session, slug, ValueState.HANDED_IN):
        raise RoundNotOpen(N_("Values that were handed in wait to be checked. Accept or return them first."))
    return _end(session, row, RoundState.CLOSED, actor=actor, now=now)


def cancel_round(session: Session, *, slug: str, actor: Actor, now: datetime) -> Round:
    """Ask for nothing any more: what was not handed in is owed by nobody. What was handed in stays.

    Raises Forbidden, NoSuchRound, RoundNotOpen.
    """
    actor.require(PublishingPermission.COLLECT)
    return _end(session, open_row(session, slug), RoundState.CANCELLED, actor=actor, now=now)


def mark_overdue(session: Session, *, slug: str, now: datetime) -> str | None:
    """At the due moment: say publicly which values were not handed in; returns the act, None without any.

    Nothing happens for a round that is not open, not due yet, or was marked before.
    """
    row = session.get(CollectionRound, slug, with_for_update=True)
    if row is None or row.state != RoundState.OPEN or row.due_at > now or row.overdue_at is not None:
        return None
    row.overdue_at = now
    late = [
        coverage_statement(row, value, Coverage.LATE, Reason.NOT_HANDED_IN, Owes.BODY)
        for value in values_in(session, slug)
        if value.handed == 0
    ]
    for body in waiting_bodies(session, slug):
        ask_body(session, row, body, now=now)
    return announce(session, row, late, actor=Actor.system(), now=now) if late else None


def remind(session: Session, *, slug: str, calendar: WorkingDays, now: datetime) -> None:
    """Put what waits before the people of each body again, saying how many working days are left."""
    row = session.get(CollectionRound, slug)
    if row is None or row.state != RoundState.OPEN:
        return
    left = calendar.between(calendar.day_of(now), calendar.day_of(row.due_at))
    for body in waiting_bodies(session, slug):
        ask_body(session, row, body, now=now, days_left=left)


def _end(session: Session, row: CollectionRound, state: RoundState, *, actor: Actor, now: datetime) -> Round:
    """Close or cancel: open returns and what waits for them end with it."""
    hold_still(session)
    row.state, row.closed_at = state, now
    statements = [round_statement(row)]
    for value in values_in(session, row.slug):
        found = ValueState(value.state)
        if not found.is_with_body:
            continue
        if state is RoundState.CANCELLED:
            reason, owes = Reason.CANCELLED, None
        else:
            reason, owes = missing_reason(found)
        statements.append(coverage_statement(row, value, Coverage.MISSING, reason, owes))
    announce(session, row, statements, actor=actor, now=now)
    for body_return in session.scalars(select(BodyReturn).where(BodyReturn.round == row.slug)):
        if body_return.proposal_id is not None:
            duties.withdraw(session, proposal_id=body_return.proposal_id, now=now)
            body_return.state, body_return.proposal_id = ReturnState.OPEN, None
        for kind in (RETURN, CHECK, UNSERVED):
            duties.close_duty(session, kind=kind, subject=f"round:{row.slug}/{body_return.body}")
    note_round(session, f"publishing.{state.value}-round", row, actor=actor, now=now)
    return to_round(row)
