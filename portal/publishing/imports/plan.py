"""Holding a checked file against the register and against what is published; still without a database.

A release adds figures. It may complete a figure whose actual was missing and replace a provisional one;
any other change of a published value is a correction, which has its own path and its own two people.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from portal.foundation.i18n import N_, Message, message
from portal.foundation.tables import Fault, ImportRefused
from portal.publishing.imports.checked import BodyClaim, Checked, FigureInput, IndicatorClaim, ServiceClaim
from portal.publishing.standing import Standing
from portal.publishing.values import Cause, FigureKey, ObsStatus
from portal.registry.values import Body, Direction, Indicator, Kind, Level, Names, Service


@dataclass(frozen=True)
class Register:
    """The register as it is, by code."""

    bodies: Mapping[str, Body]
    services: Mapping[str, Service]
    indicators: Mapping[str, Indicator]


StandingOf = Callable[[Collection[str]], Mapping[FigureKey, Standing]]
"""Tells how every figure of some bodies stands; asked for a few bodies at a time."""

_FIGURES_AT_ONCE = 20_000


class Addition(NamedTuple):
    """A figure to publish, the edition of the version it completes or replaces, and why it does."""

    figure: FigureInput
    replaces: int | None
    cause: Cause = Cause.SCHEDULED


@dataclass
class Plan:
    """What an import would do. `absent` are published figures of its source that the file does not have."""

    bodies: list[Body] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)
    indicators: list[Indicator] = field(default_factory=list)
    additions: list[Addition] = field(default_factory=list)
    absent: tuple[Standing, ...] = ()
    unchanged: int = 0
    names_kept: int = 0
    _tallied: Counter[str] = field(default_factory=Counter, repr=False, compare=False)

    @property
    def added(self) -> int:
        return self._tally["added"]

    @property
    def corrected(self) -> int:
        return self._tally["corrected"]

    @property
    def withdrawn(self) -> int:
        """Figures that get a version without a value because the file no longer has them."""
        return self._tally["withdrawn"]

    @property
    def completed(self) -> int:
        return self._tally["completed"]

    @property
    def _tally(self) -> Counter[str]:
        """The additions by what they do, gone through once however often somebody asks."""
        if self._tallied.total() != len(self.additions):
            self._tallied = Counter(map(_what, self.additions))
        return self._tallied


def _what(addition: Addition) -> str:
    figure, replaces, cause = addition
    if not figure.row:
        return "withdrawn"
    if replaces is None:
        return "added"
    return "completed" if cause is Cause.SCHEDULED else "corrected"


def make_plan(
    checked: Checked, register: Register, standing_of: StandingOf, *, cause: Cause | None = None
) -> Plan:
    """Raises ImportRefused naming every line that contradicts the register or changes a published value.

    With a `cause`, published values may change: each becomes a correction for that cause.
    """
    plan = Plan()
    faults: list[Fault] = []
    for body in checked.bodies.values():
        _plan_body(body, register, plan, faults)
    for service in checked.services.values():
        _plan_service(service, register, plan, faults)
    for indicator in checked.indicators.values():
        _plan_indicator(indicator, register, plan, faults)
    for figures in by_bodies(checked.figures.values()):
        published = standing_of({figure.key.body for figure in figures})
        for figure in figures:
            _plan_figure(figure, register, published.get(figure.key), cause, plan, faults)
    if faults:
        raise ImportRefused(sorted(faults, key=lambda fault: fault.row))
    return plan


def by_bodies(figures: Iterable[FigureInput]) -> Iterator[list[FigureInput]]:
    """The figures with those of one body together, some thousands at a time."""
    of_body: dict[str, list[FigureInput]] = defaultdict(list)
    for figure in figures:
        of_body[figure.key.body].append(figure)
    group: list[FigureInput] = []
    for found in of_body.values():
        group += found
        if len(group) >= _FIGURES_AT_ONCE:
            yield group
            group = []
    if group:
        yield group


def _plan_body(claim: BodyClaim, register: Register, plan: Plan, faults: list[Fault]) -> None:
    known = register.bodies.get(claim.code)
    if known is not None:
        plan.names_kept += _differs(claim.names, known.names)
    elif not claim.names:
        faults.append(
            claim.line.fault(
                "body_name", message(N_("a name, since the register has no body {code}"), code=claim.code)
            )
        )
    else:
        plan.bodies.append(Body(claim.code, claim.names, None, Level.UNSTATED, invented=False))


def _plan_service(claim: ServiceClaim, register: Register, plan: Plan, faults: list[Fault]) -> None:
    known = register.services.get(claim.code)
    if known is None and not claim.names:
        expected = message(N_("a name, since the register has no service {code}"), code=claim.code)
        faults.append(claim.line.fault("service_name", expected))
    elif known is None:
        plan.services.append(Service(claim.code, claim.body, claim.names))
    elif known.body_code != claim.body:
        faults.append(
            claim.line.fault(
                "body_code", _owner(N_("{body}, which service {code} belongs to"), known.body_code, claim.code)
            )
        )
    else:
        plan.names_kept += _differs(claim.names, known.names)


def _plan_indicator(claim: IndicatorClaim, register: Register, plan: Plan, faults: list[Fault]) -> None:
    known = register.indicators.get(claim.code)
    if known is not None:
        plan.names_kept += _differs(claim.names, known.names)
        _contradictions(claim, known, faults)
        return
    if not claim.names:
        expected = message(N_("a name, since the register has no indicator {code}"), code=claim.code)
        faults.append(claim.line.fault("indicator_name", expected))
    if claim.direction is None:
        expected = message(N_("up, down or none, since the register has no indicator {code}"), code=claim.code)
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
            faults.append(
                claim.line.fault(
                    column, _owner(N_("{body}, as in the register for {code}"), said or "–", claim.code)
                )
            )


def _plan_figure(
    figure: FigureInput,
    register: Register,
    standing: Standing | None,
    cause: Cause | None,
    plan: Plan,
    faults: list[Fault],
) -> None:
    owner = register.indicators.get(figure.key.indicator)
    if owner is not None and owner.body_code is not None and owner.body_code != figure.key.body:
        expected = _owner(N_("{body}, the only body with indicator {code}"), owner.body_code or "", owner.code)
        faults.append(figure.fault("body_code", expected))
    elif standing is None:
        plan.additions.append(Addition(figure, None))
    elif _same(figure, standing):
        plan.unchanged += 1
    elif standing.edition is None:
        faults.append(figure.fault("period", N_("a figure that is not being published this very moment")))
    elif (forbidden := _forbidden_change(figure, standing)) is not None:
        if cause is None:
            faults.append(figure.fault(*forbidden))
        else:
            plan.additions.append(Addition(figure, standing.edition, cause))
    else:
        plan.additions.append(Addition(figure, standing.edition))


def _forbidden_change(figure: FigureInput, standing: Standing) -> tuple[str, Message] | None:
    """Which field of a published figure a release must not change, and what stands there."""
    if standing.target is not None and not equal(figure.target, standing.target):
        return "target", _as_published(standing.target, standing)
    open_value = standing.actual is None or standing.obs_status == ObsStatus.PROVISIONAL
    if not open_value or (figure.actual is None and standing.actual is not None):
        return "actual", _as_published(standing.actual, standing)
    return None


def _as_published(value: str | None, standing: Standing) -> Message:
    return message(
        N_("{value}, as published in edition {n}; a published value is changed by a correction, not by an import"),
        value=value or "–",
        n=str(standing.edition),
    )


def _owner(msgid: str, body: str, code: str) -> Message:
    return message(msgid, body=body, code=code)


def _same(figure: FigureInput, standing: Standing) -> bool:
    return figure.obs_status == standing.obs_status and all(
        equal(getattr(figure, name), value) for name, value in standing.numbers.items()
    )


def equal(one: str | None, other: str | None) -> bool:
    """Equal as numbers: 0.10 and 0.1 are the same value, however many digits were given."""
    if one is None or other is None:
        return one is other
    return Decimal(one) == Decimal(other)


def _differs(claimed: Names, known: Names) -> bool:
    return any(known.get(locale) != text for locale, text in claimed.items())
