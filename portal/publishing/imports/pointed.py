"""A mapping as somebody points it out on a page, column by column, and the same read back from a mapping.

What a page cannot show (patterns, templates, texts taken out of others) is kept as the mapping has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from portal.foundation.i18n import N_, message
from portal.publishing.errors import MappingRefused
from portal.publishing.imports.fields import ALL_FIELDS, NUMBERS
from portal.publishing.imports.mapping import Mapping as FigureMapping

IN_HEADING = r"((?:19|20)[0-9]{2}(?:-Q[1-4]|-[0-9]{4}|-[0-9]{2}|年?第?[1-4一二三四]季度|年?[0-9]{1,2}月|年度?)?)"
"""A period somewhere in a heading, such as 2022年 完成值 or FY 2023-24."""
MELTED = {f"each-{name}": name for name in ("actual", "target")}
POINTABLE = (
    "body_code",
    "body_name",
    "service_code",
    "service_name",
    "indicator_code",
    "indicator_name",
    "unit",
    "direction",
    "kind",
    "period",
    *NUMBERS,
    "obs_status",
    "obs_note",
)
CONSTANT = ("body_code", "body_name", "indicator_code", "indicator_name", "unit", "direction", "kind", "period")
NAMES_AND_CODES = frozenset(
    {"body_code", "body_name", "service_code", "service_name", "indicator_code", "indicator_name", "unit"}
)
CHINESE = {"百": "100", "千": "1000", "万": "10000", "亿": "100000000", "万亿": "1000000000000"}
SLUGS = {"body_code": "{body_name}", "indicator_code": "{indicator_name}"}


@dataclass(frozen=True)
class Pointed:
    """What was pointed out. `columns` gives each column's field by its heading, or each-actual, each-target."""

    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    header_rows: tuple[int, ...] = (1,)
    sheet: str = ""
    locale: str = "en"
    fill: bool = False
    skip_rows: tuple[str, ...] = ()
    end: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    up: tuple[str, ...] = ()
    down: tuple[str, ...] = ()
    decimal: str = "."
    thousands: str = ""
    percent: str = "refuse"
    chinese: bool = False
    times: str = "1"
    unit_line: bool = False
    unit_becomes: str = ""
    period_type: str = ""
    serial: bool = False
    make_codes: bool = False


def to_mapping(pointed: Pointed, base: FigureMapping, stated_unit: str | None = None) -> FigureMapping:
    """The mapping that was pointed out, with what `base` holds beyond it. Raises MappingRefused."""
    document = base.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude_none=True)
    used = {heading: name for heading, name in pointed.columns.items() if name}
    twice = _twice(name for name in used.values() if name not in MELTED)
    if twice:
        raise _refused(f"two columns are {twice}")
    document["columns"] = {name: heading for heading, name in used.items() if name in ALL_FIELDS}
    document["melt"] = [
        {"columns": columns, "into": into, "period": IN_HEADING}
        for name, into in MELTED.items()
        if (columns := [heading for heading, chosen in used.items() if chosen == name])
    ]
    document["constants"] = {name: text for name, text in pointed.constants.items() if text}
    document["file"] = _file(pointed, document, used)
    document["numbers"] = _numbers(pointed, document)
    document["periods"] = {"serial": pointed.serial} | (
        {"type": pointed.period_type} if pointed.period_type else {}
    )
    codes = {name: words for name, words in document.get("codes", {}).items() if name != "direction"}
    words = {**dict.fromkeys(pointed.up, "up"), **dict.fromkeys(pointed.down, "down")}
    document["codes"] = codes | ({"direction": words} if words else {})
    slugs = {name: text for name, text in document.get("slugs", {}).items() if text != SLUGS.get(name)}
    document["slugs"] = slugs | (SLUGS if pointed.make_codes else {})
    document.pop("unit_line", None)
    if pointed.unit_line:
        units = {stated_unit: {"unit": pointed.unit_becomes or stated_unit, "times": pointed.times}}
        document["unit_line"] = {"units": units} if stated_unit else {}
    try:
        return FigureMapping.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise _refused(f"{place}: {first['msg'].removeprefix('Value error, ')}") from None


def from_mapping(mapping: FigureMapping, headers: Sequence[str]) -> Pointed:
    """How a mapping looks pointed out; columns of our own names are taken for what they say."""
    columns = {heading: name for name, heading in mapping.columns.items() if name in POINTABLE}
    if not mapping.columns and not mapping.melt:
        columns = {name: name for name in headers if name in POINTABLE}
    for melt in mapping.melt:
        name = next((name for name, into in MELTED.items() if into == melt.into), None)
        if name is not None and melt.period == IN_HEADING:
            columns |= dict.fromkeys(melt.columns, name)
    words = mapping.codes.get("direction", {})
    line = mapping.unit_line
    stated = next(iter(line.units.values()), None) if line else None
    scale = mapping.numbers.scale.get("actual")
    return Pointed(
        columns=columns,
        constants={name: mapping.constants[name] for name in CONSTANT if name in mapping.constants},
        header_rows=mapping.file.header_rows,
        sheet=mapping.file.sheet if isinstance(mapping.file.sheet, str) else "",
        locale=mapping.file.locale,
        fill=bool(mapping.file.fill_down),
        skip_rows=mapping.file.skip_rows,
        end=mapping.file.end,
        missing=tuple(text for text in mapping.file.missing if text),
        unchanged=mapping.numbers.unchanged,
        up=tuple(text for text, way in words.items() if way == "up"),
        down=tuple(text for text, way in words.items() if way == "down"),
        decimal=mapping.numbers.decimal,
        thousands=mapping.numbers.thousands,
        percent=mapping.numbers.percent,
        chinese=bool(mapping.numbers.multipliers),
        times=format((stated.times if stated else scale) or 1, "f"),
        unit_line=line is not None,
        unit_becomes=stated.unit if stated else "",
        period_type=mapping.periods.type or "",
        serial=mapping.periods.serial,
        make_codes=bool(set(SLUGS.items()) <= set(mapping.slugs.items())),
    )


def _file(pointed: Pointed, document: Mapping[str, Any], used: Mapping[str, str]) -> dict[str, Any]:
    had = document.get("file", {})
    kept = {name: had[name] for name in ("encoding", "missing_status") if name in had}
    return kept | {
        "locale": pointed.locale,
        "header_rows": list(pointed.header_rows),
        "letters": True,
        "sheet": pointed.sheet or 0,
        "fill_down": [heading for heading, name in used.items() if name in NAMES_AND_CODES]
        if pointed.fill
        else [],
        "skip_rows": list(pointed.skip_rows),
        "end": list(pointed.end),
        "missing": ["", *pointed.missing],
    }


def _numbers(pointed: Pointed, document: Mapping[str, Any]) -> dict[str, Any]:
    had = document.get("numbers", {})
    kept = {"drop": had["drop"]} if "drop" in had else {}
    scaled = pointed.times != "1" and not pointed.unit_line
    return kept | {
        "decimal": pointed.decimal,
        "thousands": pointed.thousands,
        "percent": pointed.percent,
        "multipliers": CHINESE if pointed.chinese else {},
        "scale": {"target": pointed.times, "actual": pointed.times} if scaled else {},
        "unchanged": list(pointed.unchanged),
    }


def _twice(names: Iterable[str]) -> str | None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return None


def _refused(fault: str) -> MappingRefused:
    return MappingRefused(message(N_("This cannot be read so: {fault}"), fault=fault))
