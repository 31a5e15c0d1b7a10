"""Reads of the register: rows in, values out. Nothing here is public; public pages read `publishing`.

The register's pure judgements (a figure's status, what a code and a name may be) are found here too.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import Text, select, type_coerce
from sqlalchemy.orm import Session

from portal.foundation.i18n import N_, message
from portal.registry.errors import UnknownCode
from portal.registry.models import BodyRow, IndicatorRow, ServiceRow
from portal.registry.rules import CODE_LENGTH as CODE_LENGTH
from portal.registry.rules import is_code as is_code
from portal.registry.rules import name_fault as name_fault
from portal.registry.rules import slug as slug
from portal.registry.rules import tidy as tidy
from portal.registry.values import Body, Direction, Ended, EndedHow, FormerName, Indicator, Kind, Level, Service
from portal.registry.values import status as status

_CODES_AT_ONCE = 500


def find_body(session: Session, code: str) -> Body | None:
    row = session.get(BodyRow, code)
    return None if row is None else _body(row)


def get_body(session: Session, code: str) -> Body:
    """Raises UnknownCode."""
    body = find_body(session, code)
    if body is None:
        raise UnknownCode(message(N_("There is no public body with the code {code}."), code=code))
    return body


def list_bodies(session: Session, *, parent_code: str | None = None) -> tuple[Body, ...]:
    """All bodies, or those directly below one, by code."""
    query = select(BodyRow).order_by(BodyRow.code)
    if parent_code is not None:
        query = query.where(BodyRow.parent_code == parent_code)
    return tuple(_body(row) for row in session.scalars(query))


def bodies_with_code(session: Session, scheme: str, code: str) -> tuple[Body, ...]:
    """The bodies that still exist and have this code outside."""
    written = type_coerce(BodyRow.codes, Text)
    rows = session.scalars(
        select(BodyRow).where(BodyRow.ended_on.is_(None), written.contains(code, autoescape=True))
    )
    return tuple(_body(row) for row in rows if row.codes.get(scheme) == code)


def ends_in(session: Session, code: str, other: str) -> bool:
    """Whether a body is the other one, or is followed by it, through however many successors."""
    waiting, seen = [code], set()
    while waiting:
        here = waiting.pop()
        if here == other:
            return True
        row = session.get(BodyRow, here) if here not in seen else None
        seen.add(here)
        waiting.extend(row.successors if row is not None else ())
    return False


def parents(session: Session) -> dict[str, str | None]:
    """The tree of bodies: each body's code to the code above it."""
    rows = session.execute(select(BodyRow.code, BodyRow.parent_code))
    return {row.code: row.parent_code for row in rows}


def owners(session: Session) -> dict[str, str]:
    """Each service's code to the code of the body it belongs to."""
    return {row.code: row.body_code for row in session.execute(select(ServiceRow.code, ServiceRow.body_code))}


def find_service(session: Session, code: str) -> Service | None:
    row = session.get(ServiceRow, code)
    return None if row is None else _service(row)


def get_service(session: Session, code: str) -> Service:
    """Raises UnknownCode."""
    service = find_service(session, code)
    if service is None:
        raise UnknownCode(message(N_("There is no service with the code {code}."), code=code))
    return service


def list_services(session: Session, *, body_code: str | None = None) -> tuple[Service, ...]:
    query = select(ServiceRow).order_by(ServiceRow.code)
    if body_code is not None:
        query = query.where(ServiceRow.body_code == body_code)
    return tuple(_service(row) for row in session.scalars(query))


def find_indicator(session: Session, code: str) -> Indicator | None:
    row = session.get(IndicatorRow, code)
    return None if row is None else _indicator(row)


def get_indicator(session: Session, code: str) -> Indicator:
    """Raises UnknownCode."""
    indicator = find_indicator(session, code)
    if indicator is None:
        raise UnknownCode(message(N_("There is no indicator with the code {code}."), code=code))
    return indicator


def list_indicators(
    session: Session, *, body_code: str | None = None, service_code: str | None = None
) -> tuple[Indicator, ...]:
    """All indicators by code, or those that belong to one body or service."""
    query = select(IndicatorRow).order_by(IndicatorRow.code)
    if body_code is not None:
        query = query.where(IndicatorRow.body_code == body_code)
    if service_code is not None:
        query = query.where(IndicatorRow.service_code == service_code)
    return tuple(_indicator(row) for row in session.scalars(query))


def known_indicators(session: Session, codes: Sequence[str]) -> set[str]:
    """Those of the codes that the register has an indicator for."""
    known: set[str] = set()
    for start in range(0, len(codes), _CODES_AT_ONCE):
        some = codes[start : start + _CODES_AT_ONCE]
        known.update(session.scalars(select(IndicatorRow.code).where(IndicatorRow.code.in_(some))))
    return known


def _body(row: BodyRow) -> Body:
    ended = None
    if row.ended_on is not None and row.ended_how is not None:
        ended = Ended(row.ended_on, EndedHow(row.ended_how), tuple(row.successors))
    return Body(
        row.code,
        row.names,
        row.parent_code,
        Level(row.level),
        row.invented,
        codes=row.codes,
        valid_from=row.valid_from,
        ended=ended,
        former=tuple(FormerName(one["names"], date.fromisoformat(one["until"])) for one in row.former),
    )


def _service(row: ServiceRow) -> Service:
    return Service(row.code, row.body_code, row.names, row.place, tuple(row.windows))


def _indicator(row: IndicatorRow) -> Indicator:
    return Indicator(
        code=row.code,
        names=row.names,
        definition=row.definition,
        unit=row.unit,
        direction=Direction(row.direction),
        kind=Kind(row.kind),
        body_code=row.body_code,
        service_code=row.service_code,
        weight=None if row.weight is None else Decimal(row.weight),
        criteria=row.criteria,
        part_of=row.part_of,
    )
