"""Which list a new report comes on: in a flood it is set aside, never refused.

This is asked for every report that is sent. One index leads to the day, the list, the body and the figure, and no
more of it is read than what makes a flood, however many reports there are.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import ColumnElement, Integer, ScalarSelect, Select, bindparam, func, literal, select

from portal.cases import rules
from portal.cases.models import Case
from portal.cases.rules import OfADay
from portal.cases.values import CaseKind, Lane, Subject
from portal.config import Settings
from portal.foundation.reads import Ask, Read


def _on_list(most: str, *conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    """How many cases of a `day` that fulfil these conditions were not set aside, up to so many."""
    here = select(literal(1)).where(Case.received_on == bindparam("day"), Case.lane == Lane.MAIN, *conditions)
    return (
        select(func.count()).select_from(here.limit(bindparam(most, type_=Integer)).subquery()).scalar_subquery()
    )


def _counts(body: ColumnElement[bool], *subject: ColumnElement[bool]) -> Select[int, int, int]:
    return select(_on_list("every"), _on_list("of_body", body), _on_list("of_subject", body, *subject))


_BODY, _NO_FIGURE = Case.body_code == bindparam("body"), Case.indicator_code.is_(None)
_FIGURE = Case.indicator_code == bindparam("indicator"), Case.period == bindparam("period")
COUNTS = {
    "figure": _counts(_BODY, *_FIGURE),
    "body": _counts(_BODY, _NO_FIGURE),
    "nothing": _counts(Case.body_code.is_(None), _NO_FIGURE),
}
_COUNTED = {about: Read(query) for about, query in COUNTS.items()}


def lane_of(ask: Ask, subject: Subject, *, settings: Settings, day: date) -> Lane:
    """On which list a report of `day` comes, by the first of the things it is about."""
    most = OfADay(settings.report_lane_daily, settings.report_lane_body, settings.report_lane_subject)
    given = {"day": day.isoformat(), "every": most.every, "of_body": most.body, "of_subject": most.subject}
    about: dict[str, str | None] = {}
    if subject.kind is CaseKind.FIGURE:
        kind, about = "figure", {"body": subject.body, "indicator": subject.indicator, "period": subject.period}
    elif subject.body is not None:
        kind, about = "body", {"body": subject.body}
    else:
        kind = "nothing"
    (found,) = ask(_COUNTED[kind], **given, **about)
    return rules.lane_for(OfADay(*found), most)
