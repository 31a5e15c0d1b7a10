"""Breaks in a series: between which two periods values stopped meaning the same, and why.

A break is declared with a value (SDMX status B), follows from a correction of the method, or from a change
of the indicator's definition, unit, criteria or direction. It stands before its period.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal.publishing.changes import COMPARABILITY, Change, Changed
from portal.publishing.readings import Figure, Version
from portal.publishing.symbols import BREAK
from portal.publishing.values import Cause, Text


class BreakReason(StrEnum):
    """declared: the value came with status B · method: values from here on follow another method ·
    the rest: the indicator's entry in the register was changed."""

    DECLARED = "declared"
    METHOD = "method"
    DEFINITION = "definition"
    UNIT = "unit"
    CRITERIA = "criteria"
    DIRECTION = "direction"


@dataclass(frozen=True)
class SeriesBreak:
    """Values from `period` on are not comparable with those before, as edition `edition` made known."""

    period: str
    reason: BreakReason
    edition: int
    at: datetime
    note: Text | None = None


_REASON = {
    Changed.DEFINITION: BreakReason.DEFINITION,
    Changed.UNIT: BreakReason.UNIT,
    Changed.CRITERIA: BreakReason.CRITERIA,
    Changed.DIRECTION: BreakReason.DIRECTION,
}


def breaks_in(figures: Sequence[Figure], changed: Iterable[Change]) -> tuple[SeriesBreak, ...]:
    """The breaks in a body's series (the earliest period first), given the changes of its indicator.

    Nothing breaks before the first period; a change after which no period was published yet breaks nothing.
    """
    found = [*_declared(figures), *_of_method(figures), *_of_register(figures, changed)]
    places = {figure.key.period: place for place, figure in enumerate(figures)}
    return tuple(sorted(found, key=lambda one: (places[one.period], one.edition, one.reason)))


def _declared(figures: Sequence[Figure]) -> Iterator[SeriesBreak]:
    for figure in figures[1:]:
        if figure.current.obs_status == BREAK:
            version = figure.current
            yield SeriesBreak(figure.key.period, BreakReason.DECLARED, version.edition, version.at, version.note)


def _of_method(figures: Sequence[Figure]) -> Iterator[SeriesBreak]:
    """Where the values of one method meet those of another. A figure first published after a change of
    method follows the new one; a figure published before and never recast follows the old."""
    recasts = [_recast(figure) for figure in figures]
    for n, told in sorted({one.edition: one for one in recasts if one is not None}.items()):
        under = [
            figure.versions[0].edition > n or (recast is not None and recast.edition >= n)
            for figure, recast in zip(figures, recasts, strict=True)
        ]
        for place in range(1, len(figures)):
            if under[place] != under[place - 1]:
                yield SeriesBreak(figures[place].key.period, BreakReason.METHOD, n, told.at, told.note)


def _recast(figure: Figure) -> Version | None:
    """The last version that followed another method than the one before; None when there is none."""
    return next((one for one in reversed(figure.versions) if one.cause is Cause.METHOD_CHANGE), None)


def _of_register(figures: Sequence[Figure], changed: Iterable[Change]) -> Iterator[SeriesBreak]:
    """Before the first period that was published under the changed entry, where one stands before it."""
    for change in changed:
        reasons = [_REASON[one.what] for one in change.fields if one.what in COMPARABILITY]
        if change.key is not None or not reasons:
            continue
        under = [figure.versions[0].edition >= change.new_edition for figure in figures]
        for place in range(1, len(figures)):
            if under[place] and not under[place - 1]:
                period = figures[place].key.period
                yield from (
                    SeriesBreak(period, reason, change.new_edition, change.at, change.note) for reason in reasons
                )
                break
