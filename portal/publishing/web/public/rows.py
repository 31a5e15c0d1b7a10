"""An indicator at a body, ready to be read in one line: newest result, target, status, own past."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from portal.publishing.past import OwnPast, Verdict, own_past
from portal.publishing.readings import Figure, PublishedBody, PublishedIndicator, Version, digits
from portal.publishing.symbols import PROVISIONAL, REVISED, Symbol, symbol
from portal.registry.queries import status
from portal.registry.values import Status


@dataclass(frozen=True)
class IndicatorRow:
    """One indicator at one body: its figures, the earliest period first."""

    indicator: PublishedIndicator
    body: PublishedBody
    figures: tuple[Figure, ...]

    @property
    def latest(self) -> Figure:
        """The newest figure that has a result; without any, the newest."""
        return next((one for one in reversed(self.figures) if one.actual is not None), self.figures[-1])

    @property
    def status(self) -> Status:
        return self.status_of(self.latest.current)

    @property
    def past(self) -> OwnPast | None:
        return own_past(self.figures[: self.figures.index(self.latest) + 1], self.indicator.direction)

    @property
    def is_better(self) -> bool:
        return self.past is not None and self.past.verdict is Verdict.BETTER

    @property
    def is_worse(self) -> bool:
        return self.past is not None and self.past.verdict is Verdict.WORSE

    def status_of(self, version: Version) -> Status:
        return status(version.target, version.actual, self.indicator.direction)


def rows_of(
    figures: Iterable[Figure],
    indicators: Mapping[str, PublishedIndicator],
    bodies: Mapping[str, PublishedBody],
) -> tuple[IndicatorRow, ...]:
    """Figures (by body, indicator and period) joined with what they are figures of."""
    grouped = groupby(figures, key=lambda figure: (figure.key.body, figure.key.indicator))
    return tuple(
        IndicatorRow(indicators[indicator], bodies[body], tuple(found))
        for (body, indicator), found in grouped
        if indicator in indicators and body in bodies
    )


def symbols_of(figure: Figure) -> tuple[Symbol, ...]:
    """What stands beside a figure's value."""
    found = symbol(figure.current.obs_status)
    return (*((found,) if found else ()), *((REVISED,) if figure.is_revised else ()))


def is_provisional(figure: Figure) -> bool:
    return figure.current.obs_status in PROVISIONAL


FIGURE_COLUMNS = (
    *("body_code", "body_name", "indicator_code", "indicator_name", "service_code", "unit", "direction", "kind"),
    *("period", "target", "actual", "numerator", "denominator", "obs_status", "obs_note"),
    *("status", "cause", "published_in_edition", "published_at", "under_review"),
)


def figure_cells(row: IndicatorRow, figure: Figure, version: Version) -> Sequence[Any]:
    """One version of a figure as cells under FIGURE_COLUMNS; names in English, codes beside them."""
    kept, body = row.indicator, row.body
    return (
        *(body.code, _english(body.names), kept.code, _english(kept.names), kept.service),
        *(_english(kept.unit), kept.direction.value, kept.kind.value, figure.key.period),
        *(digits(version.target), digits(version.actual)),
        *(digits(version.numerator), digits(version.denominator), version.obs_status),
        version.note.text if version.note else None,
        row.status_of(version).value,
        version.cause.value,
        version.edition,
        version.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "yes" if figure.is_under_review else "no",
    )


def figure_json(row: IndicatorRow, figure: Figure) -> dict[str, Any]:
    """A figure with every version, oldest first."""
    return {
        "body": figure.key.body,
        "indicator": figure.key.indicator,
        "period": figure.key.period,
        "under_review": figure.is_under_review,
        "versions": [version_json(row, version) for version in figure.versions],
        "notices": [
            {"state": notice.state.value, "edition": notice.edition, "at": moment(notice.at)}
            for notice in figure.notices
        ],
    }


def version_json(row: IndicatorRow, version: Version) -> dict[str, Any]:
    return {
        "edition": version.edition,
        "at": moment(version.at),
        "target": digits(version.target),
        "actual": digits(version.actual),
        "numerator": digits(version.numerator),
        "denominator": digits(version.denominator),
        "obs_status": version.obs_status,
        "obs_note": version.note.text if version.note else None,
        "status": row.status_of(version).value,
        "cause": version.cause.value,
        "replaces": version.replaces,
    }


def moment(at: Any) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def body_json(body: PublishedBody) -> dict[str, Any]:
    return {
        "code": body.code,
        "names": body.names,
        "parent": body.parent,
        "level": body.level,
        "invented": body.invented,
    }


def indicator_json(indicator: PublishedIndicator) -> dict[str, Any]:
    return {
        "code": indicator.code,
        "names": indicator.names,
        "definition": indicator.definition,
        "unit": indicator.unit,
        "direction": indicator.direction.value,
        "kind": indicator.kind.value,
        "body": indicator.body,
        "service": indicator.service,
    }


def _english(text: str | Mapping[str, str]) -> str:
    return text if isinstance(text, str) else text.get("en") or next(iter(text.values()), "")
