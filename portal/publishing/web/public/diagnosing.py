"""A body's figures, judged series by series and grouped by service."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cached_property
from typing import Any

from portal.publishing.charts.spark import spark
from portal.publishing.diagnosis import Judgement, Movement, judge, newest_periods
from portal.publishing.readings import PublishedService, digits
from portal.publishing.series import period_of, with_gaps
from portal.publishing.web.public.rows import IndicatorRow
from portal.publishing.web.words import measured, unit_name
from portal.registry.values import Status
from portal.web.wording import gettext as _
from portal.web.wording import lazy_gettext as _l
from portal.web.wording import ngettext
from portal.web.words import name

MOVEMENT: Mapping[Movement, tuple[Any, str]] = {
    Movement.IMPROVED: (_l("Improved"), "▲"),
    Movement.DETERIORATED: (_l("Deteriorated"), "▼"),
    Movement.HIGHER: (_l("Higher than usual"), "↑"),
    Movement.LOWER: (_l("Lower than usual"), "↓"),
    Movement.USUAL: (_l("Within its usual variation"), "="),
    Movement.TOO_SHORT: (_l("Too few periods to tell"), "·"),
    Movement.NOT_JUDGED: (_l("Not judged"), "·"),
}


RULES: tuple[Any, ...] = (
    _l(
        "A value is compared with the up to five periods of the same kind before it, back to the last "
        "break in the series. There must be at least four of them."
    ),
    _l("The usual change is the median of the changes from each of those periods to the next, up or down."),
    _l(
        "A value improved or deteriorated when it lies on that side of every one of those periods, and "
        "further from their average than twice the usual change. A share counted from cases must also "
        "exclude the average from its 95 per cent interval. Everything else is its usual variation."
    ),
    _l(
        "A target is kept when it was met in each of the last three periods that had one, and missed when"
        " it was met in none of them."
    ),
    _l(
        "A strength is an improvement or a kept target; a weakness is a deterioration or a missed target."
        " The same indicator can be both."
    ),
    _l(
        "A value under review is not judged, and a withdrawn one counts as missing. A value that is not "
        "final is judged, and called tentative."
    ),
    _l(
        "An indicator is behind when its newest result is older than the newest result of this body’s "
        "other indicators of the same kind of period."
    ),
    _l("There is no score, no rank and no sum over indicators, and no body is compared with another."),
)
"""The rules of `publishing.diagnosis`, as the page tells them."""


MOST_DIGITS = 6  # of a computed average; what was published is shown as it was


@dataclass(frozen=True)
class Diagnosed:
    """One series and what the rules say of it."""

    row: IndicatorRow
    judgement: Judgement

    @property
    def spark(self) -> str:
        """The course of the newest value's kind of period."""
        kind = period_of(self.row.latest.key.period).type
        shown = [one for one in self.row.figures if period_of(one.key.period).type is kind]
        values = [one.actual if one else None for one in with_gaps(shown)]
        return spark(values[-40:], self.row.latest.target)

    def reasons(self, strength: bool) -> list[str]:
        """Why it counts as a strength, or else as a weakness, and how sure that is, one sentence each."""
        judged = self.judgement
        found = []
        if judged.keeps_target if strength else judged.misses_target:
            found.append(_target_words(judged))
        if judged.movement is (Movement.IMPROVED if strength else Movement.DETERIORATED):
            found.extend(_movement_words(self.row, judged))
        if judged.tentative:
            found.append(_("The newest value is not final, so this is tentative."))
        if judged.behind:
            found.append(_("Newer results are due: other figures of this body are further on."))
        return found


@dataclass(frozen=True)
class Group:
    """The series of one service; those of no service come last, under no service."""

    service: PublishedService | None
    rows: tuple[Diagnosed, ...]


@dataclass(frozen=True)
class Diagnosis:
    """All series of a body, by name."""

    all: tuple[Diagnosed, ...]
    services: tuple[PublishedService, ...]

    @cached_property
    def weaknesses(self) -> tuple[Diagnosed, ...]:
        return tuple(one for one in self.all if one.judgement.is_weakness)

    @cached_property
    def strengths(self) -> tuple[Diagnosed, ...]:
        return tuple(one for one in self.all if one.judgement.is_strength)

    @cached_property
    def behind(self) -> tuple[Diagnosed, ...]:
        return tuple(one for one in self.all if one.judgement.behind)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        known = {service.code: service for service in self.services}
        by_service: dict[str | None, list[Diagnosed]] = {}
        for one in self.all:
            code = one.row.indicator.service
            by_service.setdefault(code if code in known else None, []).append(one)
        named = sorted((known[code] for code in by_service if code), key=lambda service: name(service.names))
        groups = [Group(service, tuple(by_service[service.code])) for service in named]
        return (*groups, Group(None, tuple(by_service[None]))) if None in by_service else tuple(groups)

    def count(self, *movements: str) -> int:
        return sum(one.judgement.movement in movements for one in self.all)

    def with_status(self, wanted: str) -> int:
        return sum(one.row.status == Status(wanted) for one in self.all)

    @property
    def under_review(self) -> int:
        return sum(figure.is_under_review for one in self.all for figure in one.row.figures)


def diagnose(rows: Iterable[IndicatorRow], services: Sequence[PublishedService]) -> Diagnosis:
    """Judge every series; within the page they stand by name."""
    ordered = sorted(rows, key=lambda row: name(row.indicator.names))
    newest = newest_periods([row.figures for row in ordered])
    judged = tuple(
        Diagnosed(
            row,
            judge(
                row.figures,
                row.indicator.direction,
                row.indicator.unit,
                broken={one.period for one in row.breaks},
                newest=newest,
            ),
        )
        for row in ordered
    )
    return Diagnosis(judged, tuple(services))


def years_of(rows: Iterable[IndicatorRow]) -> tuple[int, ...]:
    """The years that have results, the newest first."""
    found = {period_of(one.key.period).year for row in rows for one in row.figures if one.actual is not None}
    return tuple(sorted(found, reverse=True))


def until(rows: Iterable[IndicatorRow], year: int) -> list[IndicatorRow]:
    """The series as far as that year, without those that had not begun."""
    found = []
    for row in rows:
        figures = tuple(one for one in row.figures if period_of(one.key.period).year <= year)
        if figures:
            found.append(IndicatorRow(row.indicator, row.body, figures, row.breaks))
    return found


def judgement_json(judged: Judgement) -> dict[str, Any]:
    return {
        "movement": judged.movement.value,
        "average_before": digits(judged.average),
        "usual_change": digits(judged.usual),
        "periods_before": judged.earlier,
        "target_met_in_a_row": judged.met,
        "target_missed_in_a_row": judged.missed,
        "strength": judged.is_strength,
        "weakness": judged.is_weakness,
        "tentative": judged.tentative,
        "behind": judged.behind,
    }


def _target_words(judged: Judgement) -> str:
    if judged.keeps_target:
        kept = judged.met
        return str(ngettext("Target met %(num)s time in a row.", "Target met %(num)s times in a row.", kept))
    missed = judged.missed
    return str(ngettext("Target missed %(num)s time in a row.", "Target missed %(num)s times in a row.", missed))


def _movement_words(row: IndicatorRow, judged: Judgement) -> list[str]:
    if judged.average is None or judged.usual is None:
        return []
    unit = "%" if unit_name(row.indicator.unit) == "%" else ""
    compared = [one.actual for one in row.figures if one.actual is not None][-judged.earlier - 1 : -1]
    told = {
        "value": measured(row.latest.actual, unit),
        "average": measured(rounded(judged.average, compared), unit),
        "periods": judged.earlier,
    }
    if judged.movement is Movement.IMPROVED:
        words = _("Improved to %(value)s, from %(average)s on average over %(periods)s periods.", **told)
    else:
        words = _("Deteriorated to %(value)s, from %(average)s on average over %(periods)s periods.", **told)
    usual = measured(rounded(judged.usual, compared), unit)
    return [words, _("Its usual change from one period to the next is %(usual)s.", usual=usual)]


def rounded(value: Decimal, compared: Sequence[Decimal]) -> Decimal:
    """As many decimals as the most precise of the values compared, and no more than six digits tell."""
    exponents = [one.as_tuple().exponent for one in compared]
    places = min((exponent for exponent in exponents if isinstance(exponent, int)), default=0)
    places = max(places, value.adjusted() + 1 - MOST_DIGITS)
    return value.quantize(Decimal(1).scaleb(min(places, 0)), ROUND_HALF_EVEN)
