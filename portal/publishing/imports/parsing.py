"""Numbers and periods as foreign files write them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal

from portal.foundation.i18n import N_
from portal.publishing.imports.mapping import NumberFormat, PeriodFormat
from portal.registry.values import Period, PeriodType

MOST_DIGITS = 30
NUMBER = N_("a number")
ONE = Decimal(1)
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: " ", 0xA0: " ", 0x202F: " "}
_HINTS = {
    word: N_("a number; the mapping must say that this word means: as in the period before")
    for word in ("持平", "不变", "与上年持平", "unchanged")
}
_FIRST_DAY = datetime(1899, 12, 30)  # noqa: DTZ001 (what a spreadsheet counts its days from)
_SERIAL = re.compile(r"[2-9][0-9]{4}")
_QUARTERS = {"一": "1", "二": "2", "三": "3", "四": "4"}
_CHINESE = re.compile(r"([12][0-9]{3})\s*年(?:度|\s*第?([1-4一二三四])季度?|\s*(1[0-2]|0?[1-9])月份?)?")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]{1,3})?|[+-]?\.[0-9]+([eE][+-]?[0-9]{1,3})?")


def parse_number(text: str, style: NumberFormat, times: Decimal = ONE) -> str:
    """A decimal string with the digits given, without exponent, plus sign or leading zeros.

    `times` is a power of ten and only moves the point: 1.20 times 10000 is 12000.
    Raises ValueError when the text is not a number of this style, or has more than MOST_DIGITS digits.
    """
    plain = narrowed(text).replace("\u2212", "-")
    shift = times.adjusted()
    if not plain[-1:].isdigit():
        plain, more = _without_endings(plain, style)
        shift += more
    for mark in style.drop:
        plain = plain.replace(mark, "")
    if style.thousands:
        plain = _without_thousands(plain, style)
    plain = plain.strip()
    if style.decimal != ".":
        if "." in plain:
            raise ValueError(NUMBER)
        plain = plain.replace(style.decimal, ".")
    if not _NUMBER.fullmatch(plain):
        raise ValueError(_HINTS.get(text.strip(), NUMBER))
    number = Decimal(plain)
    if shift:
        sign, digits, exponent = number.as_tuple()
        number = Decimal((sign, digits, int(exponent) + shift))
    if abs(number.adjusted()) > MOST_DIGITS or len(number.as_tuple().digits) > MOST_DIGITS:
        raise ValueError(N_("a number of at most 30 digits"))
    written = format(number, "f")
    return written.removeprefix("-") if number.is_zero() else written


def narrowed(text: str) -> str:
    """The text without spaces around it, its full-width digits and marks as ordinary ones."""
    return (text if text.isascii() else text.translate(_WIDE)).strip()


def _without_endings(plain: str, style: NumberFormat) -> tuple[str, int]:
    """What stands behind the digits, as places to move the point: 万 four to the right, % two to the left."""
    if plain.endswith("%") and "%" not in style.drop:
        if style.percent == "refuse":
            raise ValueError(N_("a number; the mapping must say what the percent sign does"))
        return plain[:-1].rstrip(), -2 if style.percent == "share" else 0
    for word in sorted(style.multipliers, key=len, reverse=True):
        if plain.endswith(word):
            return plain[: -len(word)].rstrip(), style.multipliers[word].adjusted()
    if plain[:1].isdigit() and plain[-1:] in "千万亿":
        raise ValueError(N_("a number; the mapping must say what 千, 万 and 亿 multiply"))
    return plain, 0


def _without_thousands(text: str, style: NumberFormat) -> str:
    """Drop the marks between thousands, but only where they do stand between thousands."""
    mark = re.escape(style.thousands)
    whole, point, rest = text.partition(style.decimal)
    if style.thousands in rest:
        raise ValueError(N_("a number with its thousands mark before the decimal mark"))
    if style.thousands in whole and not re.fullmatch(rf"\s*[+-]?[0-9]{{1,3}}({mark}[0-9]{{3}})+\s*", whole):
        raise ValueError(N_("a number with a mark between thousands"))
    return whole.replace(style.thousands, "") + point + rest


def parse_period(text: str, style: PeriodFormat) -> Period:
    """Raises ValueError when the text is no period in this style."""
    part = narrowed(text)
    if style.pattern is not None:
        match = re.search(style.pattern, part)
        part = match[1] if match and match[1] is not None else ""
    if style.serial and _SERIAL.fullmatch(part):
        return _period_of(_FIRST_DAY + timedelta(days=int(part)), style)
    if style.date is None:
        return Period.parse(_plain_period(part), style.type)
    return _period_of(datetime.strptime(part, style.date), style)  # noqa: DTZ007 (a date without a zone is meant)


def _plain_period(text: str) -> str:
    """Periods in Chinese as the portal writes them: 2023年, 2023年第一季度, 2023年4月; others as they are."""
    match = _CHINESE.fullmatch(text)
    if match is None:
        return text
    year, quarter, month = match.groups()
    if quarter:
        return f"{year}-Q{_QUARTERS.get(quarter, quarter)}"
    return f"{year}-{int(month):02}" if month else year


def _period_of(day: datetime, style: PeriodFormat) -> Period:
    match style.type:
        case PeriodType.MONTH:
            return Period(PeriodType.MONTH, day.year, day.month)
        case PeriodType.QUARTER:
            return Period(PeriodType.QUARTER, day.year, (day.month + 2) // 3)
        case None | PeriodType.YEAR:
            return Period(PeriodType.YEAR, day.year)
    raise ValueError("a date cannot say which fiscal year it belongs to")
