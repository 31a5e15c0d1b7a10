"""Rounds: the office asks bodies for values until a moment, publicly; what is late or missing becomes public
by an act at that moment, never by a clock in a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from portal.accounts.queries import employed_people_with
from portal.audit.services import record
from portal.duties import services as duties
from portal.duties.calendar import WorkingDays
from portal.foundation.actor import Actor
from portal.foundation.i18n import N_, Message, message
from portal.foundation.jobs import enqueue
from portal.publishing.collecting import Coverage, Owes, Reason, ReturnState, Round, RoundState, ValueState
from portal.publishing.errors import NoSuchRound, RoundNotOpen, RoundRefused
from portal.publishing.log.entries import moment
from portal.publishing.models import BodyReturn, CollectedValue, CollectionRound
from portal.publishing.permissions import PublishingPermission
from portal.publishing.queries.rounds import to_round
from portal.publishing.rules.returns import missing_reason
from portal.publishing.services.acts import propose_act
from portal.publishing.services.announcing import unpublished_register
from portal.publishing.services.round_facts import RoundFacts, cells_of, require_usable
from portal.publishing.standing import hold_still
from portal.publishing.values import ActKind, Statement

DUE = "publishing.round-due"
"""The job that says publicly, at the due moment, who is late."""
REMIND = "publishing.round-remind"
"""The job that puts what waits before the people of each body again, with the days left."""
RETURN = "publishing.return"
CHECK = "publishing.check-return"
UNSERVED = "publishing.return-unserved"


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
    _announce(session, row, _opening(session, row, cells), actor=actor, now=now)
    for body in bodies:
        ask_body(session, row, body, now=now)
    _schedule(session, row, calendar=calendar, now=now)
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
    _announce(session, row, [round_statement(row)], actor=actor, now=now)
    for body in _waiting(session, slug):
        ask_body(session, row, body, now=now)
    _schedule(session, row, calendar=calendar, now=now)
    note_round(session, "publishing.extend-round", row, actor=actor, now=now)
    return to_round(row)


def close_round(session: Session, *, slug: str, actor: Actor, now: datetime) -> Round:
    """End a round after its due moment: what the office has not accepted is missing, publicly.

    Raises Forbidden, NoSuchRound, RoundNotOpen before it is due or while the office still has values to check.
    """
    actor.require(PublishingPermission.COLLECT)
    row = open_row(session, slug)
    if row.due_at > now:
        raise RoundNotOpen(N_("The round is not due yet: extend it or wait, or cancel it."))
    if _with_state(session, slug, ValueState.HANDED_IN):
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
        for value in _values(session, slug)
        if value.handed == 0
    ]
    for body in _waiting(session, slug):
        ask_body(session, row, body, now=now)
    return _announce(session, row, late, actor=Actor.system(), now=now) if late else None


def remind(session: Session, *, slug: str, calendar: WorkingDays, now: datetime) -> None:
    """Put what waits before the people of each body again, saying how many working days are left."""
    row = session.get(CollectionRound, slug)
    if row is None or row.state != RoundState.OPEN:
        return
    left = calendar.between(now.date(), row.due_at.date())
    for body in _waiting(session, slug):
        ask_body(session, row, body, now=now, days_left=left)


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
            title=message(N_("Nobody can hand in for {body} in {round}"), body=body, round=row.slug),
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
        title=_duty_title(row, now, days_left),
        address=f"/desk/returns/{row.slug}/{body}",
        people=people,
        due_at=row.due_at,
        now=now,
    )


def open_row(session: Session, slug: str) -> CollectionRound:
    """The round, locked. Raises NoSuchRound, RoundNotOpen."""
    row = session.get(CollectionRound, slug, with_for_update=True)
    if row is None:
        raise NoSuchRound(message(N_("There is no collection round with the code {slug}."), slug=slug))
    if row.state != RoundState.OPEN:
        raise RoundNotOpen(N_("This round is not open any more."))
    return row


def coverage_statement(
    row: CollectionRound, value: CollectedValue, state: Coverage, reason: Reason | None, owes: Owes | None
) -> Statement:
    return {
        "t": "coverage",
        "body": value.body,
        "indicator": value.indicator,
        "period": row.period,
        "round": row.slug,
        "state": state.value,
        "reason": reason.value if reason else None,
        "owes": owes.value if owes else None,
    }


def round_statement(row: CollectionRound) -> Statement:
    return {
        "t": "round",
        "slug": row.slug,
        "names": dict(row.names),
        "period": row.period,
        "due": moment(row.due_at),
        "state": str(row.state),
    }


def note_round(session: Session, act: str, row: CollectionRound, *, actor: Actor, now: datetime) -> None:
    details = {"due": moment(row.due_at)}
    record(session, actor=actor, act=act, subject=f"round:{row.slug}", details=details, now=now)


def _duty_title(row: CollectionRound, now: datetime, days_left: int | None) -> Message:
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


def _opening(session: Session, row: CollectionRound, cells: Sequence[Mapping[str, Any]]) -> Iterator[Statement]:
    yield from unpublished_register(
        session,
        bodies={cell["body"] for cell in cells},
        indicators={cell["indicator"] for cell in cells},
    )
    yield round_statement(row)
    for value in _values(session, row.slug):
        yield coverage_statement(row, value, Coverage.ASKED, Reason.NOT_DUE, Owes.BODY)


def _end(session: Session, row: CollectionRound, state: RoundState, *, actor: Actor, now: datetime) -> Round:
    """Close or cancel: open returns and what waits for them end with it."""
    hold_still(session)
    row.state, row.closed_at = state, now
    statements = [round_statement(row)]
    for value in _values(session, row.slug):
        found = ValueState(value.state)
        if not found.is_with_body:
            continue
        if state is RoundState.CANCELLED:
            reason, owes = Reason.CANCELLED, None
        else:
            reason, owes = missing_reason(found)
        statements.append(coverage_statement(row, value, Coverage.MISSING, reason, owes))
    _announce(session, row, statements, actor=actor, now=now)
    for body_return in session.scalars(select(BodyReturn).where(BodyReturn.round == row.slug)):
        if body_return.proposal_id is not None:
            duties.withdraw(session, proposal_id=body_return.proposal_id, now=now)
            body_return.state, body_return.proposal_id = ReturnState.OPEN, None
        for kind in (RETURN, CHECK, UNSERVED):
            duties.close_duty(session, kind=kind, subject=f"round:{row.slug}/{body_return.body}")
    note_round(session, f"publishing.{state.value}-round", row, actor=actor, now=now)
    return to_round(row)


def _announce(
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


def _schedule(session: Session, row: CollectionRound, *, calendar: WorkingDays, now: datetime) -> None:
    enqueue(session, DUE, {"round": row.slug}, due_at=row.due_at)
    for days in row.reminders:
        day = calendar.before(row.due_at.date(), days)
        at = datetime.combine(day, time(8), UTC)
        if now < at < row.due_at:
            enqueue(session, REMIND, {"round": row.slug}, due_at=at)


def _values(session: Session, slug: str) -> Sequence[CollectedValue]:
    query = select(CollectedValue).where(CollectedValue.round == slug)
    return session.scalars(query.order_by(CollectedValue.body, CollectedValue.indicator)).all()


def _with_state(session: Session, slug: str, state: ValueState) -> bool:
    query = select(CollectedValue.indicator).where(CollectedValue.round == slug, CollectedValue.state == state)
    return session.scalar(query.limit(1)) is not None


def _waiting(session: Session, slug: str) -> Sequence[str]:
    """Bodies with values that wait for them."""
    with_body = [state for state in ValueState if state.is_with_body]
    query = select(CollectedValue.body).where(CollectedValue.round == slug, CollectedValue.state.in_(with_body))
    return session.scalars(query.distinct().order_by(CollectedValue.body)).all()
