"""The mapping: a TOML file that says which column of a foreign table is which field of ours.

See docs/importing.md for every key. A mapping is checked as a whole before any row is read.
"""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from portal.foundation.i18n import LOCALES, N_, message
from portal.foundation.tables import Layout
from portal.publishing.errors import MappingRefused
from portal.publishing.imports.fields import ALL_FIELDS
from portal.publishing.values import ObsStatus
from portal.registry.values import PeriodType

SHIPPED = Path(__file__).parent / "mappings"


def _known_field(name: str) -> str:
    if name not in ALL_FIELDS:
        raise ValueError(f"there is no field {name}")
    return name


def _known_locale(name: str) -> str:
    if name not in LOCALES:
        raise ValueError(f"the languages are {', '.join(LOCALES)}")
    return name


def _pattern(text: str) -> str:
    try:
        groups = re.compile(text).groups
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from None
    if groups < 1:
        raise ValueError("the pattern needs a group in parentheses: what it captures is taken")
    return text


FieldName = Annotated[str, AfterValidator(_known_field)]


def _header_rows(rows: tuple[int, ...]) -> tuple[int, ...]:
    if any(not 1 <= row <= 1000 for row in rows) or list(rows) != sorted(set(rows)) or len(rows) > 10:
        raise ValueError("header rows are row numbers from 1, in order, at most ten")
    return rows


def _power_of_ten(number: Decimal) -> Decimal:
    if (
        not number.is_finite()
        or number <= 0
        or abs(number.adjusted()) > 18
        or number.scaleb(-number.adjusted()) != 1
    ):
        raise ValueError("a factor is a power of ten, such as 10000 or 0.01")
    return number


PowerOfTen = Annotated[Decimal, AfterValidator(_power_of_ten)]
Pattern = Annotated[str, AfterValidator(_pattern)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class FileFormat(_Part):
    """How the file is written and where its table stands; `locale` is the language of its names.

    `missing_status` tells what a missing cell's text means, as an SDMX status ("—" as M: cannot exist).
    """

    encoding: str | None = None
    sheet: int | str = 0
    locale: Annotated[str, AfterValidator(_known_locale)] = "en"
    missing: tuple[str, ...] = ("",)
    missing_status: dict[str, ObsStatus] = {}
    header_rows: Annotated[tuple[int, ...], AfterValidator(_header_rows)] = (1,)
    fill_down: tuple[str, ...] = ()
    skip_rows: tuple[str, ...] = ()
    end: tuple[str, ...] = ()
    letters: bool = False

    @property
    def layout(self) -> Layout:
        return Layout(self.header_rows, self.fill_down, self.skip_rows, self.end, self.letters)


NumberField = Literal["target", "actual", "numerator", "denominator"]


class NumberFormat(_Part):
    """The decimal mark, the mark between thousands, and marks to drop such as $.

    `percent` says what a percent sign does: refuse, drop (95% is 95) or share (95% is 0.95). `multipliers`
    are words behind a number (万 = 10000) and `scale` a factor for a whole field, both powers of ten, so
    that only the point moves. `unchanged` are words that mean: the value of the period before.
    """

    decimal: Literal[".", ","] = "."
    thousands: str = ""
    drop: tuple[str, ...] = ()
    percent: Literal["refuse", "drop", "share"] = "refuse"
    multipliers: dict[str, PowerOfTen] = {}
    scale: dict[NumberField, PowerOfTen] = {}
    unchanged: tuple[str, ...] = ()


class PeriodFormat(_Part):
    """`type` settles ambiguous texts; `pattern` picks a part; `date` reads dates, e.g. "%d/%m/%Y".

    `serial` reads days as spreadsheets count them: 45291 is 31 December 2023.
    """

    type: PeriodType | None = None
    pattern: Pattern | None = None
    date: str | None = None
    serial: bool = False


class StatedUnit(_Part):
    """What a unit above the table becomes: 万元 as 元, times 10000."""

    unit: str
    times: PowerOfTen = Decimal(1)


class UnitLine(_Part):
    """A line above the header that states the unit, such as 单位：万元; `fields` are what it multiplies."""

    pattern: Pattern = r"单位\s*[:：]\s*([^\s)）]+)"
    units: dict[str, StatedUnit] = {}
    fields: tuple[NumberField, ...] = ("target", "actual")


class Melt(_Part):
    """Columns that each hold one period: every one of them becomes a figure of its row.

    The period is the column's header, or what `period` captures in it. `also` reads further columns
    and `constants` sets fields for these periods only.
    """

    columns: tuple[str, ...] = Field(min_length=1)
    into: Literal["target", "actual", "numerator", "denominator"] = "actual"
    period: Pattern = "^(.*)$"
    also: dict[FieldName, str] = {}
    constants: dict[FieldName, str] = {}


class Extract(_Part):
    """Take a field out of another column's text: the group the pattern captures, else `default`."""

    source: str = Field(alias="from")
    pattern: Pattern
    default: str = ""


class Release(_Part):
    """What the release says about where the figures come from."""

    names: dict[Annotated[str, AfterValidator(_known_locale)], str] = {}
    source: str = ""
    licence: str = ""


class Mapping(_Part):
    """A whole mapping. Order: columns, extract, codes, defaults, constants, texts, then slugs.

    `texts` writes a field from a template of fields and columns; `words` says what a column's cells read
    there ("TEL" as "by telephone").
    """

    release: Release = Release()
    file: FileFormat = FileFormat()
    numbers: NumberFormat = NumberFormat()
    periods: PeriodFormat = PeriodFormat()
    unit_line: UnitLine | None = None
    columns: dict[FieldName, str] = {}
    constants: dict[FieldName, str] = {}
    defaults: dict[FieldName, str] = {}
    extract: dict[FieldName, Extract] = {}
    codes: dict[FieldName, dict[str, str]] = {}
    words: dict[str, dict[str, str]] = {}
    texts: dict[FieldName, str] = {}
    slugs: dict[FieldName, str] = {}
    melt: tuple[Melt, ...] = ()


def default_mapping() -> Mapping:
    """The mapping used without one: the columns of DESIGN §4 under their own names."""
    return Mapping()


def load_mapping(path: Path) -> Mapping:
    """Read a mapping; a bare name such as `nyc_mmr.toml` also finds the ones that are shipped.

    Raises MappingRefused with one sentence that says where the mapping is wrong.
    """
    found = path if path.exists() else SHIPPED / path.name
    try:
        return parse_mapping(path.name, found.read_bytes())
    except OSError as error:
        raise _refused(N_("{file} cannot be read: {fault}"), path.name, str(error)) from None


def parse_mapping(file: str, data: bytes) -> Mapping:
    """The same from bytes. Raises MappingRefused."""
    try:
        return Mapping.model_validate(tomllib.loads(data.decode("utf-8")))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _refused(N_("{file} is not TOML: {fault}"), file, str(error)) from None
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"] if part != "[key]")
        fault = f"{place}: {first['msg'].removeprefix('Value error, ')}"
        raise _refused(N_("{file} is no mapping: {fault}"), file, fault) from None


def shipped_mappings() -> tuple[str, ...]:
    """The names of the mappings that come with the portal."""
    return tuple(sorted(path.name for path in SHIPPED.glob("*.toml")))


def _refused(msgid: str, file: str, fault: str) -> MappingRefused:
    return MappingRefused(message(msgid, file=file, fault=fault))
