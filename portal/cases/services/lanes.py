"""Which list a new report comes on: in a flood it is set aside, never refused.

This is asked for every report that is sent. One index leads to the day, the list, the body and the figure, and no
more of it is read than what makes a flood, however many reports there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, case, func, literal_column, select, true
from sqlalchemy import tuple_ as row_of

from portal.cases import rules
from portal.cases.models import Case
from portal.cases.rules import OfADay
from portal.cases.services import reminders
from portal.cases.values import CaseKind, Lane, Subject
from portal.config import Settings
from portal.duties.services import OPEN
from portal.foundation.reads import Ask, Read, Rows


@dataclass(frozen=True, slots=True)
class Place:
    """On which list a report comes; and who was told what (`OPEN`) of those of its body and day that were set
    aside."""

    lane: Lane
    told: Rows


_ONE: ColumnElement[int] = literal_column("1")
_ON_LIST = literal_column(f"'{Lane.MAIN.value}'", Case.lane.type)
_MAIN = and_(Case.received_on == bindparam("day"), Case.lane == _ON_LIST)
_ITS, _WANTED = row_of(Case.lane, Case.body_code), row_of(_ON_LIST, bindparam("body", type_=Case.body_code.type))
_BODY = and_(_MAIN, _ITS >= _WANTED, _ITS <= _WANTED)
_NO_BODY = and_(_MAIN, case((Case.body_code.is_(None), _ONE)) == _ONE)
"""In words that call for no index but the one that begins with the day: while PostgreSQL knows little of the
table, it would as soon take one that begins with the body, and read every case there ever was about it."""


def _counts(body: ColumnElement[bool], **figure: str) -> Select[*tuple[Any, ...]]:
    """How many cases of a day were not set aside, up to so many: all; those about a body; and of them those about
    a figure, or about none. With it comes who was told of those that were, a row for each, or one with nobody."""
    day = select(_ONE).where(_MAIN).limit(bindparam("every", type_=Integer)).subquery()
    every = select(func.count()).select_from(day).scalar_subquery()
    some = select(Case.indicator_code, Case.period).where(body).limit(bindparam("of_body", type_=Integer))
    its = some.subquery()
    alike = [its.c[column] == bindparam(name) for column, name in figure.items()]
    alike = alike or [its.c.indicator_code.is_(None)]
    counted = select(
        every.label("every"), func.count().label("of_body"), func.count().filter(*alike).label("of_subject")
    )
    here = counted.select_from(its).subquery()
    return select(*here.c, *OPEN.c).select_from(here.outerjoin(OPEN, true()))


COUNTS = {
    "figure": _counts(_BODY, indicator_code="indicator", period="period"),
    "body": _counts(_BODY),
    "nothing": _counts(_NO_BODY),
}
_COUNTED = {about: Read(query) for about, query in COUNTS.items()}


def place(ask: Ask, subject: Subject, *, settings: Settings, day: date) -> Place:
    """Where a report of `day` comes, by the first of the things it is about."""
    most = OfADay(settings.report_lane_daily, settings.report_lane_body, settings.report_lane_subject)
    given = {"day": day.isoformat(), "every": most.every, "of_body": most.body}
    about: dict[str, str | None] = {}
    if subject.kind is CaseKind.FIGURE:
        kind, about = "figure", {"body": subject.body, "indicator": subject.indicator, "period": subject.period}
    elif subject.body is not None:
        kind, about = "body", {"body": subject.body}
    else:
        kind = "nothing"
    found = ask(_COUNTED[kind], **given, **about, kind=reminders.ASIDE, subject=reminders.aside(subject.body, day))
    counted, told = OfADay(*found[0][:3]), [row[3:] for row in found if row[3] is not None]
    return Place(rules.lane_for(counted, most), told)
