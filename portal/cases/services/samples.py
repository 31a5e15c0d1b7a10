"""A sample of dismissed cases is drawn once a quarter and read again; the log commits to how before it begins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.cases import drawing
from portal.cases.models import BatchMemberRow, Case, Filing, RereadRow, SampleRow
from portal.cases.services import about, reminders
from portal.cases.values import Reread
from portal.cases.values.quarters import Quarter
from portal.config import Settings
from portal.foundation import crypto
from portal.foundation.actor import Actor
from portal.foundation.keys import KeyRing
from portal.publishing import queries as published
from portal.publishing.services import propose_act
from portal.publishing.values import ActKind

KEY = "lookup"
_AT_ONCE = 500
TENTH = 10
"""Of reports that were dismissed together a tenth of the share is drawn: a sample of them was read before."""


def commit_due(session: Session, *, keys: KeyRing, settings: Settings, now: datetime) -> None:
    """Commit to the seeds of this quarter, if the log is older than it, and of the next. Twice it does nothing."""
    this = Quarter.of(now.date())
    for quarter in (this, this.after):
        if session.get(SampleRow, str(quarter)) is not None:
            continue
        percent = settings.report_reread_percent
        session.add(SampleRow(period=str(quarter), percent=percent, told=False))
        said = _said(str(quarter), drawing.commitment_to(drawing.seed_of(keys.get(KEY), str(quarter))), percent)
        publish(session, f"sample-{quarter}", [said], now)


def draw(
    session: Session, quarter: Quarter, *, keys: KeyRing, settings: Settings, now: datetime
) -> dict[str, Any] | None:
    """Draw among the dismissed cases received by the end of `quarter` that no draw has seen; what the act says.

    None where the log did not commit to this quarter in time.
    """
    row = session.get(SampleRow, str(quarter))
    promised = _committed(session, str(quarter))
    if row is None or promised is None:
        return None
    seed = drawing.seed_behind(promised, keys.every(KEY), row.period)
    cases = {case.id: case for case in _dismissed(session, quarter)}
    together = cases.keys() & set(session.scalars(select(BatchMemberRow.case_id)))
    marks = marks_of(session, cases)
    alone = {one: mark for one, mark in marks.items() if one not in together}
    drawn = drawing.draw(seed, alone, percent=row.percent) | drawing.draw(
        seed, {one: marks[one] for one in together}, percent=row.percent, part=TENTH
    )
    for case in (cases[one] for one in sorted(drawn)):
        led = reminders.led_by(session, case)
        session.add(
            RereadRow(
                case_id=case.id,
                period=row.period,
                drawn_on=now.date(),
                assigned_to=led.assigned_to,
                proposed_by=led.proposed_by,
                decided_by=led.decided_by,
            )
        )
        session.flush()
        reminders.on_drawn(session, case, settings=settings, now=now)
    row.drawn_on, row.told = now.date(), len(cases) >= settings.report_threshold
    session.flush()
    return _said(row.period, promised, row.percent, seed=seed, drawn=len(drawn) if row.told else None)


def marks_of(session: Session, case_ids: Iterable[str]) -> dict[str, bytes]:
    """What the lot falls on: the commitment of each case's proof of filing."""
    marks = {one: crypto.sha256(one.encode()) for one in case_ids}
    query = select(Filing.case_id, Filing.commitment)
    every = sorted(marks)
    for at in range(0, len(every), _AT_ONCE):
        found = session.execute(query.where(Filing.case_id.in_(every[at : at + _AT_ONCE])))
        marks |= {row.case_id: row.commitment for row in found}
    return marks


def promise_for(session: Session, quarter: Quarter, *, keys: KeyRing) -> tuple[bytes, int] | None:
    """The seed that the log committed to for a quarter, and the share it draws; None where it did not."""
    row, promised = session.get(SampleRow, str(quarter)), _committed(session, str(quarter))
    if row is None or promised is None:
        return None
    return drawing.seed_behind(promised, keys.every(KEY), row.period), row.percent


def results(session: Session, quarter: Quarter, *, keys: KeyRing) -> dict[str, Any] | None:
    """What came of a sample so far, a quarter after it was drawn; None where it was too small to tell."""
    row, promised = session.get(SampleRow, str(quarter)), _committed(session, str(quarter))
    if row is None or not row.told or promised is None:
        return None
    found = Counter(session.scalars(select(RereadRow.result).where(RereadRow.period == row.period)))
    seed = drawing.seed_behind(promised, keys.every(KEY), row.period)
    said = _said(row.period, promised, row.percent, seed=seed, drawn=found.total())
    return said | {"read": {result.value: str(found[result.value]) for result in Reread}}


def waiting(session: Session, case_id: str) -> RereadRow | None:
    """That a case is to be read again, or None."""
    query = select(RereadRow).where(RereadRow.case_id == case_id, RereadRow.result.is_(None))
    return session.scalar(query.limit(1))


def on_reopened(session: Session, case: Case, *, day: date) -> None:
    """A case that is looked at again anyway needs no second reader."""
    row = waiting(session, case.id)
    if row is not None:
        row.result, row.read_on = Reread.REOPENED, day
        session.flush()
    reminders.on_reread(session, case, today=day)


def _dismissed(session: Session, quarter: Quarter) -> list[Case]:
    """Dismissed since the last draw, or of this quarter; reports received later wait for their own draw.

    Those that were joined with another case count by what became of their own words. That a figure was found false
    says so of a report about that very figure alone: everything else that the report said was put away by joining.
    """
    seen = session.scalar(select(func.max(SampleRow.drawn_on))) or date.min
    query = select(Case).where(
        Case.finding.is_not(None),
        Case.finding.in_(sorted(drawing.DISMISSED)) | Case.merged_into.is_not(None),
        Case.received_on < quarter.after.start,
        (Case.received_on >= quarter.start) | (Case.decided_on > seen),
    )
    found = session.scalars(query.order_by(Case.id))
    return [one for one in found if one.finding in drawing.DISMISSED or not about.is_borne_out(session, one)]


def _committed(session: Session, period: str) -> bytes | None:
    found = published.find_sample(session, period, edition=published.current_edition(session).n)
    return None if found is None else bytes.fromhex(found.commitment)


def _said(
    period: str, commitment: bytes, percent: int, *, seed: bytes | None = None, drawn: int | None = None
) -> dict[str, Any]:
    return {
        "t": "sample",
        "period": period,
        "commitment": commitment.hex(),
        "percent": str(percent),
        "seed": None if seed is None else seed.hex(),
        "drawn": None if drawn is None else str(drawn),
        "read": {},
    }


def publish(session: Session, act_id: str, statements: Sequence[dict[str, Any]], now: datetime) -> None:
    """Have an act about cases in the log that nobody decides on: it comes by itself, each quarter."""
    system = Actor.system().person_id
    propose_act(
        session,
        kind=ActKind.CASES,
        statements=statements,
        proposed_by=system,
        approved_by=system,
        now=now,
        act_id=act_id,
    )
