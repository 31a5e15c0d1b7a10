"""Before a closed month is published for the first time, the published rules look at it."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.foundation.clock import months_after
from portal.ratings.counting import NOTHING, counted_in
from portal.ratings.models import ReceiptCountRow, RollUpRow, TotalRow
from portal.ratings.rules.integrity import Codes, judge_channels, judge_codes
from portal.ratings.rules.rolling import CHANNEL
from portal.ratings.served import matters_in
from portal.ratings.services.findings import set_aside
from portal.ratings.values import closed_months


def check_closed_months(session: Session, *, now: datetime) -> int:
    """Look at every closed month; return how many findings are new. Matters can be told later, so codes are
    compared with them in each run, channels only until the month is published."""
    found = 0
    for month in closed_months(session.scalar(select(func.min(TotalRow.period))), now):
        found += check_codes(session, period=month, now=now)
        if session.scalar(select(RollUpRow.period).where(RollUpRow.period == month).limit(1)) is None:
            found += check_channels(session, period=month, now=now)
    return found


def check_codes(session: Session, *, period: str, now: datetime) -> int:
    """Compare the codes of a month with the matters that another source counted: silent where none has."""
    matters = matters_in(session, period)
    counts = session.scalars(select(ReceiptCountRow).where(ReceiptCountRow.period == period)).all()
    fired = [
        (row.service, one)
        for row in counts
        if row.service in matters and (one := judge_codes(Codes(row.issued, row.used, matters[row.service])))
    ]
    return sum(
        set_aside(session, one, service=service, period=period, now=now) is not None for service, one in fired
    )


def check_channels(session: Session, *, period: str, now: datetime) -> int:
    before = counted_in(session, months_after(period, -1))
    return sum(
        set_aside(session, fired, service=service, period=period, now=now) is not None
        for service, counted in counted_in(session, period).items()
        for fired in judge_channels(counted.ways[CHANNEL], before.get(service, NOTHING).ways[CHANNEL])
    )
