"""The data files of an edition: figures.csv and figures.json, streamed.

One function writes each file from plain values. The server feeds it from the database, a verifier from the
log alone, so the two must give the same bytes. Every row carries stable codes and labels, what its value is
worth (`obs_status`, `status`, `notice`), where it comes from, under which licence, and the edition.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from portal.foundation.i18n import LOCALES, pick
from portal.publishing.log.canonical import canonical
from portal.publishing.log.entries import moment
from portal.publishing.values import FigureKey, NoticeState, Statement, Text
from portal.registry.queries import status
from portal.registry.values import Direction

BOM = b"\xef\xbb\xbf"
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
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_QUOTED = re.compile(r'[",;\t\r\n]|^ | $')
_ROWS_AT_ONCE = 500


@dataclass(frozen=True)
class Line:
    """One version of a figure as the log says it, the edition that said it, and its note if it has one."""

    edition: int
    figure: Statement
    note: Text | None

    @property
    def key(self) -> FigureKey:
        return FigureKey(self.figure["body"], self.figure["indicator"], self.figure["period"])


@dataclass
class Context:
    """What else the log says as of an edition: the register, releases by edition, notices by figure."""

    bodies: dict[str, Statement] = field(default_factory=dict)
    services: dict[str, Statement] = field(default_factory=dict)
    indicators: dict[str, Statement] = field(default_factory=dict)
    releases: dict[int, Statement] = field(default_factory=dict)
    notices: dict[str, str] = field(default_factory=dict)

    def take(self, edition: int, statement: Statement) -> None:
        """Hear one statement; they must come in the order of the log, so that the newest stays."""
        match statement["t"]:
            case "body":
                self.bodies[statement["code"]] = statement
            case "service":
                self.services[statement["code"]] = statement
            case "indicator":
                self.indicators[statement["code"]] = statement
            case "release":
                self.releases[edition] = statement
            case "notice":
                key = FigureKey(statement["body"], statement["indicator"], statement["period"])
                self.notices[str(key)] = statement["state"]


@dataclass(frozen=True)
class FileHead:
    """Which edition of which log a file gives, and since when that edition is public."""

    origin: str
    edition: int
    at: datetime


def figures_csv(head: FileHead, context: Context, lines: Iterable[Line], *, bom: bool = True) -> Iterator[bytes]:
    """The newest version of every figure as CSV (RFC 4180, UTF-8), header on row 1.

    `lines` holds all versions up to the edition, by key and then oldest first. A cell that a spreadsheet
    could take for a formula begins with an apostrophe.
    """
    yield (BOM if bom else b"") + _csv_line(COLUMNS)
    rows = (_csv_line([_cell(row[column]) for column in COLUMNS]) for row in _rows(head, context, lines))
    yield from _in_blocks(rows)


def figures_json(head: FileHead, context: Context, lines: Iterable[Line]) -> Iterator[bytes]:
    """The same rows as JSON, each on its own line; numbers are decimal strings with the digits given."""
    start = {"at": moment(head.at), "edition": head.edition, "origin": head.origin}
    yield canonical(start)[:-1] + b',"figures":['
    rows = _rows(head, context, lines)
    yield from _in_blocks((b",\n" if at else b"\n") + canonical(row) for at, row in enumerate(rows))
    yield b"\n]}\n"


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula; a number stays the number it is."""
    if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


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


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return guarded(str(value))


def _csv_line(cells: Sequence[str]) -> bytes:
    return (",".join(_quoted(cell) for cell in cells) + "\r\n").encode()


def _quoted(cell: str) -> str:
    """Quoted where any spreadsheet could split it, semicolons of other locales included."""
    return '"' + cell.replace('"', '""') + '"' if _QUOTED.search(cell) else cell


def _in_blocks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    block: list[bytes] = []
    for piece in pieces:
        block.append(piece)
        if len(block) == _ROWS_AT_ONCE:
            yield b"".join(block)
            block.clear()
    yield b"".join(block)
