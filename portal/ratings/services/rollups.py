"""Roll-ups: once a month is over, one act says how each service was rated in it.

Every published service gets a statement, those without enough marks a suppressed one without any number:
so nobody learns from a missing line that there was no mark, or from a new one that there was the first.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.foundation.actor import Actor
from portal.foundation.i18n import N_
from portal.foundation.ids import new_id
from portal.publishing.services import propose_act
from portal.publishing.values import ActKind
from portal.ratings import rules
from portal.ratings.errors import MonthStillOpen, NotAMonth
from portal.ratings.models import RollUpRow, TotalRow
from portal.ratings.register import RatedService, list_services
from portal.ratings.values import Counts, Summary, month_of, months_after
from portal.registry.values import Period, PeriodType

NONE = Counts((0, 0, 0, 0, 0))


def roll_up_closed_months(session: Session, *, threshold: int, now: datetime) -> tuple[str, ...]:
    """Publish every closed month that has something to say; return the acts' ids. Done twice it does nothing."""
    month = session.scalar(select(func.min(TotalRow.period)))
    acts: list[str] = []
    while month is not None and rules.may_roll_up(month, current=month_of(now)):
        act = roll_up(session, period=month, threshold=threshold, now=now)
        acts += [act] if act else []
        month = months_after(month, 1)
    return tuple(acts)


def roll_up(session: Session, *, period: str, threshold: int, now: datetime) -> str | None:
    """Propose the act that publishes the closed month `period`; None when nothing has changed enough.

    Raises NotAMonth, MonthStillOpen.
    """
    _require_closed(period, now)
    before = {row.service: row for row in session.scalars(select(RollUpRow).where(RollUpRow.period == period))}
    counted = _counts(session, period)
    act_id = new_id()
    rows: list[RollUpRow] = []
    statements: list[Mapping[str, Any]] = []
    for service in list_services(session):
        counts, old = counted.get(service.code, NONE), before.get(service.code)
        if old and not rules.may_change(Counts(tuple(old.counts)), counts, threshold=threshold):
            continue
        summary = rules.summarise(counts, threshold=threshold)
        statements.append(_statement(service, period, summary))
        rows.append(
            RollUpRow(
                service=service.code,
                period=period,
                counts=list(counts.by_level),
                suppressed=summary.suppressed,
                act_id=act_id,
            )
        )
    if not statements:
        return None
    propose_act(
        session,
        kind=ActKind.RATINGS,
        statements=statements,
        proposed_by=Actor.system().person_id,
        approved_by=Actor.system().person_id,
        now=now,
        act_id=act_id,
    )
    for row in rows:
        session.merge(row)
    return act_id


def _require_closed(period: str, now: datetime) -> None:
    try:
        Period.parse(period, PeriodType.MONTH)
    except ValueError:
        raise NotAMonth(N_("Write the month as 2026-02.")) from None
    if not rules.may_roll_up(period, current=month_of(now)):
        raise MonthStillOpen(N_("This month is not over yet: its ratings are published when it is."))


def _counts(session: Session, period: str) -> dict[str, Counts]:
    found: dict[str, list[int]] = defaultdict(lambda: [0] * 5)
    rows = session.execute(
        select(TotalRow.service, TotalRow.level, func.sum(TotalRow.count))
        .where(TotalRow.period == period)
        .group_by(TotalRow.service, TotalRow.level)
    )
    for service, level, count in rows:
        found[service][level - 1] = int(count)
    return {service: Counts(tuple(levels)) for service, levels in found.items()}  # type: ignore[arg-type]


def _statement(service: RatedService, period: str, summary: Summary) -> dict[str, Any]:
    return {
        "t": "rating",
        "service": service.code,
        "body": service.body,
        "period": period,
        "suppressed": summary.suppressed,
        "n": None if summary.n is None else str(summary.n),
        "levels": {
            str(int(level)): {"share": share.share, "low": share.low, "high": share.high}
            for level, share in summary.levels.items()
        },
    }
