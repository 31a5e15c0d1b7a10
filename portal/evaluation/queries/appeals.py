"""Appeals, and whom having verified a false figure keeps from marking."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.queries import verifiers_of
from portal.accounts.values import Scope
from portal.evaluation.models import AppealRow, AssessorRow
from portal.evaluation.queries.published import published_versions, results_of_body
from portal.evaluation.rules.appeals import liability_of
from portal.evaluation.values import Appeal, AppealState, Liability, Party
from portal.publishing.queries import current_edition
from portal.publishing.values import FigureKey


def appeal_of_body(session: Session, figure: str) -> AppealState | None:
    query = select(AppealRow.state).where(AppealRow.figure == figure, AppealRow.party == Party.BODY)
    state = session.scalar(query)
    return AppealState(state) if state else None


def liability(session: Session, key: FigureKey) -> Liability | None:
    """What becomes of those who had verified this figure; None when nobody had."""
    verified = verifiers_of(session, Scope(key.body, key.indicator, key.period))
    return liability_of(appeal_of_assessor(session, str(key), person) for person in verified)


def appeal_of_assessor(session: Session, figure: str, person_id: str) -> AppealState | None:
    query = select(AppealRow.state).where(
        AppealRow.figure == figure, AppealRow.party == Party.ASSESSOR, AppealRow.appellant == person_id
    )
    state = session.scalar(query)
    return AppealState(state) if state else None


def is_kept_from_marking(session: Session, person_id: str, period: str) -> bool:
    """Whether this person verified a false figure of the period, and no appeal holds or lifts that."""
    figures = select(AssessorRow.figure).where(AssessorRow.person_id == person_id, AssessorRow.period == period)
    states = [appeal_of_assessor(session, figure, person_id) for figure in session.scalars(figures)]
    return liability_of(states) is Liability.STANDS


def verified_by(session: Session, person_id: str) -> tuple[str, ...]:
    """Figures found false that this person is on record for having verified."""
    query = select(AssessorRow.figure).where(AssessorRow.person_id == person_id)
    return tuple(session.scalars(query.order_by(AssessorRow.figure)))


def deducted_on(session: Session, figure: str) -> date | None:
    """The day on which a result was first published that took points for this figure."""
    body, edition = FigureKey.parse(figure).body, current_edition(session).n
    days = [
        one.at.date()
        for newest in results_of_body(session, body, edition=edition)
        for one in published_versions(session, newest.cycle, body, edition=edition)
        if any(taken.figure == figure for taken in one.score.deductions)
    ]
    return min(days, default=None)


def deducted_of(session: Session, body: str) -> tuple[str, ...]:
    """Figures for which the newest results of this body take points, or would but for an appeal."""
    results = results_of_body(session, body, edition=current_edition(session).n)
    return tuple(sorted({taken.figure for one in results for taken in one.score.deductions}))


def find_appeal(session: Session, appeal_id: str) -> Appeal | None:
    row = session.get(AppealRow, appeal_id)
    return to_appeal(row) if row is not None else None


def list_appeals(session: Session) -> tuple[Appeal, ...]:
    """All of them: the open ones first, then the newest."""
    rows = session.scalars(select(AppealRow).order_by(AppealRow.filed_on.desc(), AppealRow.id))
    found = [to_appeal(row) for row in rows]
    return tuple(sorted(found, key=lambda one: one.state is not AppealState.OPEN))


def to_appeal(row: AppealRow) -> Appeal:
    return Appeal(
        id=row.id,
        figure=row.figure,
        party=Party(row.party),
        person_id=row.person_id,
        words=row.words,
        state=AppealState(row.state),
        filed_on=row.filed_on,
        decided_on=row.decided_on,
        reason=row.reason,
    )
