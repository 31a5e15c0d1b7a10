"""Roll-ups: once a month is over, one act says how each service, and each body, was rated in it.

Every published service gets a statement, those without enough marks a suppressed one without any number:
so nobody learns from a missing line that there was no mark, or from a new one that there was the first.
What may be shown is decided in `rules.rolling`; here the states before and after are read and kept.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.foundation.actor import Actor
from portal.foundation.db import Database
from portal.foundation.i18n import N_
from portal.foundation.ids import new_id
from portal.publishing.services import propose_act
from portal.publishing.values import ActKind
from portal.ratings import rules, said_rows
from portal.ratings.counting import NOTHING, counted_in
from portal.ratings.errors import MonthStillOpen, NotAMonth
from portal.ratings.models import BodyRollUpRow, RollUpRow
from portal.ratings.register import RatedService, list_services
from portal.ratings.rules.rolling import ServiceSaid, say_body, say_service
from portal.ratings.served import served_in
from portal.ratings.services.findings import set_aside_in
from portal.ratings.services.looking import looked_at, mark_of
from portal.ratings.statements import Served, body_statement, service_statement
from portal.ratings.values import month_of
from portal.registry.values import Period, PeriodType

Statement = Mapping[str, Any]


def roll_up_months(
    database: Database, months: Collection[str], *, under: str, threshold: int, now: datetime
) -> tuple[str, ...]:
    """Publish those of the closed months that have something to say, and note that they were looked at; return the
    acts' ids. Done twice it does nothing. `under`: from `looking.circumstances`.

    Each month is looked at before a transaction is begun for it: most have nothing new to say, and whoever rates
    meanwhile must not wait until that is known.
    """
    acts, unchanged = [], []
    for month in months:
        with database.read() as session:
            mark = mark_of(session, month)
            if not _has_changed(session, month, threshold):
                unchanged.append((month, mark))
                continue
        with database.write() as session:
            mark = mark_of(session, month)
            acts.append(roll_up(session, period=month, threshold=threshold, now=now))
            looked_at(session, [(month, mark)], under=under)
    if unchanged:
        with database.write() as session:
            looked_at(session, unchanged, under=under)
    return tuple(act for act in acts if act)


def roll_up(session: Session, *, period: str, threshold: int, now: datetime) -> str | None:
    """Propose the act that publishes the closed month `period`; None when nothing has changed enough.

    Raises NotAMonth, MonthStillOpen.
    """
    _require_closed(period, now)
    act_id = new_id()
    said, kept = _rolled(session, period, act_id, threshold)
    for unsaid in kept:
        session.merge(unsaid)
    if not said:
        return None
    propose_act(
        session,
        kind=ActKind.RATINGS,
        statements=[statement for statement, _ in said],
        proposed_by=Actor.system().person_id,
        approved_by=Actor.system().person_id,
        now=now,
        act_id=act_id,
    )
    for _, row in said:
        session.merge(row)
    return act_id


def _has_changed(session: Session, period: str, threshold: int) -> bool:
    said, kept = _rolled(session, period, new_id(), threshold)
    return bool(said or kept)


def _rolled(
    session: Session, period: str, act_id: str, threshold: int
) -> tuple[list[tuple[Statement, RollUpRow | BodyRollUpRow]], list[RollUpRow]]:
    """What is to be said of the month, and new counts of which a reader would find no difference."""
    services, kept, by_body = _services(session, period, act_id, threshold)
    return [*services, *_bodies(session, period, act_id, threshold, by_body)], kept


def _services(
    session: Session, period: str, act_id: str, threshold: int
) -> tuple[list[tuple[Statement, RollUpRow]], list[RollUpRow], Mapping[str, dict[str, ServiceSaid]]]:
    """The services of which something else is said than before, those of which only the counts are to be kept, and
    what is said of all, by body."""
    before = {row.service: row for row in session.scalars(select(RollUpRow).where(RollUpRow.period == period))}
    counted, served = counted_in(session, period), served_in(session, period, threshold=threshold)
    aside = set_aside_in(session, period)
    rows: list[tuple[Statement, RollUpRow]] = []
    kept: list[RollUpRow] = []
    by_body: Mapping[str, dict[str, ServiceSaid]] = defaultdict(dict)
    for service in list_services(session):
        row = before.get(service.code)
        old = said_rows.read_service(row.counts, shown=not row.suppressed, said=row.said) if row else None
        now = say_service(
            old, counted.get(service.code, NOTHING), aside.get(service.code, {}), threshold=threshold
        )
        by_body[service.body][service.code] = now
        statement = service_statement(
            service,
            period,
            now,
            served.get(service.code, Served()),
            threshold=threshold,
        )
        said_before = row.said["statement"] if row and row.said else None
        if row is not None and said_before == statement:
            if now is not old:
                kept.append(_row(service, period, now, statement, row.act_id))
        elif row is None or now is not old or said_before:
            rows.append((statement, _row(service, period, now, statement, act_id)))
    return rows, kept, by_body


def _row(service: RatedService, period: str, said: ServiceSaid, statement: Statement, act_id: str) -> RollUpRow:
    return RollUpRow(
        service=service.code,
        period=period,
        counts=list(said.whole.by_level),
        suppressed=not said.shown,
        said=said_rows.service_json(said) | {"statement": statement},
        act_id=act_id,
    )


def _bodies(
    session: Session, period: str, act_id: str, threshold: int, said: Mapping[str, dict[str, ServiceSaid]]
) -> list[tuple[Statement, BodyRollUpRow]]:
    before = {
        row.body: row for row in session.scalars(select(BodyRollUpRow).where(BodyRollUpRow.period == period))
    }
    rows: list[tuple[Statement, BodyRollUpRow]] = []
    for body, services in said.items():
        row = before.get(body)
        now = say_body(said_rows.read_body(row.said) if row else None, services, threshold=threshold)
        statement = body_statement(body, period, now, services.values(), threshold=threshold)
        kept = said_rows.body_json(now) | {"statement": statement}
        if row is None or row.said["statement"] != statement:
            rows.append((statement, BodyRollUpRow(body=body, period=period, said=kept, act_id=act_id)))
    return rows


def _require_closed(period: str, now: datetime) -> None:
    try:
        Period.parse(period, PeriodType.MONTH)
    except ValueError:
        raise NotAMonth(N_("Write the month as 2026-02.")) from None
    if not rules.may_roll_up(period, current=month_of(now)):
        raise MonthStillOpen(N_("This month is not over yet: its ratings are published when it is."))
