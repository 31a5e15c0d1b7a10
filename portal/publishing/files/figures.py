"""figures.csv and figures.json: the newest version of every figure.

Every row carries stable codes and labels, what its value is worth (`obs_status`, `status`, `notice`), where
it comes from, under which licence, and the edition.
"""

from collections.abc import Iterator
from decimal import Decimal
from itertools import groupby
from typing import Any

from portal.publishing.files.tables import (
    Column,
    ColumnType,
    Row,
    Table,
    csv_of,
    integers,
    json_of,
    named,
    names_in,
    numbers,
    texts,
)
from portal.publishing.files.values import Context, FileHead, Line, Lines, plain, words_of
from portal.publishing.values import FigureKey, NoticeState, Statement
from portal.registry.values import Direction, status

TABLE_COLUMNS = (
    *texts("body_code"),
    *names_in("body_name"),
    Column("body_invented", ColumnType.BOOLEAN),
    *texts("service_code"),
    *names_in("service_name"),
    *texts("indicator_code"),
    *names_in("indicator_name"),
    *texts("unit", "direction", "kind", "period"),
    *numbers("target", "actual", "numerator", "denominator"),
    *texts("obs_status", "obs_note", "status", "notice", "cause"),
    *integers("version_edition", "replaces_edition"),
    *texts("release", "source", "licence"),
    *integers("edition"),
)
COLUMNS = tuple(column.name for column in TABLE_COLUMNS)


def figures_csv(head: FileHead, context: Context, lines: Lines, *, bom: bool = True) -> Iterator[bytes]:
    """The newest version of every figure as CSV."""
    return csv_of(TABLE, head, context, lines, bom=bom)


def figures_json(head: FileHead, context: Context, lines: Lines) -> Iterator[bytes]:
    """The same rows as JSON."""
    return json_of(TABLE, head, context, lines)


def rows(head: FileHead, context: Context, lines: Lines) -> Iterator[Row]:
    for key, group in groupby(lines, key=lambda line: line.key):
        release: Statement = {}
        for line in group:
            release = context.releases.get(line.edition, release)
        yield _row(head, context, key, line, release)


TABLE = Table("figures", TABLE_COLUMNS, key=("body_code", "indicator_code", "period"), rows=rows)


def _row(head: FileHead, context: Context, key: FigureKey, line: Line, release: Statement) -> dict[str, Any]:
    """One figure: its newest version; a correction stays under the release that brought the figure."""
    figure = line.figure
    body = context.bodies.get(key.body, {})
    indicator = context.indicators.get(key.indicator, {})
    service_code = indicator.get("service")
    service = context.services.get(service_code, {}) if service_code else {}
    notice = context.notices.get(str(key))
    return {
        "body_code": key.body,
        **named("body_name", body),
        "body_invented": body.get("invented"),
        "service_code": service_code,
        **named("service_name", service),
        "indicator_code": key.indicator,
        **named("indicator_name", indicator),
        "unit": plain(indicator.get("unit")),
        "direction": indicator.get("direction"),
        "kind": indicator.get("kind"),
        "period": key.period,
        **{name: figure[name] for name in ("target", "actual", "numerator", "denominator", "obs_status")},
        "obs_note": words_of(line.note),
        "status": _status(figure, indicator),
        "notice": None if notice == NoticeState.LIFTED else notice,
        "cause": figure["cause"],
        "version_edition": line.edition,
        "replaces_edition": figure["replaces"],
        "release": release.get("slug"),
        "source": plain(release.get("source")),
        "licence": plain(release.get("licence")),
        "edition": head.edition,
    }


def _status(figure: Statement, indicator: Statement) -> str | None:
    """Met or not met, as the indicator's direction says; nothing for an indicator outside the register."""
    if not indicator:
        return None
    target, actual = (None if figure[n] is None else Decimal(figure[n]) for n in ("target", "actual"))
    return status(target, actual, Direction(indicator["direction"])).value
