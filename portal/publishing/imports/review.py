"""Going through an import before it is staged: what it changes, and what looks odd in it.

Bodies are gone through some at a time, so that a million figures are never held against a million others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from operator import attrgetter

from portal.foundation.i18n import N_, message
from portal.foundation.streams import Stream
from portal.foundation.tables import Table
from portal.publishing.imports.checked import Checked, FigureInput
from portal.publishing.imports.concerns import (
    Concern,
    ConcernKind,
    Concerns,
    about_a_figure,
    about_the_sheet,
    concern_of,
    factor_twice,
    in_merged_cells,
)
from portal.publishing.imports.jumps import jumps
from portal.publishing.imports.mapping import Mapping as FigureMapping
from portal.publishing.imports.plan import Addition, Plan, Register, StandingOf, by_bodies
from portal.publishing.imports.preview import Change, ChangeKind, values_of
from portal.publishing.imports.reading import stated_unit
from portal.publishing.imports.sums import parts_above_totals
from portal.publishing.imports.times import first_day, last_day
from portal.publishing.standing import Standing
from portal.publishing.values import Cause, FigureKey

_KEY = attrgetter("key")


@dataclass(frozen=True)
class Sheet:
    """What a table tells beyond its rows: a unit stated above it, cells that are merged, rows left out."""

    unit: str | None = None
    merged: frozenset[tuple[int, str]] = frozenset()
    left_out: int = 0

    @classmethod
    def of(cls, table: Table | Stream) -> Sheet:
        if isinstance(table, Stream):
            return cls()
        return cls(stated_unit(table), table.merged, table.left_out)


@dataclass
class Review:
    """`changes` yields what changes and gathers `concerns` and `totals` on its way; both are whole at its end."""

    sheet: Sheet
    mapping: FigureMapping
    checked: Checked
    plan: Plan
    register: Register
    absent_bodies: Sequence[str]
    standing_of: StandingOf
    today: date
    concerns: Concerns = field(default_factory=Concerns)
    totals: Counter[ChangeKind] = field(default_factory=Counter)

    def changes(self) -> Iterator[Change]:
        """Every figure of the file, then what the file no longer has."""
        for figures, additions, published in self._groups():
            for figure in figures:
                kind = _kind(additions.get(figure.key))
                self.totals[kind] += 1
                standing = published.get(figure.key)
                old = {} if standing is None else values_of(standing)
                yield Change(kind, figure.key, old, values_of(figure), figure.row)
        self.totals[ChangeKind.REMOVED] = len(self.plan.absent)
        for standing in self.plan.absent:
            yield Change(ChangeKind.REMOVED, standing.key, values_of(standing), {}, 0)

    def go_through(self) -> None:
        """Only for what is gathered on the way."""
        for figures, additions, _ in self._groups():
            self.totals.update(map(_kind, map(additions.get, map(_KEY, figures))))
        self.totals[ChangeKind.REMOVED] = len(self.plan.absent)

    def _groups(
        self,
    ) -> Iterator[tuple[list[FigureInput], Mapping[FigureKey, Addition], Mapping[FigureKey, Standing]]]:
        """The figures some bodies at a time, looked at, with what is published of them."""
        self._tell(about_the_sheet(self.sheet.unit, self.mapping, self.checked, self.absent_bodies))
        indicators = {**self.register.indicators, **{one.code: one for one in self.plan.indicators}}
        self._directions = {code: one.direction for code, one in indicators.items()}
        self._unit_of = {code: one.unit for code, one in indicators.items()}
        self._wholes = {code: one.part_of for code, one in indicators.items() if one.part_of}
        self._days: dict[str, tuple[date, date]] = {}
        additions = {addition.figure.key: addition for addition in self.plan.additions}
        for figures in by_bodies(self.checked.figures.values()):
            published = self.standing_of({figure.key.body for figure in figures})
            news = [figure for figure in figures if figure.key in additions]
            self._look(figures, news, published)
            yield figures, additions, published

    def _look(
        self, figures: list[FigureInput], news: list[FigureInput], published: Mapping[FigureKey, Standing]
    ) -> None:
        """What is published already was looked at when it was; only the news are judged."""
        for figure in news:
            period = figure.key.period
            if period not in self._days:
                self._days[period] = first_day(period), last_day(period)
            direction = self._directions[figure.key.indicator]
            for concern in about_a_figure(figure, direction, self._days[period], self.today):
                self.concerns.add(concern)
            standing = published.get(figure.key)
            if standing is not None and standing.target is None and figure.target and figure.actual:
                says = message(N_("Published without a target until now."))
                self.concerns.add(concern_of(ConcernKind.LATE_TARGET, figure, "target", says))
            if self.mapping.numbers.multipliers:
                self._tell(factor_twice(figure, self._units(figure.key.indicator)))
            if self.sheet.merged:
                self._tell(in_merged_cells(figure, self.sheet.merged))
        for figure, says in jumps(news, figures, published):
            self.concerns.add(concern_of(ConcernKind.JUMP, figure, "actual", says))
        for figure, says in parts_above_totals(self._wholes, news, self.checked, published):
            self.concerns.add(concern_of(ConcernKind.PARTS_ABOVE_TOTAL, figure, "actual", says))

    def _units(self, indicator: str) -> list[str]:
        """What figures of an indicator may be counted in: what the line above the table says, and its unit."""
        return [*([self.sheet.unit] if self.sheet.unit else []), *self._unit_of[indicator].values()]

    def _tell(self, concerns: Iterator[Concern]) -> None:
        for concern in concerns:
            self.concerns.add(concern)


def _kind(addition: Addition | None) -> ChangeKind:
    if addition is None:
        return ChangeKind.UNCHANGED
    if addition.replaces is None:
        return ChangeKind.ADDED
    return ChangeKind.COMPLETED if addition.cause is Cause.SCHEDULED else ChangeKind.CORRECTED
