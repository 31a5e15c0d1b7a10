"""figures.csv and figures.json: the newest version of every figure.

Every row carries stable codes and labels, what its value is worth (`obs_status`, `status`, `notice`), where
it comes from, under which licence, and the edition.
"""

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from itertools import groupby
from typing import Any

from portal.publishing.changes import NUMBERS
from portal.publishing.files.tables import Row, named
from portal.publishing.files.values import Context, FileHead, Line, Lines, plain, words_of
from portal.publishing.values import FigureKey, NoticeState, Statement
from portal.registry.values import Direction, status

_MEASURED = (*NUMBERS, "obs_status")
_REMEMBERED = 500  # figures come by body, so more would be held for nothing


def rows(head: FileHead, context: Context, lines: Lines) -> Iterator[Row]:
    labels = _Labels(context)
    for key, group in groupby(lines, key=lambda line: line.key):
        release: Statement = {}
        for line in group:
            release = context.releases.get(line.edition, release)
        yield _row(head, context, labels, key, line, release)


class _Labels:
    """The columns that all figures of a body, of an indicator or of a release share, made once for each."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.of_body = lru_cache(_REMEMBERED)(self._of_body)
        self.of_indicator = lru_cache(_REMEMBERED)(self._of_indicator)

    def _of_body(self, code: str) -> dict[str, Any]:
        body = self._context.bodies.get(code, {})
        return {"body_code": code, **named("body_name", body), "body_invented": body.get("invented")}

    def _of_indicator(self, code: str) -> dict[str, Any]:
        indicator = self._context.indicators.get(code, {})
        service_code = indicator.get("service")
        service = self._context.services.get(service_code, {}) if service_code else {}
        return {
            "service_code": service_code,
            **named("service_name", service),
            "indicator_code": code,
            **named("indicator_name", indicator),
            "unit": plain(indicator.get("unit")),
            "direction": indicator.get("direction"),
            "kind": indicator.get("kind"),
        }


def _row(
    head: FileHead, context: Context, labels: _Labels, key: FigureKey, line: Line, release: Statement
) -> dict[str, Any]:
    """One figure: its newest version; a correction stays under the release that brought the figure."""
    figure = line.figure
    notice = context.notices.get(str(key)) if context.notices else None
    handin = figure.get("handin")
    return {
        **labels.of_body(key.body),
        **labels.of_indicator(key.indicator),
        "period": key.period,
        **{name: figure[name] for name in _MEASURED},
        "obs_note": words_of(line.note),
        "status": _status(figure, context.indicators.get(key.indicator)),
        "notice": None if notice == NoticeState.LIFTED else notice,
        "cause": figure["cause"],
        "version_edition": line.edition,
        "published_at": context.when(line.edition),
        "replaces_edition": figure["replaces"],
        "handin_edition": handin["edition"] if handin else None,
        "handed_in_at": context.when(handin["edition"]) if handin else None,
        "release": release.get("slug"),
        "source": plain(release.get("source")),
        "licence": plain(release.get("licence")),
        "edition": head.edition,
    }


def _status(figure: Statement, indicator: Statement | None) -> str | None:
    """Met or not met, as the indicator's direction says; nothing for an indicator outside the register."""
    if not indicator:
        return None
    target, actual = (None if figure[n] is None else Decimal(figure[n]) for n in ("target", "actual"))
    return status(target, actual, Direction(indicator["direction"])).value
