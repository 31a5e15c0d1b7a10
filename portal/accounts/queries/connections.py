"""Who is connected to which body. Cases read connections here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from portal.accounts import policy, rules
from portal.accounts.models import ConnectionRow
from portal.accounts.queries.people import people_with
from portal.accounts.values import Connection, ConnectionKind, Person, Scope


def connections_last() -> timedelta:
    """How long a connection counts after it ended."""
    return policy.current().connection_lasts


def is_connected(session: Session, *, person_id: str, body_code: str, at: datetime) -> bool:
    """Whether anything connects the person to the body at all."""
    return is_connected_to(session, person_id=person_id, scope=Scope(body_code), at=at)


def is_connected_to(session: Session, *, person_id: str, scope: Scope, at: datetime) -> bool:
    """Whether the person is connected to this figure or score.

    What either side leaves open counts as touching: who entered one figure is connected to a report about
    the whole body, and who is employed by the body to a report about any of its figures.
    """
    query = select(ConnectionRow.id).where(ConnectionRow.person_id == person_id, _touches(scope), _holds(at))
    return session.scalar(query.limit(1)) is not None


def connected_scopes(
    session: Session, *, person_id: str, scopes: Iterable[Scope], at: datetime
) -> frozenset[Scope]:
    """Those of `scopes` the person is connected to: `is_connected_to` for all of them in one read."""
    asked = frozenset(scopes)
    if not asked:
        return frozenset()
    rows = session.execute(
        select(*(ConnectionRow.body_code, ConnectionRow.indicator_code, ConnectionRow.period, ConnectionRow.cycle))
        .where(
            ConnectionRow.person_id == person_id,
            ConnectionRow.body_code.in_(sorted({scope.body_code for scope in asked})),
            _holds(at),
        )
        .distinct()
    )
    held = [Scope(*row) for row in rows]
    return frozenset(scope for scope in asked if any(rules.touches(one, scope) for one in held))


def nothing_connects(
    person_id: str,
    *,
    body: ColumnElement[str | None] | InstrumentedAttribute[str | None],
    indicator: ColumnElement[str | None] | InstrumentedAttribute[str | None],
    period: ColumnElement[str | None] | InstrumentedAttribute[str | None],
    at: datetime,
) -> ColumnElement[bool]:
    """That the person is not connected to what stands in these columns of another room's query.

    The same decision as `is_connected_to`, row by row; a row that names no body connects nobody. The offset
    keeps PostgreSQL from making a join of it, which would look at every row before the first is given out.
    """
    finer = (
        or_(column.is_(None), wanted.is_(None), column == wanted)
        for column, wanted in ((ConnectionRow.indicator_code, indicator), (ConnectionRow.period, period))
    )
    touching = select(ConnectionRow.id).where(
        ConnectionRow.person_id == person_id, ConnectionRow.body_code == body, *finer, _holds(at)
    )
    return ~touching.offset(0).exists()


def connected_bodies(session: Session, *, person_id: str, at: datetime) -> frozenset[str]:
    """Codes of the bodies the person is connected to in any way."""
    query = select(ConnectionRow.body_code).where(ConnectionRow.person_id == person_id, _holds(at))
    return frozenset(session.scalars(query.distinct()))


def employers_of(session: Session, *, person_id: str, at: datetime) -> frozenset[str]:
    """Codes of the bodies the person works for now: an employment that ended gives no right any more."""
    query = select(ConnectionRow.body_code).where(ConnectionRow.person_id == person_id, _employed(at))
    return frozenset(session.scalars(query.distinct()))


def verifiers_of(session: Session, scope: Scope) -> tuple[str, ...]:
    """Ids of those who verified this very figure, however long ago."""
    query = select(ConnectionRow.person_id).where(
        ConnectionRow.kind == ConnectionKind.VERIFIED,
        ConnectionRow.body_code == scope.body_code,
        ConnectionRow.indicator_code == scope.indicator_code,
        ConnectionRow.period == scope.period,
    )
    return tuple(session.scalars(query.distinct().order_by(ConnectionRow.person_id)))


def employed_people_with(session: Session, permission: str, body_code: str, *, at: datetime) -> tuple[Person, ...]:
    """Active holders of `permission` who work for the body now, by name."""
    query = select(ConnectionRow.person_id).where(ConnectionRow.body_code == body_code, _employed(at))
    employed = frozenset(session.scalars(query.distinct()))
    return tuple(person for person in people_with(session, permission) if person.id in employed)


def unconnected_people_with(
    session: Session, permission: str, scope: Scope, *, at: datetime
) -> tuple[Person, ...]:
    """Active holders of `permission` whom nothing connects to `scope`, by name."""
    connected = frozenset(
        session.scalars(select(ConnectionRow.person_id).where(_touches(scope), _holds(at)).distinct())
    )
    return tuple(person for person in people_with(session, permission) if person.id not in connected)


def connections_of(session: Session, person_id: str) -> tuple[Connection, ...]:
    """A person's own connections, the newest first."""
    rows = session.scalars(
        select(ConnectionRow)
        .where(ConnectionRow.person_id == person_id)
        .order_by(ConnectionRow.since.desc(), ConnectionRow.id)
    )
    return tuple(
        Connection(
            id=row.id,
            person_id=row.person_id,
            body_code=row.body_code,
            kind=ConnectionKind(row.kind),
            since=row.since,
            until=row.until,
            indicator_code=row.indicator_code,
            period=row.period,
            cycle=row.cycle,
        )
        for row in rows
    )


def _employed(at: datetime) -> ColumnElement[bool]:
    lasting = or_(ConnectionRow.until.is_(None), ConnectionRow.until > at)
    return (ConnectionRow.kind == ConnectionKind.EMPLOYED.value) & (ConnectionRow.since <= at) & lasting


def _touches(scope: Scope) -> ColumnElement[bool]:
    """The same decision as rules.touches, for the database."""
    matches: ColumnElement[bool] = ConnectionRow.body_code == scope.body_code
    for column, wanted in (
        (ConnectionRow.indicator_code, scope.indicator_code),
        (ConnectionRow.period, scope.period),
        (ConnectionRow.cycle, scope.cycle),
    ):
        if wanted is not None:
            matches = matches & or_(column.is_(None), column == wanted)
    return matches


def _holds(at: datetime) -> ColumnElement[bool]:
    """The same decision as rules.holds_at, for the database."""
    lasting = or_(ConnectionRow.until.is_(None), ConnectionRow.until >= at - connections_last())
    return (ConnectionRow.since <= at) & lasting
