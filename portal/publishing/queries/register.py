"""The published register: bodies as a tree, services, indicators."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import TypeVar

from sqlalchemy import Text, func, select, type_coerce
from sqlalchemy.orm import Session

from portal.foundation.errors import NotFound
from portal.foundation.i18n import N_, message
from portal.publishing.models import Act, StatementRow
from portal.publishing.queries.visible import Said, newest, newest_among, newest_of
from portal.publishing.readings import BodyNode, PublishedBody, PublishedEnd, PublishedIndicator, PublishedService
from portal.registry.values import Direction, EndedHow, Kind

T = TypeVar("T")
_PLURAL = {"body": "bodies", "service": "services", "indicator": "indicators"}


def find_body(session: Session, code: str, *, edition: int) -> PublishedBody | None:
    said = newest_of(session, "body", code, edition)
    return body_of(said) if said else None


def get_body(session: Session, code: str, *, edition: int) -> PublishedBody:
    """The body. Raises NotFound."""
    return _required(find_body(session, code, edition=edition), code)


def list_bodies(session: Session, *, edition: int) -> tuple[PublishedBody, ...]:
    """All bodies, by code."""
    return tuple(body_of(said) for said in newest(session, "body", edition))


def predecessors(session: Session, code: str, *, edition: int) -> tuple[PublishedBody, ...]:
    """The bodies that ended and are followed by this one, the latest first."""
    named = type_coerce(StatementRow.payload, Text).contains(f'"{code}"', autoescape=True)
    found = [body_of(said) for said in newest(session, "body", edition, named)]
    ended = [(one.ended.on, one.code, one) for one in found if one.ended and code in one.ended.into]
    return tuple(one for _, _, one in sorted(ended, key=lambda each: each[:2], reverse=True))


def bodies_below(session: Session, code: str, *, edition: int) -> tuple[PublishedBody, ...]:
    """The bodies directly below one, by code."""
    found = (body_of(said) for said in newest(session, "body", edition, scope=code))
    return tuple(body for body in found if body.parent == code)


def tree_of(bodies: Iterable[PublishedBody]) -> tuple[BodyNode, ...]:
    """The bodies below each other; a body whose parent is not published stands at the top."""
    known = {body.code: body for body in bodies}
    below: dict[str | None, list[PublishedBody]] = defaultdict(list)
    for body in known.values():
        below[body.parent if body.parent in known else None].append(body)

    def nodes(parent: str | None) -> tuple[BodyNode, ...]:
        return tuple(BodyNode(body, nodes(body.code)) for body in below[parent])

    return nodes(None)


def find_service(session: Session, code: str, *, edition: int) -> PublishedService | None:
    said = newest_of(session, "service", code, edition)
    return service_of(said) if said else None


def get_service(session: Session, code: str, *, edition: int) -> PublishedService:
    """The service. Raises NotFound."""
    return _required(find_service(session, code, edition=edition), code)


def list_services(session: Session, *, edition: int, body: str | None = None) -> tuple[PublishedService, ...]:
    """The services of a body, or all, by code."""
    return tuple(service_of(said) for said in newest(session, "service", edition, scope=body))


def find_indicator(session: Session, code: str, *, edition: int) -> PublishedIndicator | None:
    said = newest_of(session, "indicator", code, edition)
    return indicator_of(said) if said else None


def get_indicator(session: Session, code: str, *, edition: int) -> PublishedIndicator:
    """The indicator. Raises NotFound."""
    return _required(find_indicator(session, code, edition=edition), code)


def list_indicators(session: Session, *, edition: int) -> tuple[PublishedIndicator, ...]:
    """All indicators, by code."""
    return tuple(indicator_of(said) for said in newest(session, "indicator", edition))


def indicators_of_service(session: Session, service: str, *, edition: int) -> tuple[str, ...]:
    """The codes of the indicators that belong to a service. Raises NotFound."""
    body = get_service(session, service, edition=edition).body
    found = newest(session, "indicator", edition, StatementRow.scope.in_(("", body)))
    return tuple(said.key for said in found if said.content["service"] == service)


def indicators_named(session: Session, codes: Iterable[str], *, edition: int) -> dict[str, PublishedIndicator]:
    """The indicators with these codes, by code."""
    found = newest_among(session, "indicator", codes, edition)
    return {code: indicator_of(said) for code, said in found.items()}


def bodies_named(session: Session, codes: Iterable[str], *, edition: int) -> dict[str, PublishedBody]:
    """The bodies with these codes, by code."""
    return {code: body_of(said) for code, said in newest_among(session, "body", codes, edition).items()}


def count_published(session: Session, *, edition: int) -> dict[str, int]:
    """How many bodies, services and indicators are published."""
    rows = session.execute(
        select(StatementRow.kind, func.count(StatementRow.key.distinct()))
        .join(Act, Act.id == StatementRow.act_id)
        .where(StatementRow.kind.in_(("body", "service", "indicator")), Act.edition <= edition)
        .group_by(StatementRow.kind)
    )
    found = {row[0]: row[1] for row in rows}
    return {plural: found.get(kind, 0) for kind, plural in _PLURAL.items()}


def body_of(said: Said) -> PublishedBody:
    content = said.content
    first, end = content.get("valid_from"), content.get("ended")
    return PublishedBody(
        content["code"],
        content["names"],
        content["parent"],
        content["level"],
        content["invented"],
        codes=content.get("codes") or {},
        valid_from=date.fromisoformat(first) if first else None,
        ended=PublishedEnd(date.fromisoformat(end["on"]), EndedHow(end["how"]), tuple(end["into"]))
        if end
        else None,
        former=tuple((one["names"], date.fromisoformat(one["until"])) for one in content.get("former") or ()),
    )


def service_of(said: Said) -> PublishedService:
    content = said.content
    place, windows = content.get("place") or {}, tuple(content.get("windows") or ())
    return PublishedService(content["code"], content["body"], content["names"], place, windows)


def indicator_of(said: Said) -> PublishedIndicator:
    content = said.content
    return PublishedIndicator(
        code=content["code"],
        names=content["names"],
        definition=content["definition"] or {},
        unit=content["unit"],
        direction=Direction(content["direction"]),
        kind=Kind(content["kind"]),
        body=content["body"],
        service=content["service"],
        weight=None if content.get("weight") is None else Decimal(content["weight"]),
        criteria=content.get("criteria") or {},
        part_of=content.get("part_of"),
    )


def _required(found: T | None, code: str) -> T:
    if found is None:
        raise NotFound(message(N_("Nothing is published under the code {code}."), code=code))
    return found
