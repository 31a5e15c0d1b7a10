"""Results far from their own past: judged by the median of what a figure's steps usually are.

Median and median deviation, because one earlier jump must not make the next one look ordinary.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from statistics import median

from portal.foundation.i18n import N_, Message, message
from portal.publishing.imports.checked import FigureInput
from portal.publishing.standing import Standing
from portal.publishing.values import FigureKey
from portal.registry.values import Period

FEWEST = 4
"""Earlier values a judgement needs."""
MOST_DEVIATIONS = 6.0
LEAST_SHARE = 0.5
"""A step smaller than this share of the usual value is never told."""
_UNITS = (2, 3, 4, 6, 8)

Series = tuple[str, str, str]


def jumps(
    news: Iterable[FigureInput], figures: Iterable[FigureInput], published: Mapping[FigureKey, Standing]
) -> Iterator[tuple[FigureInput, Message]]:
    """The `news` whose result is far from the values before it, in the file's `figures` or as published."""
    candidates: dict[Series, list[FigureInput]] = defaultdict(list)
    periods: dict[str, tuple[str, tuple[int, int, str]]] = {}
    for figure in news:
        if figure.actual is not None:
            candidates[_series(figure.key, periods)].append(figure)
    past: dict[Series, dict[str, str]] = defaultdict(dict)
    standing: Iterable[Standing | FigureInput] = published.values()
    for one in (*standing, *figures):
        if one.actual is not None:
            series = _series(one.key, periods)
            if series in candidates:
                past[series][one.key.period] = one.actual
    for series, found in candidates.items():
        values = past[series]
        if len(values) <= FEWEST:
            continue
        ordered = sorted(values, key=lambda text: periods[text][1])
        numbers = [float(values[text]) for text in ordered]
        for figure in found:
            place = ordered.index(figure.key.period)
            says = judge(numbers[:place], numbers[place])
            if says is not None:
                yield figure, says


def judge(before: Sequence[float], value: float) -> Message | None:
    """What is odd about a value after these, or None."""
    if len(before) < FEWEST or _is_plain(before, value):
        return None
    usual = median(before)
    unit = _another_unit(usual, value)
    if unit:
        return message(
            N_("About {times} times what it was before ({usual}). Has the unit changed?"),
            times=f"{unit:g}",
            usual=f"{usual:g}",
        )
    steps = [after - first for first, after in pairwise(before)]
    middle = median(steps)
    deviation = 1.4826 * median(abs(step - middle) for step in steps)
    step = value - before[-1]
    least = LEAST_SHARE * abs(usual)
    if abs(step) <= least or abs(step - middle) <= MOST_DEVIATIONS * max(deviation, 0.02 * abs(usual)):
        return None
    return message(
        N_("{value} after {last}; it usually is about {usual}."),
        value=f"{value:g}",
        last=f"{before[-1]:g}",
        usual=f"{usual:g}",
    )


def _is_plain(before: Sequence[float], value: float) -> bool:
    """Whether nothing can be odd, seen without a median: most values, so that a million are soon gone through."""
    least = min(before)
    return least > 0 and max(before) <= 10 * least and abs(value - before[-1]) <= LEAST_SHARE * least


def _another_unit(usual: float, value: float) -> float | None:
    """The power of ten between a value and its past, when it is one of those between units."""
    if not usual or not value or usual * value < 0:
        return None
    places = math.log10(value / usual)
    nearest = round(places)
    return 10.0**nearest if abs(nearest) in _UNITS and abs(places - nearest) < 0.02 else None


def _series(key: FigureKey, periods: dict[str, tuple[str, tuple[int, int, str]]]) -> Series:
    """Body, indicator and kind of period: a quarter is not held against years."""
    if key.period not in periods:
        period = Period.parse(key.period)
        periods[key.period] = period.type.value, period.sort_key
    return key.body, key.indicator, periods[key.period][0]
