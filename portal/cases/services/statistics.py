"""Once a quarter, an act says in public what became of reports, whether there were any, few or none.

A quarter is counted when one more whole quarter is over: by then every term of its reports has ended, unless two
people extended it. What is said is decided in `cases.counting`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from portal.cases.counting import Counted, Kept, Reported, count
from portal.cases.models import Case, CountedRow, Item, MissedRow, StepRow
from portal.cases.services import after_finding, samples
from portal.cases.values import CaseState, Deadline, Finding, ItemKind
from portal.cases.values.quarters import Quarter
from portal.config import Settings
from portal.foundation.keys import KeyRing
from portal.publishing import queries as published

_TAKEN = (CaseState.ASSIGNED, CaseState.JOINED)
"""Somebody has it in hand, or the case that it was joined into."""


def publish_due(session: Session, *, keys: KeyRing, settings: Settings, now: datetime) -> tuple[str, ...]:
    """Publish every quarter that is due and was not; return their names. Done twice it does nothing."""
    began = published.get_edition(session, 1).at if published.current_edition(session).n else None
    this = Quarter.of(now.date())
    if began is None or Quarter.of(began.date()) == this:
        return ()
    due = Quarter.of(began.date()).until(this.before)
    waiting = [quarter for quarter in due if session.get(CountedRow, str(quarter)) is None]
    for quarter in waiting:
        _publish(session, quarter, keys=keys, settings=settings, now=now)
    samples.commit_due(session, keys=keys, settings=settings, now=now)
    return tuple(str(one) for one in waiting)


def is_counted(session: Session, case: Case) -> bool:
    """Whether its quarter was counted in public; until then a case has to stay.

    A quarter that was too small is counted again with the next ones, without those of its cases whose time is over
    by then: nobody's report is kept for the sake of a number.
    """
    return session.get(CountedRow, str(Quarter.of(case.received_on))) is not None


def _publish(session: Session, quarter: Quarter, *, keys: KeyRing, settings: Settings, now: datetime) -> None:
    before = session.get(CountedRow, str(quarter.before))
    first = Quarter.parse(before.first) if before is not None and not before.shown else quarter
    threshold, as_of = settings.report_threshold, now.date()
    counted = count(_reports(session, first, quarter), threshold=threshold)
    told, untold = after_finding.told(
        session, before, may_tell=counted is not None, settings=settings, today=as_of
    )
    read_again = (
        samples.results(session, quarter.before, keys=keys),
        samples.draw(session, quarter, keys=keys, settings=settings, now=now),
    )
    about = {"period": str(quarter), "first": str(first), "as_of": as_of.isoformat(), "threshold": str(threshold)}
    said = _said(counted)
    said["duties"] |= {duty.value: _duty(kept) for duty, kept in told.items()}
    statements = [{"t": "cases", **about, **said}, *(one for one in read_again if one)]
    samples.publish(session, f"cases-{quarter}", statements, now)
    shown = counted is not None
    session.add(CountedRow(period=str(quarter), first=str(first), shown=shown, as_of=as_of, untold=untold or None))
    session.flush()


def _said(counted: Counted | None) -> dict[str, Any]:
    if counted is None:
        return {"suppressed": True, "n": None, "stages": {}, "outcomes": {}, "duties": {}}
    return {
        "suppressed": False,
        "n": str(counted.n),
        "stages": _texts(counted.stages),
        "outcomes": _texts({finding.value: n for finding, n in counted.outcomes.items()}),
        "duties": {duty.value: _duty(kept) for duty, kept in counted.duties.items()},
    }


def _texts(parts: Mapping[str, int | None]) -> dict[str, str | None]:
    return {name: None if n is None else str(n) for name, n in parts.items()}


def _duty(kept: Kept) -> dict[str, str | None]:
    days = None if kept.median_days is None else f"{kept.median_days:g}"
    return {"in_time": str(kept.in_time), "missed": str(kept.missed), "median_days": days}


def _reports(session: Session, first: Quarter, last: Quarter) -> list[Reported]:
    """The reports received in these quarters, as they stand."""
    received = Case.received_on >= first.start, Case.received_on < last.after.start
    cases = session.scalars(select(Case).where(*received)).all()
    among = select(Case.id).where(*received)
    missed: dict[str, set[Deadline]] = {}
    for row in session.scalars(select(MissedRow).where(MissedRow.case_id.in_(among))):
        missed.setdefault(row.case_id, set()).add(Deadline(row.deadline))
    decided, taken = (_first(session, among, *states) for states in ((CaseState.DECIDED,), _TAKEN))
    waited = _waits(session, among)
    return [
        _reported(case, missed.get(case.id, ()), decided.get(case.id), taken.get(case.id), waited.get(case.id))
        for case in cases
    ]


def _first(session: Session, among: Select[str], *states: CaseState) -> dict[str, date]:
    """The day on which each of these reports came into one of the states for the first time."""
    steps = select(StepRow).where(StepRow.case_id.in_(among), StepRow.state.in_(states))
    return {step.case_id: step.day for step in session.scalars(steps.order_by(StepRow.number.desc()))}


def _waits(session: Session, among: Select[str]) -> dict[str, int]:
    """The most days that a message of each of these reporters waited for an answer it got."""
    kinds = (ItemKind.FROM_REPORTER, ItemKind.TO_REPORTER)
    query = select(Item.case_id, Item.kind, Item.day).where(Item.case_id.in_(among), Item.kind.in_(kinds))
    waits: dict[str, int] = {}
    since: dict[str, date] = {}
    for case_id, kind, day in session.execute(query.order_by(Item.case_id, Item.position)):
        if kind == ItemKind.FROM_REPORTER:
            since.setdefault(case_id, day)
        elif case_id in since:
            waits[case_id] = max((day - since.pop(case_id)).days, waits.get(case_id, 0))
    return waits


def _reported(
    case: Case, missed: Iterable[Deadline], decided_on: date | None, taken_on: date | None, waited: int | None
) -> Reported:
    days = {} if waited is None else {Deadline.ANSWER: waited}
    if case.acknowledged_on is not None:
        days[Deadline.ACKNOWLEDGE] = (case.acknowledged_on - case.received_on).days
        if case.message_on is not None:
            days[Deadline.MESSAGE] = (case.message_on - case.acknowledged_on).days
        if taken_on is not None:
            days[Deadline.ASSIGN] = (taken_on - case.acknowledged_on).days
    if decided_on is not None:
        days[Deadline.FEEDBACK] = (decided_on - case.received_on).days
    late = set(missed)
    if case.acknowledged_on is None:
        late |= {Deadline.MESSAGE, Deadline.ASSIGN}  # what was never acknowledged, nobody took in hand or answered
    finding = Finding(case.finding) if case.finding else None
    return Reported(CaseState(case.state), finding, frozenset(late), days)
