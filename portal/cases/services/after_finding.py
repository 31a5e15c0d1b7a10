"""What is owed after a finding, in the numbers of a quarter: corrections, reading again, asking after closing.

Their days end when the report was counted long ago. So each is counted in the quarter in which it was done or
missed, from the day after the last numbers that told of its kind: each is told once, and never of few.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.cases.counting import AFTER, Ended, Kept, count_after
from portal.cases.models import Case, CheckInRow, CountedRow, MissedRow, RereadRow
from portal.cases.values import Deadline, Reread
from portal.config import Settings


def told(
    session: Session, before: CountedRow | None, *, may_tell: bool, settings: Settings, today: date
) -> tuple[Mapping[Deadline, Kept], dict[str, str]]:
    """What can be told of each of these duties up to yesterday, and since when the others wait to be told.

    `before` is the quarter counted last; nothing is told with a quarter of too few reports.
    """
    waiting = (before.untold or {}) if before is not None else {}
    beginning = before.as_of if before is not None else date.min
    since = {duty: date.fromisoformat(waiting.get(duty.value, beginning.isoformat())) for duty in AFTER}
    ended = (one for duty in sorted(AFTER) for one in _ended(session, duty, since[duty], today))
    found = count_after(ended, threshold=settings.report_threshold) if may_tell else {}
    return found, {duty.value: since[duty].isoformat() for duty in sorted(AFTER) if duty not in found}


def _ended(session: Session, duty: Deadline, since: date, until: date) -> Iterator[Ended]:
    """Every end of such a duty from `since` to the day before `until`."""
    missed = {
        (row.case_id, row.due_on): row.noticed_on
        for row in session.scalars(select(MissedRow).where(MissedRow.deadline == duty))
    }
    yield from (Ended(duty, missed=True, done=False) for day in missed.values() if since <= day < until)
    for case_id, began, done_on in _done(session, duty):
        if since <= done_on < until:
            late = any(case == case_id and began <= due < done_on for case, due in missed)
            yield Ended(duty, missed=late, done=True, days=(done_on - began).days)


def _done(session: Session, duty: Deadline) -> Iterator[tuple[str, date, date]]:
    """The case, the day on which the duty began, and the day on which it was done."""
    if duty is Deadline.CORRECT:
        query = select(Case.id, Case.decided_on, Case.corrected_on).where(Case.decided_on.is_not(None))
        found = session.execute(query.where(Case.corrected_on.is_not(None)))
    elif duty is Deadline.REREAD:
        read = RereadRow.read_on.is_not(None), RereadRow.result != Reread.REOPENED
        found = session.execute(select(RereadRow.case_id, RereadRow.drawn_on, RereadRow.read_on).where(*read))
    else:
        asked = CheckInRow.asked_on.is_not(None), CheckInRow.opened_on.is_not(None)
        found = session.execute(
            select(CheckInRow.case_id, CheckInRow.opened_on, CheckInRow.asked_on).where(*asked)
        )
    for case_id, began, done_on in found:
        if began is not None and done_on is not None:
            yield case_id, began, done_on
