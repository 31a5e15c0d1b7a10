"""Filing an appeal, once and in time, against what a figure found false costs.

While one is open, what it is against is held: no points are taken, nobody is kept from marking, and the cases
behind the figure stay. Nothing is published by itself: the result is proposed anew, and says where the appeal
stands.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.queries import employers_of, verifiers_of
from portal.audit.services import record
from portal.cases.services.retention import hold_for_appeal
from portal.config import Settings
from portal.duties import services as duties
from portal.duties.calendar import WorkingDays
from portal.evaluation.errors import NoAppeal
from portal.evaluation.models import AppealRow, AssessorRow
from portal.evaluation.permissions import EvaluationPermission
from portal.evaluation.queries.appeals import deducted_of, deducted_on, to_appeal, verified_by
from portal.evaluation.rules.appeals import may_appeal
from portal.evaluation.services.judging import (
    APPEAL,
    TIME_TO_DECIDE,
    can_judge,
    judges,
    look_again,
    said_in,
    scope_of,
)
from portal.evaluation.values import Appeal, AppealState, Party, Score
from portal.foundation.actor import Actor
from portal.foundation.i18n import N_, Message
from portal.foundation.ids import new_id
from portal.publishing.values import FigureKey


def last_day(session: Session, figure: str, settings: Settings) -> date | None:
    """Until when an appeal about this figure can be filed; None while nothing was taken for it in public."""
    taken_on = deducted_on(session, figure)
    return None if taken_on is None else WorkingDays.of(settings).after(taken_on, settings.appeal_working_days)


def open_to(
    session: Session, *, actor: Actor, settings: Settings, now: datetime
) -> tuple[tuple[str, Party, date], ...]:
    """What this person can appeal against now: the figure, as whom, and until when."""
    if not actor.may(EvaluationPermission.APPEAL):
        return ()
    bodies = sorted(employers_of(session, person_id=actor.person_id, at=now))
    figures = [(figure, Party.BODY) for body in bodies for figure in deducted_of(session, body)]
    figures += [(figure, Party.ASSESSOR) for figure in verified_by(session, actor.person_id)]
    found = []
    for figure, party in figures:
        due_on = last_day(session, figure, settings)
        appealed = _of(session, figure, party, actor) is not None
        if due_on is not None and may_appeal(due_on=due_on, appealed=appealed, today=now.date()):
            found.append((figure, party, due_on))
    return tuple(found)


def appeals_of(session: Session, *, actor: Actor, now: datetime) -> tuple[Appeal, ...]:
    """Those of this person and of the bodies that employ them, and those they may decide on."""
    bodies = employers_of(session, person_id=actor.person_id, at=now)
    rows = session.scalars(select(AppealRow).order_by(AppealRow.filed_on.desc(), AppealRow.id)).all()
    mine = [row for row in rows if row.appellant in bodies or row.appellant == actor.person_id]
    judged = [row for row in rows if row not in mine and can_judge(session, row, actor, now)]
    return tuple(to_appeal(row) for row in [*mine, *judged])


def file_appeal(
    session: Session, *, figure: str, party: Party, words: str, actor: Actor, settings: Settings, now: datetime
) -> str:
    """Appeal for one's own body, or for oneself. Raises Forbidden, NoAppeal, BadAppeal."""
    actor.require(EvaluationPermission.APPEAL)
    said = said_in(words, "words")
    if all(
        (figure, party) != (one, who) for one, who, _ in open_to(session, actor=actor, settings=settings, now=now)
    ):
        raise NoAppeal(
            N_("There is nothing here to appeal against, the time for it is over, or it was done before.")
        )
    key = FigureKey.parse(figure)
    row = AppealRow(
        id=new_id(),
        figure=figure,
        party=party,
        appellant=_appellant(key, party, actor),
        person_id=actor.person_id,
        words=said,
        state=AppealState.OPEN,
        filed_on=now.date(),
    )
    session.add(row)
    session.flush()
    hold_for_appeal(session, appeal_id=row.id, figure=key, now=now)
    look_again(session, key)
    duties.open_duty(
        session,
        kind=APPEAL,
        subject=row.id,
        title=Message(N_("An appeal waits for a decision")),
        address=f"/desk/appeals/{row.id}",
        permission=EvaluationPermission.JUDGE,
        people=judges(session, row, now) or None,
        about=scope_of(key),
        due_at=now + TIME_TO_DECIDE,
        now=now,
    )
    record(session, actor=actor, act="evaluation.appeal", subject=row.id, details={"figure": figure}, now=now)
    return row.id


def get_appeal(session: Session, *, appeal_id: str, actor: Actor, now: datetime) -> Appeal:
    """Raises NoAppeal when there is none for this person."""
    found = next((one for one in appeals_of(session, actor=actor, now=now) if one.id == appeal_id), None)
    if found is None:
        raise NoAppeal(N_("There is no such appeal."))
    return found


def record_assessors(session: Session, *, score: Score, result_id: str, day: date) -> None:
    """Put those who had verified a figure found false on record, once, with the result that says so."""
    for taken in score.deductions:
        key = FigureKey.parse(taken.figure)
        for person in verifiers_of(session, scope_of(key)):
            if session.get(AssessorRow, (taken.figure, person)) is None:
                period = key.period
                session.add(
                    AssessorRow(
                        figure=taken.figure, person_id=person, period=period, result_id=result_id, recorded_on=day
                    )
                )
    session.flush()


def _of(session: Session, figure: str, party: Party, actor: Actor) -> AppealRow | None:
    appellant = _appellant(FigureKey.parse(figure), party, actor)
    query = select(AppealRow).where(
        AppealRow.figure == figure, AppealRow.party == party, AppealRow.appellant == appellant
    )
    return session.scalar(query)


def _appellant(key: FigureKey, party: Party, actor: Actor) -> str:
    return key.body if party is Party.BODY else actor.person_id
