"""Whoever holds a case reads in its timeline that a figure in it was given another value, by whomever.

Before a finding nothing marks a figure in public, and nothing may: an import can change it like any other. What
the reporter saw stays in its history, and the case tells its holders.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit.queries import acts_of_chain
from portal.audit.values import case_chain
from portal.cases.models import Case, SubjectRow
from portal.cases.services import trail
from portal.cases.values import CaseState
from portal.publishing import queries as published
from portal.publishing.values import FigureKey

CHANGED = "cases.value-changed"


def cases_to_tell(session: Session) -> tuple[str, ...]:
    """Cases that are not closed, of which a figure was published anew since its reporter read it, untold."""
    return tuple(
        case_id for case_id, times in sorted(_changed(session).items()) if times > _told(session, case_id)
    )


def tell(session: Session, case: Case, *, now: datetime) -> None:
    """Note each new version once. The row names neither figure nor edition: a record tells nobody what a case is
    about."""
    for _ in range(_changed(session, case)[case.id] - _told(session, case.id)):
        trail.note_by_itself(session, case, CHANGED, now)


def _told(session: Session, case_id: str) -> int:
    return sum(one.act == CHANGED for one in acts_of_chain(session, case_chain(case_id)))


def _changed(session: Session, case: Case | None = None) -> Counter[str]:
    """How many versions of its figures came after what the reporter of each case read."""
    seen = list(_seen(session, case))
    edition = published.current_edition(session).n
    later = published.editions_replacing(session, {key for _, key, _ in seen}, edition=edition)
    times: Counter[str] = Counter()
    for case_id, key, read in seen:
        times[case_id] += sum(n > read for n in later.get(key, ()))
    return times


def _seen(session: Session, case: Case | None) -> Iterator[tuple[str, FigureKey, int]]:
    """The figures of cases, each with the edition in which the reporter read it."""
    which = Case.state != CaseState.CLOSED if case is None else Case.id == case.id
    for table in (Case, SubjectRow):
        query = select(Case.id, table.body_code, table.indicator_code, table.period, table.edition_seen).where(
            which
        )
        if table is SubjectRow:
            query = query.join(SubjectRow, SubjectRow.case_id == Case.id)
        for case_id, body, indicator, period, edition in session.execute(query):
            if body and indicator and period and edition is not None:
                yield case_id, FigureKey(body, indicator, period), edition
