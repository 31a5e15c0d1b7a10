"""Chosen bodies beside each other on one indicator: never ranked, with what stands against comparing them.

The order is that of names. Two values are told apart only where both have an interval and these do not overlap.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from portal.publishing.breaks import SeriesBreak
from portal.publishing.intervals import Interval, interval_of
from portal.publishing.readings import Figure, PublishedBody

MOST_BODIES = 8
_LARGER = 10  # times as many cases: shares of so different sizes vary differently


class Caveat(StrEnum):
    """What a reader must know before comparing."""

    PERIODS = "periods"
    TARGETS = "targets"
    LEVELS = "levels"
    SIZES = "sizes"
    BREAKS = "breaks"
    NOT_FINAL = "not-final"
    DEFINITION = "definition"
    UNDER_REVIEW = "under-review"
    NO_INTERVALS = "no-intervals"


@dataclass(frozen=True)
class Compared:
    """One body's series, with its newest result."""

    body: PublishedBody
    figures: tuple[Figure, ...]
    breaks: tuple[SeriesBreak, ...]
    latest: Figure
    interval: Interval | None


@dataclass(frozen=True)
class Pair:
    """Two bodies whose newest results have intervals: whether a difference can be told."""

    one: PublishedBody
    other: PublishedBody
    overlap: bool


def compared(
    body: PublishedBody, figures: Sequence[Figure], breaks: Sequence[SeriesBreak], unit: object
) -> Compared | None:
    """A series ready to be compared; None when it has no result."""
    latest = next((one for one in reversed(figures) if one.actual is not None), None)
    if latest is None:
        return None
    return Compared(body, tuple(figures), tuple(breaks), latest, interval_of(latest.current, unit))


def pairs(found: Sequence[Compared]) -> tuple[Pair, ...]:
    """Every two whose newest results are of the same period and have intervals."""
    return tuple(
        Pair(one.body, other.body, one.interval.overlaps(other.interval))
        for one, other in combinations(found, 2)
        if one.interval and other.interval and one.latest.key.period == other.latest.key.period
    )


def caveats(found: Sequence[Compared]) -> tuple[Caveat, ...]:
    """What stands against comparing these, in a fixed order."""
    newest = [one.latest for one in found]
    sizes = [one.current.denominator for one in newest if one.current.denominator]
    statuses = {one.current.obs_status for one in newest}
    holds: Mapping[Caveat, bool] = {
        Caveat.PERIODS: len({one.key.period for one in newest}) > 1,
        Caveat.TARGETS: len({one.target for one in newest}) > 1,
        Caveat.LEVELS: len({one.body.level for one in found}) > 1,
        Caveat.SIZES: bool(sizes) and max(sizes) >= _LARGER * min(sizes),
        Caveat.BREAKS: any(one.breaks for one in found),
        Caveat.NOT_FINAL: any(one.is_provisional for one in newest),
        Caveat.DEFINITION: "D" in statuses,
        Caveat.UNDER_REVIEW: any(one.is_under_review for one in newest),
        Caveat.NO_INTERVALS: any(one.interval is None for one in found),
    }
    return tuple(caveat for caveat, true in holds.items() if true)
