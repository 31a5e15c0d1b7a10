"""What a checked file holds: figures, and what it says about bodies, services and indicators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from portal.publishing.imports.lines import Line
from portal.publishing.values import FigureKey
from portal.registry.values import Direction, Kind


@dataclass(frozen=True)
class BodyClaim:
    """What the file says about a body; no names when it gives only the code."""

    code: str
    names: Mapping[str, str]
    line: Line


@dataclass(frozen=True)
class ServiceClaim:
    code: str
    body: str
    names: Mapping[str, str]
    line: Line


@dataclass(frozen=True)
class IndicatorClaim:
    """What the file says about an indicator; None where it says nothing."""

    code: str
    names: Mapping[str, str]
    definition: Mapping[str, str]
    unit: Mapping[str, str]
    direction: Direction | None
    kind: Kind | None
    body: str | None
    service: str | None
    line: Line


@dataclass(frozen=True)
class FigureInput:
    """One figure to publish, its numbers as decimal strings; `note` is text by people.

    `unchanged` names the numbers for which the file only says that they are as in the period before.
    """

    key: FigureKey
    target: str | None
    actual: str | None
    numerator: str | None
    denominator: str | None
    obs_status: str
    note: str | None
    line: Line
    unchanged: frozenset[str] = frozenset()


@dataclass
class Checked:
    """Everything a file holds that has no fault of its own; not yet held against the register."""

    bodies: dict[str, BodyClaim] = field(default_factory=dict)
    services: dict[str, ServiceClaim] = field(default_factory=dict)
    indicators: dict[str, IndicatorClaim] = field(default_factory=dict)
    figures: dict[FigureKey, FigureInput] = field(default_factory=dict)
    rows: int = 0
    defaulted: dict[str, int] = field(default_factory=dict)
