"""Numbers and periods as foreign files write them."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal

from portal.foundation.i18n import N_
from portal.publishing.imports.mapping import NumberFormat, PeriodFormat
from portal.registry.values import Period, PeriodType

MOST_DIGITS = 30
NUMBER = N_("a number")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]*)?([eE][+-]?[0-9]{1,3})?|[+-]?\.[0-9]+([eE][+-]?[0-9]{1,3})?")


def parse_number(text: str, style: NumberFormat) -> str:
    """A decimal string with the digits given, without exponent, plus sign or leading zeros.

    Raises ValueError when the text is not a number of this style, or has more than MOST_DIGITS digits.
    """
    plain = text.strip().replace("\u2212", "-")
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
        raise ValueError(NUMBER)
    number = Decimal(plain)
    if abs(number.adjusted()) > MOST_DIGITS or len(number.as_tuple().digits) > MOST_DIGITS:
        raise ValueError(N_("a number of at most 30 digits"))
    written = format(number, "f")
    return written.removeprefix("-") if number.is_zero() else written


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
    part = text.strip()
    if style.pattern is not None:
        match = re.search(style.pattern, part)
        part = match[1] if match and match[1] is not None else ""
    if style.date is None:
        return Period.parse(part, style.type)
    day = datetime.strptime(part, style.date)  # noqa: DTZ007 (a date without a zone is meant)
    match style.type:
        case PeriodType.MONTH:
            return Period(PeriodType.MONTH, day.year, day.month)
        case PeriodType.QUARTER:
            return Period(PeriodType.QUARTER, day.year, (day.month + 2) // 3)
        case None | PeriodType.YEAR:
            return Period(PeriodType.YEAR, day.year)
    raise ValueError("a date cannot say which fiscal year it belongs to")
