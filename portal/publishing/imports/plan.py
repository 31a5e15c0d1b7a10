"""Holding a checked file against the register and against what is published; still without a database.

A release adds figures. It may complete a figure whose actual was missing and replace a provisional one;
any other change of a published value is a correction, which has its own path and its own two people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from portal.foundation.tables import Fault, ImportRefused
from portal.publishing.imports.checked import BodyClaim, Checked, FigureInput, IndicatorClaim, ServiceClaim
from portal.publishing.standing import Standing
from portal.publishing.values import FigureKey, ObsStatus
from portal.registry.values import Body, Direction, Indicator, Kind, Level, Names, Service


@dataclass(frozen=True)
class Register:
    """The register as it is, by code."""

    bodies: Mapping[str, Body]
    services: Mapping[str, Service]
    indicators: Mapping[str, Indicator]


@dataclass(frozen=True)
class Addition:
    """A figure to publish, and the edition of the version it completes or replaces."""

    figure: FigureInput
    replaces: int | None


@dataclass
class Plan:
    """What an import would do."""

    bodies: list[Body] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)
    indicators: list[Indicator] = field(default_factory=list)
    additions: list[Addition] = field(default_factory=list)
    unchanged: int = 0
    names_kept: int = 0

    @property
    def added(self) -> int:
        return sum(addition.replaces is None for addition in self.additions)

    @property
    def completed(self) -> int:
        return len(self.additions) - self.added


def make_plan(checked: Checked, register: Register, published: Mapping[FigureKey, Standing]) -> Plan:
    """Raises ImportRefused naming every line that contradicts the register or changes a published value."""
    plan = Plan()
    faults: list[Fault] = []
    for body in checked.bodies.values():
        _plan_body(body, register, plan, faults)
    for service in checked.services.values():
        _plan_service(service, register, plan, faults)
    for indicator in checked.indicators.values():
        _plan_indicator(indicator, register, plan, faults)
    for figure in checked.figures.values():
        _plan_figure(figure, register, published.get(figure.key), plan, faults)
    if faults:
        raise ImportRefused(faults)
    return plan


def _plan_body(claim: BodyClaim, register: Register, plan: Plan, faults: list[Fault]) -> None:
    known = register.bodies.get(claim.code)
    if known is not None:
        plan.names_kept += _differs(claim.names, known.names)
    elif not claim.names:
        faults.append(claim.line.fault("body_name", f"a name, since the register has no body {claim.code}"))
    else:
        plan.bodies.append(Body(claim.code, claim.names, None, Level.UNSTATED, invented=False))


def _plan_service(claim: ServiceClaim, register: Register, plan: Plan, faults: list[Fault]) -> None:
    known = register.services.get(claim.code)
    if known is None and not claim.names:
        expected = f"a name, since the register has no service {claim.code}"
        faults.append(claim.line.fault("service_name", expected))
    elif known is None:
        plan.services.append(Service(claim.code, claim.body, claim.names))
    elif known.body_code != claim.body:
        faults.append(claim.line.fault("body_code", f"{known.body_code}, which service {claim.code} belongs to"))
    else:
        plan.names_kept += _differs(claim.names, known.names)


def _plan_indicator(claim: IndicatorClaim, register: Register, plan: Plan, faults: list[Fault]) -> None:
    known = register.indicators.get(claim.code)
    if known is not None:
        plan.names_kept += _differs(claim.names, known.names)
        _contradictions(claim, known, faults)
        return
    if not claim.names:
        expected = f"a name, since the register has no indicator {claim.code}"
        faults.append(claim.line.fault("indicator_name", expected))
    if claim.direction is None:
        expected = "one of " + ", ".join(Direction) + f", since the register has no indicator {claim.code}"
        faults.append(claim.line.fault("direction", expected))
    plan.indicators.append(
        Indicator(
            code=claim.code,
            names=claim.names,
            definition=claim.definition,
            unit=claim.unit,
            direction=claim.direction or Direction.NONE,
            kind=claim.kind or Kind.EXPECTED,
            body_code=claim.body,
            service_code=claim.service,
            weight=None,
        )
    )


def _contradictions(claim: IndicatorClaim, known: Indicator, faults: list[Fault]) -> None:
    """What would silently change the meaning of published figures is changed in the register, not here."""
    for column, said, says in (
        *(("unit", known.unit.get(locale, ""), text) for locale, text in claim.unit.items()),
        ("direction", known.direction.value, claim.direction and claim.direction.value),
        ("kind", known.kind.value, claim.kind and claim.kind.value),
    ):
        if says is not None and says != said:
            faults.append(claim.line.fault(column, f"{said or 'nothing'}, as in the register for {claim.code}"))


def _plan_figure(
    figure: FigureInput, register: Register, standing: Standing | None, plan: Plan, faults: list[Fault]
) -> None:
    owner = register.indicators.get(figure.key.indicator)
    if owner is not None and owner.body_code not in {None, figure.key.body}:
        expected = f"{owner.body_code}, the only body with indicator {owner.code}"
        faults.append(figure.line.fault("body_code", expected))
    elif standing is None:
        plan.additions.append(Addition(figure, None))
    elif _same(figure, standing):
        plan.unchanged += 1
    elif standing.edition is None:
        faults.append(figure.line.fault("period", "a figure that is not being published this very moment"))
    elif (forbidden := _forbidden_change(figure, standing)) is not None:
        faults.append(figure.line.fault(*forbidden))
    else:
        plan.additions.append(Addition(figure, standing.edition))


def _forbidden_change(figure: FigureInput, standing: Standing) -> tuple[str, str] | None:
    """Which field of a published figure a release must not change, and what stands there."""
    own_path = "published in edition {n}; a published value is changed by a correction, not by an import"
    if standing.target is not None and not _equal(figure.target, standing.target):
        return "target", f"{standing.target}, as " + own_path.format(n=standing.edition)
    open_value = standing.actual is None or standing.obs_status == ObsStatus.PROVISIONAL
    if not open_value or (figure.actual is None and standing.actual is not None):
        return "actual", f"{standing.actual}, as " + own_path.format(n=standing.edition)
    return None


def _same(figure: FigureInput, standing: Standing) -> bool:
    return figure.obs_status == standing.obs_status and all(
        _equal(getattr(figure, name), value) for name, value in standing.numbers.items()
    )


def _equal(one: str | None, other: str | None) -> bool:
    """Equal as numbers: 0.10 and 0.1 are the same value, however many digits were given."""
    if one is None or other is None:
        return one is other
    return Decimal(one) == Decimal(other)


def _differs(claimed: Names, known: Names) -> bool:
    return any(known.get(locale) != text for locale, text in claimed.items())
