"""What a body's figures say about the body itself: by rules that anyone can repeat, never against another body.

1. A value is compared with the up to five periods of the same kind before it, back to the last break in the
   series. There must be at least four of them.
2. The usual change is the median of the changes from each of those periods to the next, whatever their direction.
3. A value *improved* or *deteriorated* when it lies on that side of every one of those periods, and further from
   their average than twice the usual change; a share counted from cases must also exclude the average from its
   95 % interval. Everything else is its usual variation.
4. A target is *kept* when it was met in each of the last three periods that had one, and *missed* when it was not
   met in any of them.
5. A strength is an improvement or a kept target, a weakness a deterioration or a missed one. A series can be both.
6. A value under review is not judged, a withdrawn one counts as missing. A value that is not final is judged, and
   said to be tentative.
7. A series is *behind* when its newest result is older than the newest result of the body's other series of the
   same kind of period.

There is no score, no rank and no sum over indicators.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from statistics import median

from portal.publishing.intervals import interval_of
from portal.publishing.past import MOST_PERIODS
from portal.publishing.readings import Figure
from portal.publishing.series import period_of
from portal.publishing.symbols import BREAK
from portal.registry.queries import status
from portal.registry.values import Direction, Period, Status

LEAST_PERIODS = 4
TIMES_USUAL = 2
IN_A_ROW = 3


class Movement(StrEnum):
    """How the newest value stands to the series' own past; HIGHER and LOWER where neither way is better."""

    IMPROVED = "improved"
    DETERIORATED = "deteriorated"
    HIGHER = "higher"
    LOWER = "lower"
    USUAL = "usual"
    TOO_SHORT = "too-short"
    NOT_JUDGED = "not-judged"


@dataclass(frozen=True)
class Judgement:
    """One series, judged. `average` and `usual` are of the `earlier` periods compared with, None without any."""

    movement: Movement
    average: Decimal | None
    usual: Decimal | None
    earlier: int
    met: int
    missed: int
    tentative: bool
    behind: bool

    @property
    def keeps_target(self) -> bool:
        return self.met >= IN_A_ROW

    @property
    def misses_target(self) -> bool:
        return self.missed >= IN_A_ROW

    @property
    def is_strength(self) -> bool:
        return self.movement is Movement.IMPROVED or self.keeps_target

    @property
    def is_weakness(self) -> bool:
        return self.movement is Movement.DETERIORATED or self.misses_target


def judge(
    figures: Sequence[Figure],
    direction: Direction,
    unit: object,
    *,
    broken: Collection[str] = (),
    newest: Collection[str] = (),
) -> Judgement:
    """Judge one series, its earliest period first. `broken`: periods before which it breaks; `newest`: the newest
    period with a result of each kind among the body's series."""
    known = [one for one in figures if one.actual is not None and not one.is_withdrawn]
    if not known:
        return Judgement(Movement.NOT_JUDGED, None, None, 0, 0, 0, False, bool(newest))
    latest = known[-1]
    behind = _is_behind(latest.key.period, newest)
    if latest.is_under_review:
        return Judgement(Movement.NOT_JUDGED, None, None, 0, 0, 0, latest.is_provisional, behind)
    earlier = _comparable(known, broken)[-MOST_PERIODS:]
    average = sum(earlier, Decimal(0)) / len(earlier) if earlier else None
    usual = median(abs(new - old) for old, new in pairwise(earlier)) if earlier[1:] else None
    met, missed = _in_a_row(known, direction)
    return Judgement(
        movement=_movement(latest, earlier, average, usual, direction, unit),
        average=average,
        usual=usual,
        earlier=len(earlier),
        met=met,
        missed=missed,
        tentative=latest.is_provisional,
        behind=behind,
    )


def newest_periods(series: Sequence[Sequence[Figure]]) -> tuple[str, ...]:
    """The newest period with a result of each kind among these series."""
    found: dict[str, Period] = {}
    for figures in series:
        for figure in figures:
            if figure.actual is None:
                continue
            period = period_of(figure.key.period)
            known = found.get(period.type)
            if known is None or known.sort_key < period.sort_key:
                found[period.type] = period
    return tuple(str(period) for period in found.values())


def _is_behind(period: str, newest: Collection[str]) -> bool:
    own = period_of(period)
    others = (period_of(one) for one in newest)
    return any(one.type is own.type and one.sort_key > own.sort_key for one in others)


def _comparable(known: Sequence[Figure], broken: Collection[str]) -> list[Decimal]:
    """Values before the newest, of the same kind of period and on the same side of every break."""
    kind = period_of(known[-1].key.period).type
    found: list[Decimal] = []
    for figure in known:
        if figure.key.period in broken or figure.current.obs_status == BREAK:
            found.clear()
        if figure is not known[-1] and figure.actual is not None and period_of(figure.key.period).type is kind:
            found.append(figure.actual)
    return found


def _movement(
    latest: Figure,
    earlier: Sequence[Decimal],
    average: Decimal | None,
    usual: Decimal | None,
    direction: Direction,
    unit: object,
) -> Movement:
    value = latest.actual
    if value is None or average is None or usual is None or len(earlier) < LEAST_PERIODS:
        return Movement.TOO_SHORT
    above, below = value > max(earlier), value < min(earlier)
    if not (above or below) or abs(value - average) <= TIMES_USUAL * usual:
        return Movement.USUAL
    interval = interval_of(latest.current, unit)
    if interval is not None and interval.low <= average <= interval.high:
        return Movement.USUAL
    if direction is Direction.NONE:
        return Movement.HIGHER if above else Movement.LOWER
    return Movement.IMPROVED if above == (direction is Direction.UP) else Movement.DETERIORATED


def _in_a_row(known: Sequence[Figure], direction: Direction) -> tuple[int, int]:
    """For how many of the last periods with a target it was met, and for how many it was not."""
    judged = [status(one.target, one.actual, direction) for one in reversed(known)]
    judged = [one for one in judged if one in (Status.MET, Status.NOT_MET)]
    if not judged:
        return 0, 0
    run = next((at for at, one in enumerate(judged) if one is not judged[0]), len(judged))
    return (run, 0) if judged[0] is Status.MET else (0, run)
