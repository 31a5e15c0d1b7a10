"""Rounds: the office asks bodies for values until a moment, publicly; what is late or missing becomes public
by an act at that moment, never by a clock in a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from portal.accounts.queries import employed_people_with
from portal.audit.services import record
from portal.duties import services as duties
from portal.duties.calendar import WorkingDays
from portal.foundation.actor import Actor
from portal.foundation.i18n import N_, Message, Names, message
from portal.foundation.jobs import enqueue
from portal.publishing.collecting import Coverage, Owes, Reason, ReturnState, Round, RoundState, ValueState
from portal.publishing.errors import NoSuchRound, RoundNotOpen, RoundRefused, RoundTaken
from portal.publishing.log.entries import moment
from portal.publishing.models import BodyReturn, CollectedValue, CollectionRound
from portal.publishing.permissions import PublishingPermission
from portal.publishing.queries.rounds import to_round
from portal.publishing.rules.returns import missing_reason
from portal.publishing.services.acts import propose_act
from portal.publishing.services.announcing import unpublished_register
from portal.publishing.standing import Standing, figures_standing, hold_still, statements_standing
from portal.publishing.values import ActKind, FigureKey, ObsStatus, Statement
from portal.registry import queries as registry
from portal.registry.values import Indicator, Period

DUE = "publishing.round-due"
"""The job that says publicly, at the due moment, who is late."""
REMIND = "publishing.round-remind"
"""The job that puts what waits before the people of each body again, with the days left."""
RETURN = "publishing.return"
CHECK = "publishing.check-return"
UNSERVED = "publishing.return-unserved"


@dataclass(frozen=True)
class RoundFacts:
    """What a round asks: which bodies, which indicators, for which period, until when.

    Without indicators, each body is asked for what it published for the period before.
    `targets` are targets the office sets beforehand, by body and indicator; `reminders` are working days
    before the due moment.
    """

    slug: str
    names: Names
    period: str
    due_at: datetime
    bodies: Sequence[str]
    indicators: Sequence[str]
    reminders: Sequence[int] = (5, 1)
    targets: Mapping[tuple[str, str], str] = field(default_factory=dict)


def open_round(
    session: Session, facts: RoundFacts, *, calendar: WorkingDays, actor: Actor, now: datetime
) -> Round:
    """Open a round and announce it. A figure whose value is published for good is not asked for again.

    Raises Forbidden, RoundTaken, RoundRefused naming what cannot be asked.
    """
    actor.require(PublishingPermission.COLLECT)
    hold_still(session)
    _require_usable(session, facts, now)
    cells = _cells(session, facts)
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


def _require_usable(session: Session, facts: RoundFacts, now: datetime) -> None:
    faults: dict[str, Message] = {}
    if not registry.is_code(facts.slug):
        faults["slug"] = Message(N_("Use letters A to Z, digits, hyphens and underscores only."))
    if not any(facts.names.values()):
        faults["title_en"] = Message(N_("Enter a name for the round in at least one language."))
    try:
        Period.parse(facts.period)
    except ValueError:
        faults["period"] = Message(N_("Enter a period such as 2026, 2026-27, 2026-Q1 or 2026-04."))
    if facts.due_at <= now:
        faults["due_at"] = Message(N_("Choose a moment in the future."))
    if any(not 0 <= days <= 60 for days in facts.reminders):
        faults["reminders"] = Message(N_("Give working days from 0 to 60, with commas between them."))
    for name, found in _unknown(session, facts):
        faults[name] = found
    if faults:
        raise RoundRefused(N_("The round cannot be opened like this."), faults)
    taken = session.get(CollectionRound, facts.slug) is not None
    if taken or statements_standing(session, "round", [facts.slug]):
        raise RoundTaken(message(N_("There is already a round with the code {slug}."), slug=facts.slug))


def _unknown(session: Session, facts: RoundFacts) -> Iterator[tuple[str, Message]]:
    bodies = {body.code for body in registry.list_bodies(session)}
    indicators = {one.code for one in registry.list_indicators(session)}
    for name, given, known in (("bodies", facts.bodies, bodies), ("indicators", facts.indicators, indicators)):
        wrong = sorted(set(given) - known)
        if not given and name == "bodies":
            yield name, Message(N_("Choose at least one."))
        elif wrong:
            yield name, message(N_("The register does not have {codes}."), codes=", ".join(wrong[:5]))


def _cells(session: Session, facts: RoundFacts) -> list[dict[str, Any]]:
    """One row for each value asked for: with the last value known, and the target already settled."""
    standing = figures_standing(session, facts.bodies)
    last = _last_values(standing, facts.period)
    named = set(facts.indicators) or {code for _, code in last}
    wanted = {one.code: one for one in registry.list_indicators(session) if one.code in named}
    elsewhere = _asked_elsewhere(session, facts)
    cells = []
    for body in sorted(set(facts.bodies)):
        for code in sorted(wanted):
            if not facts.indicators and (body, code) not in last:
                continue
            if _is_asked(body, wanted[code], standing.get(FigureKey(body, code, facts.period))):
                if (body, code) in elsewhere:
                    raise RoundRefused(
                        N_("Another open round asks for the same."),
                        {
                            "indicators": message(
                                N_("{figure} is asked for by the open round {round}."),
                                figure=f"{body}/{code}/{facts.period}",
                                round=elsewhere[body, code],
                            )
                        },
                    )
                cells.append(_cell(facts, body, code, standing, last.get((body, code))))
    return cells


def _is_asked(body: str, indicator: Indicator, standing: Standing | None) -> bool:
    if indicator.body_code not in (None, body):
        return False
    if standing is None or standing.actual is None:
        return True
    return standing.obs_status == ObsStatus.PROVISIONAL


def _cell(
    facts: RoundFacts,
    body: str,
    indicator: str,
    standing: Mapping[FigureKey, Standing],
    last: Standing | None,
) -> dict[str, Any]:
    published = standing.get(FigureKey(body, indicator, facts.period))
    target = published.target if published and published.target else facts.targets.get((body, indicator))
    return {
        "round": facts.slug,
        "body": body,
        "indicator": indicator,
        "state": ValueState.EMPTY,
        "asked": {
            "last_period": last.key.period if last else None,
            "last": last.actual if last else None,
            "target": target,
        },
        "handed": 0,
    }


def _last_values(standing: Mapping[FigureKey, Standing], period: str) -> dict[tuple[str, str], Standing]:
    """The newest value before the period, of each body and indicator, among periods of the same length."""
    asked = Period.parse(period)
    found: dict[tuple[str, str], Standing] = {}
    earlier = [
        (parsed.sort_key, one)
        for one in standing.values()
        if one.actual is not None
        and (parsed := Period.parse(one.key.period)).type is asked.type
        and parsed.sort_key < asked.sort_key
    ]
    for _, one in sorted(earlier, key=lambda pair: pair[0]):
        found[one.key.body, one.key.indicator] = one
    return found


def _asked_elsewhere(session: Session, facts: RoundFacts) -> dict[tuple[str, str], str]:
    query = (
        select(CollectedValue.body, CollectedValue.indicator, CollectedValue.round)
        .join(CollectionRound, CollectionRound.slug == CollectedValue.round)
        .where(CollectionRound.state == RoundState.OPEN, CollectionRound.period == facts.period)
    )
    return {(body, indicator): slug for body, indicator, slug in session.execute(query)}


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
