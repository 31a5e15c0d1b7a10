"""What a case is about: a figure, a service or a body, and what else the same report names.

Most cases are about one thing, which stands in their own row; nothing is looked up for them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from functools import lru_cache

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from portal.accounts import queries as accounts
from portal.cases.models import Case, SubjectRow
from portal.cases.values import Subject
from portal.foundation.i18n import Names
from portal.foundation.writes import Step, into
from portal.publishing import queries as published
from portal.publishing.values import FigureKey

_FURTHER = into(SubjectRow)


def subject_of(session: Session, case: Case) -> Subject:
    """Everything this case is about, the main thing first."""
    return subjects_of(session, [case])[case.id]


def names_of(session: Session, subjects: Iterable[Subject]) -> dict[str, Names]:
    """The names of the bodies and indicators of these subjects, by code."""
    wanted = [part for one in subjects for part in one.parts]
    newest = published.current_edition(session).n
    bodies = published.bodies_named(session, {one.body for one in wanted if one.body}, edition=newest)
    indicators = published.indicators_named(
        session, {one.indicator for one in wanted if one.indicator}, edition=newest
    )
    return {code: body.names for code, body in bodies.items()} | {
        code: indicator.names for code, indicator in indicators.items()
    }


def subjects_of(session: Session, cases: Iterable[Case]) -> dict[str, Subject]:
    """The same for many cases at once, by case."""
    found = list(cases)
    rows: dict[str, list[SubjectRow]] = {case.id: [] for case in found if case.further}
    if rows:
        query = select(SubjectRow).where(SubjectRow.case_id.in_(rows)).order_by(SubjectRow.number)
        for row in session.scalars(query):
            rows[row.case_id].append(row)
    return {case.id: _subject(case, tuple(map(_subject, rows.get(case.id, ())))) for case in found}


def further(case_id: str, subject: Subject) -> tuple[Step, ...]:
    """What there is to write of what else a new case is about: nothing for most."""
    rows = [
        {
            "case_id": case_id,
            "number": number,
            "body_code": one.body,
            "indicator_code": one.indicator,
            "period": one.period,
            "service_code": one.service,
            "edition_seen": one.edition,
            "covered": True,
        }
        for number, one in enumerate(subject.more, start=1)
    ]
    return (_FURTHER.step(*rows),) if rows else ()


def far_from(person_id: str, *, at: datetime) -> tuple[ColumnElement[bool], ...]:
    """That nothing connects this person to anything a case of the query is about, nor to what any case that it is
    joined with is about.

    Asked whenever a case is read: whoever becomes connected to one of them has lost them all in that moment, not
    when their keys are deleted. Few cases are joined: for each of the others this is a look into two indexes. The
    offset keeps PostgreSQL from making a join of it, which would look at every case before the first is given out.

    A page asks several times, of the same person in the same moment: the condition is put together once for all.
    """
    return _far_from(person_id, at, accounts.connections_last())


@lru_cache(maxsize=32)
def _far_from(person_id: str, at: datetime, _lasts: timedelta) -> tuple[ColumnElement[bool], ...]:
    one, main = aliased(Case), func.coalesce(Case.merged_into, Case.id)
    joined = or_(one.merged_into == main, one.id == Case.merged_into)
    near = select(one.id).where(joined, _something_connects(person_id, one, at)).correlate(Case)
    return ~_something_connects(person_id, Case, at), ~near.offset(0).exists()


def _something_connects(person_id: str, case: type[Case], at: datetime) -> ColumnElement[bool]:
    """That something connects this person to anything that this very case is about."""
    touched = select(SubjectRow.case_id).where(
        SubjectRow.case_id == case.id, ~_nothing_connects(person_id, SubjectRow, at)
    )
    return or_(~_nothing_connects(person_id, case, at), and_(case.further > 0, touched.correlate(case).exists()))


def joined_with(session: Session, case: Case, *, lock: bool = True) -> tuple[Case, ...]:
    """The cases joined with this one: those it took in, or the one it was joined to and the others there."""
    main = case.merged_into or case.id
    of_main = or_(Case.merged_into == main, Case.id == main)
    query = select(Case).where(of_main, Case.id != case.id).order_by(Case.id)
    return tuple(session.scalars(query.with_for_update() if lock else query))


def named_in(column: ColumnElement[bool]) -> ColumnElement[bool]:
    """That something a case is about besides the main thing fulfils a condition on SubjectRow."""
    return Case.id.in_(select(SubjectRow.case_id).where(column))


def covers(figure: FigureKey) -> ColumnElement[bool]:
    """That the finding of a case covers this figure, as its main thing or besides; before there is one, that it
    is about it."""
    one = Subject(figure.body, figure.indicator, figure.period)
    besides = named_in(and_(_is(SubjectRow, one), SubjectRow.covered))
    return or_(and_(_is(Case, one), Case.covered), besides)


def same_as(subject: Subject) -> ColumnElement[bool] | None:
    """That a case is about one of the same figures or services; None where only bodies are known."""
    arms = []
    for one in subject.parts:
        if one.indicator is not None or one.service is not None:
            arms.append(_is(Case, one))
            arms.append(named_in(_is(SubjectRow, one)))
    return or_(*arms) if arms else None


def _is(table: type[Case] | type[SubjectRow], one: Subject) -> ColumnElement[bool]:
    if one.indicator is None:
        return and_(table.body_code == one.body, table.service_code == one.service)
    return and_(table.body_code == one.body, table.indicator_code == one.indicator, table.period == one.period)


def cases_besides(session: Session, body: str) -> tuple[str, ...]:
    """Cases that are about this body, or something of it, besides their main thing: few, if any."""
    query = select(SubjectRow.case_id).where(SubjectRow.body_code == body).distinct()
    return tuple(session.scalars(query))


def figures_of(session: Session, case: Case) -> tuple[FigureKey, ...]:
    """The figures a case is about, as far as its finding covers them; all of them before there is one."""
    return tuple(key for row in _rows(session, case) if row.covered and (key := _figure(row)) is not None)


def is_borne_out(session: Session, case: Case) -> bool:
    """Whether a finding that something is false covers each thing that this case is about, and each is a figure.

    A finding says by name which figures it covers, and of a service or a body nothing.
    """
    rows = _rows(session, case)
    return all(row.covered and _figure(row) is not None for row in rows)


def accused(session: Session, case: Case) -> tuple[str, ...]:
    """The bodies that the finding goes against: of figures, those it covers."""
    rows = _rows(session, case)
    return tuple(dict.fromkeys(row.body_code for row in rows if row.covered and row.body_code))


def cover(session: Session, case: Case, figures: Collection[FigureKey] | None) -> None:
    """Say which of its figures a finding covers; None means all."""
    case.covered = figures is None or _figure(case) is None or _figure(case) in figures
    if case.further:
        for row in session.scalars(select(SubjectRow).where(SubjectRow.case_id == case.id)):
            row.covered = figures is None or _figure(row) is None or _figure(row) in figures
    session.flush()


def _rows(session: Session, case: Case) -> list[Case | SubjectRow]:
    """Where everything stands that a case is about, the main thing first."""
    rows: list[Case | SubjectRow] = [case]
    if case.further:
        query = select(SubjectRow).where(SubjectRow.case_id == case.id).order_by(SubjectRow.number)
        rows += session.scalars(query)
    return rows


def _figure(row: Case | SubjectRow) -> FigureKey | None:
    if not (row.body_code and row.indicator_code and row.period):
        return None
    return FigureKey(row.body_code, row.indicator_code, row.period)


def _nothing_connects(person_id: str, table: type[Case] | type[SubjectRow], at: datetime) -> ColumnElement[bool]:
    return accounts.nothing_connects(
        person_id, body=table.body_code, indicator=table.indicator_code, period=table.period, at=at
    )


def _subject(row: Case | SubjectRow, more: tuple[Subject, ...] = ()) -> Subject:
    codes = row.body_code, row.indicator_code, row.period, row.service_code, row.edition_seen
    return Subject(*codes, more=more)
