"""Before a closed month is published for the first time, the published rules look at it."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.foundation.clock import months_after
from portal.ratings.counting import NOTHING, counted_in
from portal.ratings.models import CommentRow, OwnNetworkRow, ReceiptCountRow, RollUpRow
from portal.ratings.rules.integrity import (
    MONTHS_LOOKED_BACK,
    Ages,
    Codes,
    Fired,
    judge_ages,
    judge_channels,
    judge_codes,
    judge_own_network,
)
from portal.ratings.rules.likeness import judge_texts
from portal.ratings.rules.rolling import CHANNEL
from portal.ratings.served import matters_in
from portal.ratings.services.findings import set_aside
from portal.ratings.services.resembling import comments_said

Found = Sequence[tuple[str, str, Fired]]
"""What fired, with the service and the month it fired on."""


def find_alike_texts(session: Session, months: Collection[str]) -> Found:
    """Look at the comments of those of the months that nobody has read about yet: the one rule that takes long, so
    it only reads, and holds up nobody who rates. Of a service it keeps sketches of texts, never all texts. What a
    moderator decided makes no difference: a hidden comment stays counted."""
    return [
        (service, month, fired)
        for month in _unpublished(session, months)
        for service, said in comments_said(session, CommentRow.period == month)
        for fired in judge_texts(said)
    ]


def check_closed_months(
    session: Session, months: Collection[str], *, alike: Found, threshold: int, now: datetime
) -> int:
    """Set aside what the rules are about; return how many findings are new. `alike`: from `find_alike_texts`.

    Matters can be told later, so codes are compared with them in each look; the rest is looked at until the month
    is published, and after that nothing is known any more of who came from the body's own network.
    """
    fired = list(alike)
    unpublished = _unpublished(session, months)
    for month in months:
        fired += ((service, month, one) for service, one in _codes(session, month))
        if month in unpublished:
            fired += ((service, month, one) for service, one in _of_month(session, month))
    found = [
        set_aside(session, one, service=service, period=month, threshold=threshold, now=now)
        for service, month, one in fired
    ]
    session.execute(delete(OwnNetworkRow).where(OwnNetworkRow.period.in_(unpublished)))
    return sum(one is not None for one in found)


def _unpublished(session: Session, months: Collection[str]) -> Collection[str]:
    published = set(session.scalars(select(RollUpRow.period).where(RollUpRow.period.in_(months)).distinct()))
    return [month for month in months if month not in published]


def _of_month(session: Session, month: str) -> Iterator[tuple[str, Fired]]:
    yield from _ages(session, month)
    yield from _own_network(session, month)
    before = counted_in(session, months_after(month, -1))
    for service, counted in counted_in(session, month).items():
        for one in judge_channels(counted.ways[CHANNEL], before.get(service, NOTHING).ways[CHANNEL]):
            yield service, one


def _codes(session: Session, month: str) -> Iterator[tuple[str, Fired]]:
    """Compare the codes of a month with the matters that another source counted: silent where none has."""
    matters = matters_in(session, month)
    for row in session.scalars(select(ReceiptCountRow).where(ReceiptCountRow.period == month)):
        if row.service in matters and (one := judge_codes(Codes(row.issued, row.used, matters[row.service]))):
            yield row.service, one


def _ages(session: Session, month: str) -> Iterator[tuple[str, Fired]]:
    now: dict[str, Ages] = {}
    before: dict[str, Ages] = {}
    rows = session.scalars(
        select(ReceiptCountRow).where(
            ReceiptCountRow.period >= months_after(month, -MONTHS_LOOKED_BACK), ReceiptCountRow.period <= month
        )
    )
    for row in rows:
        month_or_past = now if row.period == month else before
        past = month_or_past.get(row.service, Ages())
        month_or_past[row.service] = past + Ages(row.used, row.same_day, row.old)
    for service, ages in now.items():
        if one := judge_ages(ages, before.get(service, Ages())):
            yield service, one


def _own_network(session: Session, month: str) -> Iterator[tuple[str, Fired]]:
    counts: dict[str, dict[tuple[str, int], int]] = {}
    for row in session.scalars(select(OwnNetworkRow).where(OwnNetworkRow.period == month)):
        counts.setdefault(row.service, {})[row.channel, row.level] = row.count
    for service, count in counts.items():
        if one := judge_own_network(count):
            yield service, one
