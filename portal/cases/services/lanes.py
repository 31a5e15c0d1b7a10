"""Which list a new report comes on: in a flood it is set aside, never refused."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, String, bindparam, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.cases import rules
from portal.cases.models import Case
from portal.cases.values import CaseKind, Lane, Subject
from portal.config import Settings
from portal.foundation.reads import Read


def _count(*conditions: ColumnElement[bool]) -> Read:
    """How many cases of a `day` fulfil some conditions, up to `most`."""
    found = select(Case.id).where(Case.received_on == bindparam("day"), *conditions).limit(bindparam("most"))
    return Read(select(func.count()).select_from(found.subquery()))


def _is(column: InstrumentedAttribute[str | None], name: str) -> ColumnElement[bool]:
    return column.is_not_distinct_from(bindparam(name, type_=String))


_TODAY = _count()
_SAME_BODY = _count(_is(Case.body_code, "body"), Case.indicator_code.is_(None))
_SAME = _count(
    _is(Case.body_code, "body"),
    _is(Case.indicator_code, "indicator"),
    _is(Case.period, "period"),
    _is(Case.service_code, "service"),
)


def lane_of(session: Session, subject: Subject, *, settings: Settings, day: date) -> Lane:
    """On which list a report of `day` about `subject` comes; no more is counted than what makes a flood."""
    session.flush()
    daily, same_subject = settings.report_lane_daily, settings.report_lane_subject
    today, same = {"day": day.isoformat()}, 0
    received = _TODAY.rows(session, most=daily, **today)[0][0]
    if received < daily:
        about = {"body": subject.body, "most": same_subject}
        figure = {
            "indicator": subject.indicator,
            "period": subject.period,
            "service": subject.service,
        }
        query, more = (_SAME, figure) if subject.kind is CaseKind.FIGURE else (_SAME_BODY, {})
        same = query.rows(session, **today, **about, **more)[0][0]
    return rules.lane_for(
        received_today=received, received_today_same_subject=same, daily=daily, same_subject=same_subject
    )
