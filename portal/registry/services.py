"""Acts on the register: adding and changing bodies, services and indicators, each with its audit row.

Every act takes the whole entry, says whether anything changed, and records nothing when nothing did.
Who may do it is the caller's `actor`: the right `registry.maintain`, or a bulk import that checked its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from sqlalchemy.orm import Session

from portal.audit.services import record, record_all
from portal.foundation.actor import Actor
from portal.foundation.i18n import LOCALES, N_, Message, message
from portal.registry import queries, rules
from portal.registry.errors import RegisterRefused
from portal.registry.models import BodyRow, IndicatorRow, ServiceRow
from portal.registry.succession import body_faults, total_faults, unknown
from portal.registry.values import Body, Indicator, Names, Service

Entry = TypeVar("Entry", Body, Service, Indicator)


def upsert_body(session: Session, body: Body, *, actor: Actor, now: datetime) -> bool:
    """Take the body into the register; True when it is new or changed.

    Raises RegisterRefused for a bad code or name, an unknown parent, or a tree with a cycle.
    """
    faults = _code_and_names(body.code, body.names)
    if body.parent_code is not None:
        tree = queries.parents(session)
        if body.parent_code not in tree:
            faults["parent_code"] = unknown(body.parent_code)
        elif rules.makes_cycle(body.code, body.parent_code, tree):
            faults["parent_code"] = message(N_("A body cannot be placed below itself."))
    faults.update(body_faults(session, body))
    _refuse(faults, body.code)
    if queries.find_body(session, body.code) == body:
        return False
    _keep(session, _body_row(body), f"body:{body.code}", actor, now)
    return True


def upsert_service(session: Session, service: Service, *, actor: Actor, now: datetime) -> bool:
    """Take the service into the register; True when it is new or changed.

    Raises RegisterRefused for a bad or reserved code, a bad name, place or window, an unknown body, or a move to
    another body.
    """
    faults = _code_and_names(service.code, service.names)
    if rules.is_reserved(service.code):
        faults["code"] = message(
            N_("Another code: {address} is a page of its own, where nobody could rate this service."),
            address=f"/rate/{service.code.lower()}",
        )
    faults.update(_texts("place", service.place, required=False))
    if not all(rules.is_window(window) for window in service.windows):
        faults["windows"] = message(N_("A window is a number as its sign says, such as 3 or A12."))
    if queries.find_body(session, service.body_code) is None:
        faults["body_code"] = unknown(service.body_code)
    before = queries.find_service(session, service.code)
    if before is not None and before.body_code != service.body_code:
        faults["body_code"] = message(
            N_("This service belongs to {body}; a service does not move."), body=before.body_code
        )
    _refuse(faults, service.code)
    if before == service:
        return False
    _keep(session, _service_row(service), f"service:{service.code}", actor, now)
    return True


def upsert_indicator(session: Session, indicator: Indicator, *, actor: Actor, now: datetime) -> bool:
    """Take the indicator into the register; True when it is new or changed.

    Raises RegisterRefused for a bad code, name or weight, or an unknown body or service.
    """
    faults = _code_and_names(indicator.code, indicator.names)
    faults.update(_texts("definition", indicator.definition, required=False))
    faults.update(_texts("unit", indicator.unit, required=False))
    faults.update(_texts("criteria", indicator.criteria, required=False))
    if indicator.body_code is not None and queries.find_body(session, indicator.body_code) is None:
        faults["body_code"] = unknown(indicator.body_code)
    faults.update(_service_fault(session, indicator))
    faults.update(total_faults(session, indicator))
    if indicator.weight is not None and not Decimal(0) <= indicator.weight <= Decimal(100):
        faults["weight"] = message(N_("A weight is a share in per cent, from 0 to 100."))
    _refuse(faults, indicator.code)
    if queries.find_indicator(session, indicator.code) == indicator:
        return False
    _keep(session, _indicator_row(indicator), f"indicator:{indicator.code}", actor, now)
    return True


def take_in(
    session: Session,
    *,
    bodies: Sequence[Body] = (),
    services: Sequence[Service] = (),
    indicators: Sequence[Indicator] = (),
    actor: Actor,
    now: datetime,
) -> None:
    """Take many entries at once, each with its audit row; what the register has by now goes the single way.

    Raises RegisterRefused as the single acts do.
    """
    parents, owners = queries.parents(session), queries.owners(session)
    for body in bodies:
        if body.code in parents or body.parent_code is not None:
            upsert_body(session, body, actor=actor, now=now)
    fresh = [body for body in bodies if body.code not in parents and body.parent_code is None]
    _add_all(session, fresh, _body_row, "body", actor, now)
    codes = parents.keys() | {body.code for body in bodies}
    for service in services:
        if service.code in owners or service.body_code not in codes:
            upsert_service(session, service, actor=actor, now=now)
    _add_all(session, [one for one in services if one.code not in owners], _service_row, "service", actor, now)
    owners |= {service.code: service.body_code for service in services}
    known = queries.known_indicators(session, [indicator.code for indicator in indicators])
    new: list[Indicator] = []
    for indicator in indicators:
        fits = indicator.service_code is None or indicator.body_code == owners.get(indicator.service_code)
        simple = fits and indicator.weight is None and (indicator.body_code or "") in {"", *codes}
        if indicator.code in known or not simple:
            upsert_indicator(session, indicator, actor=actor, now=now)
        else:
            new.append(indicator)
    _add_all(session, new, _indicator_row, "indicator", actor, now)


def _add_all(
    session: Session,
    entries: Sequence[Entry],
    row_of: Callable[[Entry], object],
    kind: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Add entries whose code is new and whose references are known."""
    for entry in entries:
        faults = _code_and_names(entry.code, entry.names)
        for field in ("definition", "unit"):
            faults.update(_texts(field, getattr(entry, field, {}), required=False))
        _refuse(faults, entry.code)
    session.add_all([row_of(entry) for entry in entries])
    session.flush()
    subjects = [f"{kind}:{entry.code}" for entry in entries]
    record_all(session, actor=actor, act="registry.upsert", subjects=subjects, now=now)


def _body_row(body: Body) -> BodyRow:
    return BodyRow(
        code=body.code,
        names=dict(body.names),
        parent_code=body.parent_code,
        level=body.level.value,
        invented=body.invented,
        codes=dict(body.codes),
        valid_from=body.valid_from,
        ended_on=body.ended.on if body.ended else None,
        ended_how=body.ended.how.value if body.ended else None,
        successors=list(body.ended.into) if body.ended else [],
        former=[{"names": dict(one.names), "until": one.until.isoformat()} for one in body.former],
    )


def _service_row(service: Service) -> ServiceRow:
    return ServiceRow(
        code=service.code,
        body_code=service.body_code,
        names=dict(service.names),
        place=dict(service.place),
        windows=list(service.windows),
    )


def _indicator_row(indicator: Indicator) -> IndicatorRow:
    return IndicatorRow(
        code=indicator.code,
        names=dict(indicator.names),
        definition=dict(indicator.definition),
        unit=dict(indicator.unit),
        direction=indicator.direction.value,
        kind=indicator.kind.value,
        body_code=indicator.body_code,
        service_code=indicator.service_code,
        weight=None if indicator.weight is None else format(indicator.weight, "f"),
        criteria=dict(indicator.criteria),
        part_of=indicator.part_of,
    )


def _keep(session: Session, row: object, subject: str, actor: Actor, now: datetime) -> None:
    session.merge(row)
    session.flush()
    record(session, actor=actor, act="registry.upsert", subject=subject, details=None, now=now)


def _service_fault(session: Session, indicator: Indicator) -> Mapping[str, Message]:
    if indicator.service_code is None:
        return {}
    service = queries.find_service(session, indicator.service_code)
    if service is None:
        return {"service_code": unknown(indicator.service_code)}
    if indicator.body_code is not None and service.body_code != indicator.body_code:
        return {"service_code": message(N_("This service belongs to {body}."), body=service.body_code)}
    return {}


def _code_and_names(code: str, names: Names) -> dict[str, Message]:
    faults = dict(_texts("names", names, required=True))
    if not rules.is_code(code):
        faults["code"] = message(N_("A code has letters A–Z, digits, hyphens and underscores only."))
    return faults


def _texts(field: str, texts: Names, *, required: bool) -> Mapping[str, Message]:
    if required and not texts:
        return {field: message(N_("Enter a name in at least one language."))}
    for locale, text in texts.items():
        fault = message(N_("There is no such language.")) if locale not in LOCALES else None
        expected = rules.name_fault(text)
        if expected is not None:
            fault = Message(expected)
        if fault is not None:
            return {f"{field}.{locale}": fault}
    return {}


def _refuse(faults: Mapping[str, Message], code: str) -> None:
    if faults:
        raise RegisterRefused(
            message(N_("The register cannot take {code}."), code=code),
            dict(faults),
        )
