"""What a checked file holds: figures, and what it says about bodies, services and indicators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from portal.foundation.faults import Fault
from portal.foundation.i18n import Message
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


class Origin(NamedTuple):
    """Where figures of a file stand: the column of each field. `typed` holds what stood there before reading."""

    file: str
    columns: Mapping[str, str]
    typed: Mapping[str, str] | None = None


class FigureInput(NamedTuple):
    """One figure to publish, its numbers as decimal strings; `note` is text by people.

    `unchanged` names the numbers for which the file only says that they are as in the period before.
    A tuple, because a file may hold a million.
    """

    key: FigureKey
    target: str | None
    actual: str | None
    numerator: str | None
    denominator: str | None
    obs_status: str
    note: str | None
    row: int
    origin: Origin
    unchanged: frozenset[str] = frozenset()

    def fault(self, field: str, expected: Message | str) -> Fault:
        """What is wrong with a field of it, at its place in the file."""
        typed = self.origin.typed
        found = typed.get(field, "") if typed is not None else self._as_read(field)
        return Fault(self.origin.file, self.row, self.origin.columns.get(field, field), expected, found)

    def _as_read(self, field: str) -> str:
        codes = {"body_code": self.key.body, "indicator_code": self.key.indicator, "period": self.key.period}
        return codes.get(field) or str(getattr(self, field, None) or "")


@dataclass
class Checked:
    """Everything a file holds that has no fault of its own; not yet held against the register."""

    bodies: dict[str, BodyClaim] = field(default_factory=dict)
    services: dict[str, ServiceClaim] = field(default_factory=dict)
    indicators: dict[str, IndicatorClaim] = field(default_factory=dict)
    figures: dict[FigureKey, FigureInput] = field(default_factory=dict)
    rows: int = 0
    defaulted: dict[str, int] = field(default_factory=dict)
