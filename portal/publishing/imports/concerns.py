"""What looks odd in a file without being wrong: somebody must look at it and say why it is right.

Each concern names its row and column. They are kept with the import, so that whoever publishes reads them too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from portal.foundation.i18n import N_, Message, message
from portal.publishing.imports.checked import Checked, FigureInput
from portal.publishing.imports.fields import NUMBERS
from portal.publishing.imports.mapping import Mapping as FigureMapping
from portal.publishing.values import ObsStatus
from portal.registry.values import Direction

MOST_PER_KIND = 200
TOTALS = frozenset({"合计", "总计", "小计", "共计", "total", "totals", "subtotal", "sum", "grandtotal"})
FACTORS = frozenset("百千万亿")
NOT_FINAL = frozenset({ObsStatus.PROVISIONAL.value, ObsStatus.ESTIMATED.value, ObsStatus.FORECAST.value})


class ConcernKind(StrEnum):
    """What looks odd, in the order in which it is told."""

    UNIT_LINE = "unit-line"
    FACTOR_TWICE = "factor-twice"
    LIKE_A_TOTAL = "like-a-total"
    BODY_ABSENT = "body-absent"
    JUMP = "jump"
    ABOVE_WHOLE = "above-whole"
    PARTS_ABOVE_TOTAL = "parts-above-total"
    FUTURE_PERIOD = "future-period"
    BEFORE_END = "before-end"
    LATE_TARGET = "late-target"
    ZERO_TARGET = "zero-target"
    ZERO_WHOLE = "zero-whole"
    MERGED_CELL = "merged-cell"
    MISSING_TARGET = "missing-target"


KIND_WORDS = {
    ConcernKind.UNIT_LINE: N_("A unit stands above the table and the mapping does not use it"),
    ConcernKind.FACTOR_TWICE: N_("The number says 万 or 亿 itself, and so does its unit"),
    ConcernKind.LIKE_A_TOTAL: N_("A row looks like a total, not like a body"),
    ConcernKind.BODY_ABSENT: N_("A body that this source had before is not in the file"),
    ConcernKind.JUMP: N_("The result is far from the figure's own past"),
    ConcernKind.ABOVE_WHOLE: N_("The part is larger than the whole"),
    ConcernKind.PARTS_ABOVE_TOTAL: N_("The parts add up to more than their total"),
    ConcernKind.FUTURE_PERIOD: N_("A result for a period that has not begun"),
    ConcernKind.BEFORE_END: N_("A final result before the period has ended"),
    ConcernKind.LATE_TARGET: N_("The target comes in together with the result it is held against"),
    ConcernKind.ZERO_TARGET: N_("The target is zero, which every result reaches"),
    ConcernKind.ZERO_WHOLE: N_("The whole is zero, so there is nothing to take a share of"),
    ConcernKind.MERGED_CELL: N_("The number stands in a merged cell"),
    ConcernKind.MISSING_TARGET: N_("There is no target, so nothing is met or missed"),
}


@dataclass(frozen=True)
class Concern:
    """One thing that looks odd: where it stands (row 0: nowhere in particular) and what it is in plain words."""

    kind: ConcernKind
    row: int
    column: str
    found: str
    says: Message


@dataclass
class Concerns:
    """The first MOST_PER_KIND concerns of each kind, and how many there are."""

    totals: Counter[ConcernKind] = field(default_factory=Counter)
    listed: list[Concern] = field(default_factory=list)

    def add(self, concern: Concern) -> None:
        self.totals[concern.kind] += 1
        if self.totals[concern.kind] <= MOST_PER_KIND:
            self.listed.append(concern)

    def in_order(self) -> list[Concern]:
        order = {kind: place for place, kind in enumerate(ConcernKind)}
        return sorted(self.listed, key=lambda one: (order[one.kind], one.row))


def about_the_sheet(
    unit: str | None, mapping: FigureMapping, checked: Checked, absent_bodies: Iterable[str]
) -> Iterator[Concern]:
    """What is odd about the file as a whole; `unit` is the one a line above the table states."""
    if unit is not None and mapping.unit_line is None:
        says = message(N_("The line above the table says {unit}; the numbers are taken as they stand."), unit=unit)
        yield Concern(ConcernKind.UNIT_LINE, 1, "-", unit, says)
    for claim in checked.bodies.values():
        named = next((name for name in claim.names.values() if "".join(name.split()).casefold() in TOTALS), None)
        if named is not None:
            says = message(N_("“{name}” would become a public body."), name=named)
            column = claim.line.origins.get("body_name", "body_name")
            yield Concern(ConcernKind.LIKE_A_TOTAL, claim.line.row.number, column, named, says)
    for body in absent_bodies:
        says = message(N_("{body} has figures of this source and period; they stay as they are."), body=body)
        yield Concern(ConcernKind.BODY_ABSENT, 0, "-", body, says)


def about_a_figure(
    figure: FigureInput, direction: Direction, days: tuple[date, date], today: date
) -> Iterator[Concern]:
    """What is odd about one figure by itself; `days` are the first and last of its period."""
    if direction is not Direction.NONE and figure.target is None and "target" not in figure.unchanged:
        yield concern_of(
            ConcernKind.MISSING_TARGET, figure, "target", message(N_("No target: never shown as met."))
        )
    if direction is Direction.UP and figure.target is not None and is_zero(figure.target):
        says = message(N_("A target of zero is reached by every result. Was it left empty at the source?"))
        yield concern_of(ConcernKind.ZERO_TARGET, figure, "target", says)
    if figure.numerator is not None and figure.denominator is not None:
        if is_zero(figure.denominator):
            yield concern_of(ConcernKind.ZERO_WHOLE, figure, "denominator", message(N_("Nothing was counted.")))
        elif Decimal(figure.numerator) > Decimal(figure.denominator):
            says = message(
                N_("{part} of {whole}: the part cannot exceed the whole."),
                part=figure.numerator,
                whole=figure.denominator,
            )
            yield concern_of(ConcernKind.ABOVE_WHOLE, figure, "numerator", says)
    if figure.actual is not None and days[1] >= today:
        if days[0] > today:
            says = message(N_("The period {period} has not begun."), period=figure.key.period)
            yield concern_of(ConcernKind.FUTURE_PERIOD, figure, "actual", says)
        elif figure.obs_status not in NOT_FINAL:
            text = N_("The period {period} is not over. Is the result provisional?")
            says = message(text, period=figure.key.period)
            yield concern_of(ConcernKind.BEFORE_END, figure, "actual", says)


def in_merged_cells(figure: FigureInput, merged: Set[tuple[int, str]]) -> Iterator[Concern]:
    """The numbers of a figure that stand in one cell with others; `merged` holds row and column."""
    for name in ("target", "actual"):
        if (figure.row, figure.origin.columns.get(name, name)) in merged:
            says = message(N_("One cell stands for several rows or columns; each figure needs its own."))
            yield concern_of(ConcernKind.MERGED_CELL, figure, name, says)


def factor_twice(figure: FigureInput, units: Iterable[str]) -> Iterator[Concern]:
    """Numbers such as 1.3亿 below 单位：万元, which may mean 13 000 of the unit or ten thousand times as much."""
    unit = next((one for one in units if one[:1] in FACTORS), None)
    if unit is None:
        return
    for name in NUMBERS:
        value, found = getattr(figure, name), figure.fault(name, "").found.strip()
        if value is not None and found[-1:] in FACTORS:
            says = message(
                N_("Read as {value} {unit}. Was that meant, or {found} of the plain unit?"),
                value=value,
                unit=unit,
                found=found,
            )
            yield concern_of(ConcernKind.FACTOR_TWICE, figure, name, says)


def concern_of(kind: ConcernKind, figure: FigureInput, name: str, says: Message) -> Concern:
    """A concern at the place of a figure's field."""
    place = figure.fault(name, "")
    return Concern(kind, place.row, place.column, place.found, says)


def is_zero(text: str) -> bool:
    """Whether a decimal string is zero."""
    return text[-1:] in "0." and not text.strip("-0.")
