"""With each fold: did far more marks of a service come by one way than on any of its usual days?

What is kept of a day is its size alone, and only of busy days (`rules.bursts`).
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.ratings.models import BusyDayRow, FoldedRow
from portal.ratings.rules.bursts import DAYS_LOOKED_BACK, SMALLEST, judge_day, size_of
from portal.ratings.rules.integrity import Cell
from portal.ratings.services.findings import set_aside
from portal.ratings.services.folding import Marks

Way = tuple[str, str, bool]
"""A service, a channel, and whether with a code."""


def watch_folded(session: Session, *, threshold: int, now: datetime) -> int:
    """Look at every day that was folded and not yet looked at; return how many findings are new.

    Done and noted in one transaction: a day is looked at once, however often the night's work stops in between.
    """
    oldest = (now.date() - timedelta(days=DAYS_LOOKED_BACK)).isoformat()
    session.execute(delete(BusyDayRow).where(BusyDayRow.day < oldest))
    days: dict[str, Marks] = defaultdict(Marks)
    for row in session.scalars(select(FoldedRow).order_by(FoldedRow.day)):
        days[row.day][row.service, row.period, row.level, row.verified, row.channel] = row.count
    found = sum(
        watch_day(session, marks, today=date.fromisoformat(day), threshold=threshold, now=now)
        for day, marks in days.items()
    )
    session.execute(delete(FoldedRow).execution_options(synchronize_session=False))
    return found


def watch_day(session: Session, marks: Marks, *, today: date, threshold: int, now: datetime) -> int:
    """Look at what the fold has counted on a day, and note how busy it was; return how many findings are new."""
    found = 0
    ways = _by_way(marks)
    for (service, channel, verified), months in ways.items():
        whole = sum(sum(cells.values()) for cells in months.values())
        if size_of(whole) < SMALLEST:
            continue
        rows = session.scalars(
            select(BusyDayRow).where(
                BusyDayRow.service == service, BusyDayRow.channel == channel, BusyDayRow.verified.is_(verified)
            )
        ).all()
        sizes = [row.size for row in rows if row.day < today.isoformat()]
        for period, cells in months.items():  # around the first of a month a day has two of them
            fired = judge_day(cells, sizes, day=today.isoformat())
            if fired and set_aside(session, fired, service=service, period=period, threshold=threshold, now=now):
                found += 1
        _note(session, rows, (service, channel, verified), today.isoformat(), size_of(whole))
    return found


def _by_way(marks: Marks) -> Mapping[Way, Mapping[str, Counter[Cell]]]:
    found: dict[Way, dict[str, Counter[Cell]]] = defaultdict(lambda: defaultdict(Counter))
    for (service, period, level, verified, channel), count in marks.items():
        found[service, channel, verified][period][channel, verified, level] += count
    return found


def _note(session: Session, rows: Sequence[BusyDayRow], way: Way, day: str, size: int) -> None:
    before = next((row for row in rows if row.day == day), None)
    if before is not None:
        before.size = max(before.size, size)
        return
    service, channel, verified = way
    session.add(BusyDayRow(service=service, channel=channel, verified=verified, day=day, size=size))
