"""Publishing how bodies answered: once a month's group has had its time, and again when enough have gone on."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, text, update
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

Group = tuple[str, str]
"""A service, and the month since which answers are owed."""
_UNCOUNTED = text("NOT rating_answer.counted")
"""In the words of the index that holds these alone."""


def publish_answers(session: Session, *, terms: Terms, threshold: int, now: datetime) -> str | None:
    """Propose one act with every service of which there is something to say; None when there is none."""
    today = terms.calendar.day_of(now)
    bodies = {service.code: service.body for service in list_services(session)}
    act_id, statements, rows = new_id(), [], []
    groups = {of: group for of, group in _groups(session, today).items() if of[0] in bodies}
    for (service, period), group in sorted(groups.items()):
        said, last = rules.count(group), _read(session.get(AnsweredRow, (service, period)))
        if not rules.may_say(last, said, threshold=threshold):
            continue
        statements.append(
            answers_statement(service, bodies[service], period, said, as_of=today, threshold=threshold)
        )
        rows.append(AnsweredRow(service=service, period=period, said=_written(said), act_id=act_id))
    _count_ended(session, groups)
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


def _groups(session: Session, today: date) -> Mapping[Group, list[rules.Stands]]:
    """How each answer stands, by service and the month since which it is owed, of months that are ripe.

    Only of groups of which something may be so now that was not: in the others every answer has ended, and was
    counted since. A group is read whole or not at all.
    """
    current, found = today.isoformat()[:7], defaultdict(list)
    of_group = (FollowUpRow.service, AnswerRow.owed_since)
    by_id = FollowUpRow.id == AnswerRow.id
    open_groups = {
        (service, period)
        for service, period in session.execute(select(*of_group).join(FollowUpRow, by_id).where(_UNCOUNTED))
        if rules.is_ripe(period, current=current)
    }
    rows = session.execute(
        select(*of_group, AnswerRow.state, AnswerRow.due_on, AnswerRow.overdue)
        .join(FollowUpRow, by_id)
        .where(AnswerRow.owed_since.in_({period for _, period in open_groups}))
    )
    for service, period, state, due_on, overdue in rows:
        if (service, period) in open_groups:
            how, due = AnswerState(state), None if due_on is None else date.fromisoformat(due_on)
            late = overdue and is_late(how, due, today)  # what was said in time and is being read is not
            found[service, period].append(rules.Stands(how, late, overdue))
    return found


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


def _written(said: rules.Answered) -> dict[str, Any]:
    return {"came": dict(said.came), "ended": dict(said.ended)}


def _read(row: AnsweredRow | None) -> rules.Answered | None:
    if row is None:
        return None
    came, ended = row.said["came"], row.said["ended"]
    return rules.Answered({each: came[each] for each in Came}, {each: ended[each] for each in Ended})
