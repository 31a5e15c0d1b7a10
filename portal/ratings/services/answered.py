"""Publishing how bodies answered: once a month's group has had its time, and again when enough have gone on.

Of each service, and of a body's services together.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from portal.foundation.actor import Actor
from portal.foundation.ids import new_id
from portal.publishing.services import propose_act
from portal.publishing.values import ActKind
from portal.ratings.answers import AnswerState
from portal.ratings.models import AnsweredRow, AnswerRow, BodyAnsweredRow, FollowUpRow
from portal.ratings.register import list_services
from portal.ratings.rules import answered as rules
from portal.ratings.rules.answered_together import say_together
from portal.ratings.rules.answering import Terms, is_late
from portal.ratings.said_answers import answered_json, read_answered, read_together, together_json
from portal.ratings.statements import answers_statement, body_answers_statement

Group = tuple[str, str]
"""A service (or a body with all its services), and the month since which answers are owed."""
Groups = Mapping[Group, list[rules.Stands]]
Said = Iterator[tuple[dict[str, Any], AnsweredRow | BodyAnsweredRow]]
"""Statements, with the rows that keep what they say."""
_UNCOUNTED = text("NOT rating_answer.counted")
"""In the words of the index that holds these alone."""


def publish_answers(session: Session, *, terms: Terms, threshold: int, now: datetime) -> str | None:
    """Propose one act with every service and body of which there is something to say; None when there is none."""
    today, act_id = terms.calendar.day_of(now), new_id()
    bodies = {service.code: service.body for service in list_services(session)}
    groups = _groups(session, bodies, today)
    known = _said_before(session, {period for _, period in groups})
    said = [*_of_services(groups, bodies, known, act_id, as_of=today, threshold=threshold)]
    said += _of_bodies(session, groups, bodies, known, act_id, as_of=today, threshold=threshold)
    _count_ended(session, groups)
    if not said:
        return None
    propose_act(
        session,
        kind=ActKind.RATINGS,
        statements=[statement for statement, _ in said],
        proposed_by=Actor.system().person_id,
        approved_by=Actor.system().person_id,
        now=now,
        act_id=act_id,
    )
    for _, row in said:
        session.merge(row)
    return act_id


def _of_services(
    groups: Groups,
    bodies: Mapping[str, str],
    known: dict[Group, rules.Answered],
    act_id: str,
    *,
    as_of: date,
    threshold: int,
) -> Said:
    """What is to be said of each service, which is then `known`."""
    for (service, period), group in sorted(groups.items()):
        now = rules.count(group)
        if not rules.may_say(known.get((service, period)), now, threshold=threshold):
            continue
        known[service, period] = now
        yield (
            answers_statement(service, bodies[service], period, now, as_of=as_of, threshold=threshold),
            AnsweredRow(service=service, period=period, said=answered_json(now), act_id=act_id),
        )


def _of_bodies(
    session: Session,
    groups: Groups,
    bodies: Mapping[str, str],
    known: Mapping[Group, rules.Answered],
    act_id: str,
    *,
    as_of: date,
    threshold: int,
) -> Said:
    """What is to be said of a body's services together, from what is `known` of each."""
    before = {
        (row.body, row.period): read_together(row.said)
        for row in session.scalars(
            select(BodyAnsweredRow).where(BodyAnsweredRow.period.in_({period for _, period in groups}))
        )
    }
    for body, period in sorted({(bodies[service], period) for service, period in groups}):
        own = {service for service, of in bodies.items() if of == body}
        hidden = {one: rules.count(groups.get((one, period), ())) for one in own if (one, period) not in known}
        elsewhere = (
            one.standing.services
            for (other, of), one in before.items()
            if other != body and of == period and one.standing
        )
        last = before.get((body, period))
        now = say_together(
            last,
            {one: known[one, period] for one in own if (one, period) in known},
            hidden,
            told_elsewhere=any(not services.isdisjoint(hidden) for services in elsewhere),
            threshold=threshold,
        )
        if now is not None and now != last:
            yield (
                body_answers_statement(body, period, now, as_of=as_of, threshold=threshold),
                BodyAnsweredRow(body=body, period=period, said=together_json(now), act_id=act_id),
            )


def _groups(session: Session, bodies: Mapping[str, str], today: date) -> Groups:
    """How each answer stands, by service and the month since which it is owed, of months that are ripe.

    Only of the services of bodies of which something may be so now that was not: of the others every answer has
    ended, and was counted since. A body's month is read whole or not at all.
    """
    current, found = today.isoformat()[:7], defaultdict(list)
    of_group = (FollowUpRow.service, AnswerRow.owed_since)
    by_id = FollowUpRow.id == AnswerRow.id
    moving = {
        (bodies[service], period)
        for service, period in session.execute(select(*of_group).join(FollowUpRow, by_id).where(_UNCOUNTED))
        if service in bodies and rules.is_ripe(period, current=current)
    }
    rows = session.execute(
        select(*of_group, AnswerRow.state, AnswerRow.due_on, AnswerRow.overdue)
        .join(FollowUpRow, by_id)
        .where(AnswerRow.owed_since.in_({period for _, period in moving}))
    )
    for service, period, state, due_on, overdue in rows:
        if (bodies.get(service), period) in moving:
            how, due = AnswerState(state), None if due_on is None else date.fromisoformat(due_on)
            late = overdue and is_late(how, due, today)  # what was said in time and is being read is not
            found[service, period].append(rules.Stands(how, late, overdue))
    return found


def _said_before(session: Session, periods: Collection[str]) -> dict[Group, rules.Answered]:
    rows = session.scalars(select(AnsweredRow).where(AnsweredRow.period.in_(periods)))
    return {(row.service, row.period): read_answered(row.said) for row in rows}


def _count_ended(session: Session, groups: Collection[Group]) -> None:
    """Nothing changes any more of what has ended in these groups, said or not: note that it has been counted."""
    for service in sorted({service for service, _ in groups}):
        of_service = select(FollowUpRow.id).where(FollowUpRow.service == service)
        session.execute(
            update(AnswerRow)
            .where(
                _UNCOUNTED,
                AnswerRow.due_on.is_(None),
                AnswerRow.owed_since.in_({period for of, period in groups if of == service}),
                AnswerRow.id.in_(of_service),
            )
            .values(counted=True)
            .execution_options(synchronize_session=False)
        )
