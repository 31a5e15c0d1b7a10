"""Which closed months a night has to look at: those of which something was counted since they were last looked at.

So a night costs what its day brought, and not more with every month that the portal grows older. All of them are
looked at when a month begins, the threshold is another, or there are other services, and by `ratings publish`.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import rfc8785
from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.foundation.crypto import sha256
from portal.foundation.ids import new_id
from portal.ratings.models import FindingRow, MonthRow, TotalRow
from portal.ratings.register import list_services
from portal.ratings.values import closed_months, month_of


def touch(session: Session, periods: Iterable[str]) -> None:
    """Say that something else is counted of these months now: called wherever a month's counts are written."""
    mark = new_id()
    _write(session, [{"period": period, "changed": mark} for period in sorted(set(periods))], ("changed",))


def circumstances(session: Session, *, threshold: int, now: datetime) -> str:
    """What a look at any month depends on besides its own counts, as a digest."""
    services = [[one.code, one.body] for one in list_services(session)]
    return sha256(rfc8785.dumps([threshold, month_of(now), services])).hex()


def months_to_look_at(session: Session, *, under: str, now: datetime) -> Sequence[str]:
    """Closed months that have changed since, or were never looked at `under` these circumstances."""
    rows = session.execute(select(MonthRow.period, MonthRow.changed, MonthRow.seen, MonthRow.under))
    done = {row.period for row in rows if row.seen == row.changed and row.under == under}
    return [month for month in all_closed_months(session, now) if month not in done]


def all_closed_months(session: Session, now: datetime) -> Sequence[str]:
    """Every month that is over, from the first of which anything was counted."""
    # a month whose every mark was set aside has no total any more, and is published all the same
    firsts = (session.scalar(select(func.min(column))) for column in (TotalRow.period, FindingRow.period))
    first = min((each for each in firsts if each is not None), default=None)
    return list(closed_months(first, now))


def mark_of(session: Session, period: str) -> str:
    """What `looked_at` is to be told of a month: read before anything else of it."""
    return session.scalar(select(MonthRow.changed).where(MonthRow.period == period)) or ""


def looked_at(session: Session, seen: Collection[tuple[str, str]], *, under: str) -> None:
    """Note the months that were looked at with their marks; one that has changed meanwhile is looked at again."""
    rows = [{"period": period, "changed": "", "seen": mark, "under": under} for period, mark in sorted(seen)]
    _write(session, rows, ("seen", "under"))


def _write(session: Session, rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> None:
    if not rows:
        return
    upsert = (postgresql if session.get_bind().dialect.name == "postgresql" else sqlite).insert
    statement = upsert(MonthRow.__table__)
    statement = statement.on_conflict_do_update(
        index_elements=["period"], set_={name: statement.excluded[name] for name in columns}
    )
    session.execute(statement, rows)
