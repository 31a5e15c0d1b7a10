"""The published register: bodies as a tree, services, indicators."""

import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TypeVar

from sqlalchemy import Text, bindparam, func, or_, select, type_coerce
from sqlalchemy.orm import Session

from portal.foundation.errors import NotFound
from portal.foundation.i18n import N_, Names, message, pick
from portal.foundation.reads import Read
from portal.publishing.models import Act, StatementRow
from portal.publishing.queries.kept import Kept
from portal.publishing.queries.visible import newest, newest_texts, text_of_newest, texts_of_newest
from portal.publishing.readings import BodyNode, PublishedBody, PublishedEnd, PublishedIndicator, PublishedService
from portal.registry.values import Direction, EndedHow, Kind

T = TypeVar("T")
_KEPT = 4096
_PLURAL = {"body": "bodies", "service": "services", "indicator": "indicators"}


def find_body(session: Session, code: str, *, edition: int) -> PublishedBody | None:
    said = text_of_newest(session, "body", code, edition)
    return _body(said) if said else None


def get_body(session: Session, code: str, *, edition: int) -> PublishedBody:
    """The body. Raises NotFound."""
    return required(find_body(session, code, edition=edition), code)


def list_bodies(session: Session, *, edition: int) -> tuple[PublishedBody, ...]:
    """All bodies, by code."""
    return tuple(_body(said) for said in newest_texts(session, "body", edition))


def predecessors(session: Session, code: str, *, edition: int) -> tuple[PublishedBody, ...]:
    """The bodies that ended and are followed by this one, the latest first."""
    named = type_coerce(StatementRow.payload, Text).contains(f'"{code}"', autoescape=True)
    found = [_body(said) for said in newest_texts(session, "body", edition, named)]
    ended = [(one.ended.on, one.code, one) for one in found if one.ended and code in one.ended.into]
    return tuple(one for _, _, one in sorted(ended, key=lambda each: each[:2], reverse=True))


def bodies_below(session: Session, code: str, *, edition: int) -> tuple[PublishedBody, ...]:
    """The bodies directly below one, by code."""
    found = (_body(said) for said in newest_texts(session, "body", edition, scope=code))
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


def in_order(tree: Iterable[BodyNode]) -> tuple[PublishedBody, ...]:
    """The bodies of a tree as they are read: each before those below it."""
    found: list[PublishedBody] = []
    for node in tree:
        found.append(node.body)
        found.extend(in_order(node.below))
    return tuple(found)


def find_service(session: Session, code: str, *, edition: int) -> PublishedService | None:
    said = text_of_newest(session, "service", code, edition)
    return _service(said) if said else None


def get_service(session: Session, code: str, *, edition: int) -> PublishedService:
    """The service. Raises NotFound."""
    return required(find_service(session, code, edition=edition), code)


def list_services(session: Session, *, edition: int, body: str | None = None) -> tuple[PublishedService, ...]:
    """The services of a body, or all, by code."""
    return tuple(_service(said) for said in newest_texts(session, "service", edition, scope=body))


def find_indicator(session: Session, code: str, *, edition: int) -> PublishedIndicator | None:
    said = text_of_newest(session, "indicator", code, edition)
    return indicator_said(said) if said else None


def get_indicator(session: Session, code: str, *, edition: int) -> PublishedIndicator:
    """The indicator. Raises NotFound."""
    return required(find_indicator(session, code, edition=edition), code)


def list_indicators(session: Session, *, edition: int) -> tuple[PublishedIndicator, ...]:
    """All indicators, by code."""
    return tuple(indicator_said(said) for said in newest_texts(session, "indicator", edition))


def names_of_indicators(session: Session, *, edition: int) -> dict[str, Names]:
    """What every indicator is called, by code: of each statement no more is read than its names."""
    newest: dict[str, str] = {}
    for code, said in _TOLD.rows(session, kind="indicator", edition=edition):
        newest[code] = said  # the oldest come first
    start = len(_BEFORE_NAMES)
    return {code: _NAMES.raw_decode(said, said.index(_BEFORE_NAMES) + start)[0] for code, said in newest.items()}


def indicators_by_name(session: Session, language: str, *, edition: int) -> tuple[str, ...]:
    """The codes of all indicators in the order of their names in a language, those of one name by code."""
    return _BY_NAME.of(session, language, edition=edition)


def _by_name(session: Session, language: str, *, edition: int) -> tuple[str, ...]:
    names = names_of_indicators(session, edition=edition)
    return tuple(sorted(names, key=lambda code: pick(names[code], language)))


def indicators_of_service(session: Session, service: str, *, edition: int) -> tuple[str, ...]:
    """The codes of the indicators that belong to a service. Raises NotFound."""
    body = get_service(session, service, edition=edition).body
    found = newest(session, "indicator", edition, StatementRow.scope.in_(("", body)))
    return tuple(said.key for said in found if said.content["service"] == service)


def indicators_named(session: Session, codes: Iterable[str], *, edition: int) -> dict[str, PublishedIndicator]:
    """The indicators with these codes, by code."""
    found = texts_of_newest(session, "indicator", codes, edition)
    return {code: indicator_said(said) for code, said in found.items()}


def bodies_named(session: Session, codes: Iterable[str], *, edition: int) -> dict[str, PublishedBody]:
    """The bodies with these codes, by code."""
    return {code: _body(said) for code, said in texts_of_newest(session, "body", codes, edition).items()}


def count_published(session: Session, *, edition: int) -> dict[str, int]:
    """How many bodies, services and indicators are published."""
    return dict(_NUMBERS.of(session, edition=edition))


def _count(session: Session, *, edition: int) -> dict[str, int]:
    found = {row[0]: row[1] for row in _COUNTS.rows(session, edition=edition)}
    return {plural: found.get(kind, 0) for kind, plural in _PLURAL.items()}


# A statement says the same for ever, and most pages name one or more of the few hundred that are in use.


@lru_cache(maxsize=_KEPT)
def _body(said: str) -> PublishedBody:
    content = json.loads(said)
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


@lru_cache(maxsize=_KEPT)
def _service(said: str) -> PublishedService:
    content = json.loads(said)
    place, windows = content.get("place") or {}, tuple(content.get("windows") or ())
    return PublishedService(content["code"], content["body"], content["names"], place, windows)


@lru_cache(maxsize=_KEPT)
def indicator_said(said: str) -> PublishedIndicator:
    """What a statement, as it is stored, says of an indicator."""
    content = json.loads(said)
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


def required(found: T | None, code: str) -> T:
    """What was found. Raises NotFound when that is nothing."""
    if found is None:
        raise NotFound(message(N_("Nothing is published under the code {code}."), code=code))
    return found


_BY_NAME = Kept(_by_name)
_NUMBERS = Kept(_count)
_NAMES = json.JSONDecoder()
_BEFORE_NAMES = '"names":'  # in a text, the second of these quotation marks would have a backslash before it
_TOLD = Read(
    select(StatementRow.key, type_coerce(StatementRow.payload, Text))
    .join(Act, Act.id == StatementRow.act_id)
    .where(StatementRow.kind == bindparam("kind"), Act.edition <= bindparam("edition"))
    .order_by(StatementRow.key, Act.edition, StatementRow.position)
)
_COUNTS = Read(
    select(StatementRow.kind, func.count(StatementRow.key.distinct()))
    .join(Act, Act.id == StatementRow.act_id)
    .where(or_(*(StatementRow.kind == kind for kind in _PLURAL)), Act.edition <= bindparam("edition"))
    .group_by(StatementRow.kind)
)
