"""What ties a person to a body: recorded in the transaction of the act that ties."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from portal.accounts.errors import NoSuchConnection
from portal.accounts.models import ConnectionRow
from portal.accounts.values import ConnectionKind
from portal.audit.services import record
from portal.audit.values import MAIN
from portal.foundation.actor import Actor
from portal.foundation.ids import new_id


def connect(
    session: Session,
    *,
    person_id: str,
    body_code: str,
    kind: ConnectionKind,
    indicator_code: str | None = None,
    period: str | None = None,
    cycle: str | None = None,
    now: datetime,
    until: datetime | None = None,
) -> str:
    """Connect a person to a body, or more narrowly to an indicator, period or cycle of it.

    Employment, supervision and declared interest hold until ended (`until` may be known); the other kinds
    are acts of one moment. All of them count for the set time after they end.
    """
    row = ConnectionRow(
        id=new_id(),
        person_id=person_id,
        body_code=body_code,
        kind=kind.value,
        indicator_code=indicator_code,
        period=period,
        cycle=cycle,
        since=now,
        until=until if kind.lasts_while_open else until or now,
    )
    session.add(row)
    session.flush()
    return row.id


def connect_to_figures(
    session: Session,
    *,
    person_id: str,
    body_code: str,
    period: str,
    indicators: Collection[str],
    kind: ConnectionKind,
    now: datetime,
) -> None:
    """Connect a person to a body's figures of one period: each by its own row, kept fresh by doing it again."""
    wanted = sorted(set(indicators))
    mine = (
        ConnectionRow.person_id == person_id,
        ConnectionRow.body_code == body_code,
        ConnectionRow.period == period,
        ConnectionRow.kind == kind.value,
    )
    known = set(session.scalars(select(ConnectionRow.indicator_code).where(*mine)))
    for start in range(0, len(wanted), 500):
        again = [code for code in wanted[start : start + 500] if code in known]
        if again:
            session.execute(
                update(ConnectionRow).where(*mine, ConnectionRow.indicator_code.in_(again)).values(until=now)
            )
    rows = [
        {
            "id": new_id(),
            "person_id": person_id,
            "body_code": body_code,
            "indicator_code": code,
            "period": period,
            "kind": kind.value,
            "since": now,
            "until": now,
        }
        for code in wanted
        if code not in known
    ]
    if rows:
        session.execute(insert(ConnectionRow), rows)


def connect_to_all(
    session: Session, *, person_id: str, body_codes: Iterable[str], kind: ConnectionKind, now: datetime
) -> None:
    """Connect a person to many bodies by one act of this moment."""
    rows = [
        {
            "id": new_id(),
            "person_id": person_id,
            "body_code": code,
            "kind": kind.value,
            "since": now,
            "until": None if kind.lasts_while_open else now,
        }
        for code in body_codes
    ]
    if rows:
        session.execute(insert(ConnectionRow), rows)


def declare_interest(session: Session, *, actor: Actor, body_code: str, now: datetime, chain: str = MAIN) -> str:
    """Declare one's own interest in a body: from this moment its cases do not exist for the person.

    The audit row names the person only: which body it was could point to a case. Who declares it in a case gives
    that case's `chain`, so that the main record does not tell who had one.
    """
    connection_id = connect(
        session, person_id=actor.person_id, body_code=body_code, kind=ConnectionKind.DECLARED, now=now
    )
    record(session, actor=actor, act="accounts.declare-interest", subject=actor.person_id, now=now, chain=chain)
    return connection_id


def end_connection(session: Session, *, connection_id: str, actor: Actor, now: datetime) -> None:
    """End one's own declared interest; it still counts for the set time. Raises NoSuchConnection."""
    row = session.get(ConnectionRow, connection_id)
    own = row is not None and row.person_id == actor.person_id
    if row is None or not own or row.kind != ConnectionKind.DECLARED or row.until is not None:
        raise NoSuchConnection
    row.until = now
    record(session, actor=actor, act="accounts.end-interest", subject=actor.person_id, now=now)
