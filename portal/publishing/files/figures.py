"""figures.csv and figures.json: the newest version of every figure.

Every row carries stable codes and labels, what its value is worth (`obs_status`, `status`, `notice`), where
it comes from, under which licence, and the edition.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from itertools import groupby
from typing import Any

from portal.foundation.i18n import LOCALES, pick
from portal.publishing.files.cells import BOM, csv_line, in_blocks
from portal.publishing.files.values import Context, FileHead, Line
from portal.publishing.log.canonical import canonical
from portal.publishing.log.entries import moment
from portal.publishing.values import FigureKey, NoticeState, Statement, Text
from portal.registry.values import Direction, status

COLUMNS = (
    "body_code",
    *(f"body_name_{locale}" for locale in LOCALES),
    "body_invented",
    "service_code",
    *(f"service_name_{locale}" for locale in LOCALES),
    "indicator_code",
    *(f"indicator_name_{locale}" for locale in LOCALES),
    "unit",
    "direction",
    "kind",
    "period",
    "target",
    "actual",
    "numerator",
    "denominator",
    "obs_status",
    "obs_note",
    "status",
    "notice",
    "cause",
    "version_edition",
    "replaces_edition",
    "release",
    "source",
    "licence",
    "edition",
)


def figures_csv(head: FileHead, context: Context, lines: Iterable[Line], *, bom: bool = True) -> Iterator[bytes]:
    """The newest version of every figure as CSV (RFC 4180, UTF-8), header on row 1.

    `lines` holds all versions up to the edition, by key and then oldest first. A cell that a spreadsheet
    could take for a formula begins with an apostrophe.
    """
    yield (BOM if bom else b"") + csv_line(COLUMNS)
    rows = (csv_line([row[column] for column in COLUMNS]) for row in _rows(head, context, lines))
    yield from in_blocks(rows)


def figures_json(head: FileHead, context: Context, lines: Iterable[Line]) -> Iterator[bytes]:
    """The same rows as JSON, each on its own line; numbers are decimal strings with the digits given."""
    start = {"at": moment(head.at), "edition": head.edition, "origin": head.origin}
    yield canonical(start)[:-1] + b',"figures":['
    rows = _rows(head, context, lines)
    yield from in_blocks((b",\n" if at else b"\n") + canonical(row) for at, row in enumerate(rows))
    yield b"\n]}\n"


def _rows(head: FileHead, context: Context, lines: Iterable[Line]) -> Iterator[dict[str, Any]]:
    for key, group in groupby(lines, key=lambda line: line.key):
        release: Statement = {}
        for line in group:
            release = context.releases.get(line.edition, release)
        yield _row(head, context, key, line, release)


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
        **_names("body_name", body),
        "body_invented": body.get("invented"),
        "service_code": service_code,
        **_names("service_name", service),
        "indicator_code": key.indicator,
        **_names("indicator_name", indicator),
        "unit": _unit(indicator),
        "direction": indicator.get("direction"),
        "kind": indicator.get("kind"),
        "period": key.period,
        **{name: figure[name] for name in ("target", "actual", "numerator", "denominator", "obs_status")},
        "obs_note": _note(line.note),
        "status": _status(figure, indicator),
        "notice": notice if notice == NoticeState.UNDER_REVIEW else None,
        "cause": figure["cause"],
        "version_edition": line.edition,
        "replaces_edition": figure["replaces"],
        "release": release.get("slug"),
        "source": release.get("source"),
        "licence": release.get("licence"),
        "edition": head.edition,
    }


def _names(column: str, named: Statement) -> dict[str, str | None]:
    names: Mapping[str, str] = named.get("names", {})
    return {f"{column}_{locale}": names.get(locale) for locale in LOCALES}


def _unit(indicator: Statement) -> str | None:
    """The unit in English, or in whichever language it is stated."""
    unit = indicator.get("unit")
    return pick(unit, "en") if isinstance(unit, Mapping) else unit


def _note(note: Text | None) -> str | None:
    if note is None:
        return None
    if note.withdrawn_in is not None:
        return f"withdrawn by act {note.withdrawn_in}"
    return note.text


def _status(figure: Statement, indicator: Statement) -> str | None:
    """Met or not met, as the indicator's direction says; nothing for an indicator outside the register."""
    if not indicator:
        return None
    target, actual = (None if figure[n] is None else Decimal(figure[n]) for n in ("target", "actual"))
    return status(target, actual, Direction(indicator["direction"])).value
