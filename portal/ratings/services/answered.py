"""Publishing how bodies answered: once a month's group has had its time, and again when enough have gone on."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.foundation.actor import Actor
from portal.foundation.ids import new_id
from portal.publishing.services import propose_act
from portal.publishing.values import ActKind
from portal.ratings.answers import AnswerState, Came, Ended
from portal.ratings.models import AnsweredRow, AnswerRow, FollowUpRow
from portal.ratings.register import list_services
from portal.ratings.rules import answered as rules
from portal.ratings.rules.answering import Terms, is_late
from portal.ratings.statements import answers_statement


def publish_answers(session: Session, *, terms: Terms, threshold: int, now: datetime) -> str | None:
    """Propose one act with every service of which there is something to say; None when there is none."""
    today = terms.calendar.day_of(now)
    bodies = {service.code: service.body for service in list_services(session)}
    before = {(row.service, row.period): row for row in session.scalars(select(AnsweredRow))}
    act_id, statements, rows = new_id(), [], []
    for (service, period), group in sorted(_groups(session, today).items()):
        said, last = rules.count(group), _read(before.get((service, period)))
        if service not in bodies or not rules.may_say(last, said, threshold=threshold):
            continue
        statements.append(
            answers_statement(service, bodies[service], period, said, as_of=today, threshold=threshold)
        )
        rows.append(AnsweredRow(service=service, period=period, said=_written(said), act_id=act_id))
    if not statements:
        return None
    propose_act(
        session,
        kind=ActKind.RATINGS,
        statements=statements,
        proposed_by=Actor.system().person_id,
        approved_by=Actor.system().person_id,
        now=now,
        act_id=act_id,
    )
    for row in rows:
        session.merge(row)
    return act_id


def _groups(session: Session, today: date) -> Mapping[tuple[str, str], list[rules.Stands]]:
    """How each answer stands, by service and the month since which it is owed, of months that are ripe."""
    current = today.isoformat()[:7]
    found: dict[tuple[str, str], list[rules.Stands]] = defaultdict(list)
    rows = session.execute(
        select(
            FollowUpRow.service, AnswerRow.owed_since, AnswerRow.state, AnswerRow.due_on, AnswerRow.overdue
        ).join(FollowUpRow, FollowUpRow.id == AnswerRow.id)
    )
    for service, period, state, due_on, overdue in rows:
        if rules.is_ripe(period, current=current):
            how, due = AnswerState(state), None if due_on is None else date.fromisoformat(due_on)
            late = overdue and is_late(how, due, today)  # what was said in time and is being read is not
            found[service, period].append(rules.Stands(how, late, overdue))
    return found


def _written(said: rules.Answered) -> dict[str, Any]:
    return {"came": dict(said.came), "ended": dict(said.ended)}


def _read(row: AnsweredRow | None) -> rules.Answered | None:
    if row is None:
        return None
    came, ended = row.said["came"], row.said["ended"]
    return rules.Answered({each: came[each] for each in Came}, {each: ended[each] for each in Ended})
