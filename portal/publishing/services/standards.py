"""What the entries of a return are held against: unit, direction, and what the bodies below published."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from sqlalchemy.orm import Session

from portal.foundation.i18n import pick
from portal.publishing.collecting import Value, Warned
from portal.publishing.models import CollectedValue, CollectionRound
from portal.publishing.queries.rounds import get_round
from portal.publishing.rules.entries import Standard, warnings
from portal.publishing.standing import figures_standing
from portal.registry import queries as registry
from portal.registry.values import Direction


def standards(
    session: Session, row: CollectionRound, values: Sequence[CollectedValue], jump_percent: int
) -> Mapping[str, Standard]:
    """The standard of each indicator of one body's values."""
    body = values[0].body if values else ""
    return _standards(session, body, row.period, {value.indicator for value in values}, jump_percent)


def with_warnings(session: Session, values: Sequence[Value], *, jump_percent: int) -> tuple[Value, ...]:
    """The values of one return, each with what is unusual about its entry."""
    if not values:
        return ()
    first = values[0]
    period = get_round(session, first.round).period
    kept = _standards(session, first.key.body, period, {one.key.indicator for one in values}, jump_percent)
    return tuple(replace(one, warnings=_warned(one, kept[one.key.indicator])) for one in values)


def _warned(value: Value, standard: Standard) -> tuple[Warned, ...]:
    return warnings(value.entry, value.asked, standard)


def _standards(
    session: Session, body: str, period: str, indicators: Collection[str], jump_percent: int
) -> dict[str, Standard]:
    below = _below(session, body, period)
    found = {}
    for one in registry.list_indicators(session):
        if one.code in indicators:
            found[one.code] = Standard(
                unit=pick(one.unit, "en"),
                has_direction=one.direction is not Direction.NONE,
                jump_percent=jump_percent,
                below=below.get(one.code),
            )
    return found


def _below(session: Session, body: str, period: str) -> dict[str, Decimal]:
    """What the bodies directly below published for the period, added up by indicator."""
    codes = [one.code for one in registry.list_bodies(session, parent_code=body)]
    sums: dict[str, Decimal] = defaultdict(Decimal)
    if codes:
        for key, standing in figures_standing(session, codes).items():
            if key.period == period and standing.actual is not None:
                sums[key.indicator] += Decimal(standing.actual)
    return dict(sums)
