"""Numbers keep their digits and periods their meaning, whatever the file's habits."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.publishing.imports.mapping import NumberFormat, PeriodFormat
from portal.publishing.imports.parsing import parse_number, parse_period
from portal.publishing.values import is_decimal
from portal.registry.values import PeriodType

PLAIN = NumberFormat()
GERMAN = NumberFormat(decimal=",", thousands=".")
ENGLISH = NumberFormat(thousands=",", drop=("%", "$"))


@pytest.mark.parametrize(
    ("text", "style", "number"),
    [
        ("0.10", PLAIN, "0.10"),
        ("007", PLAIN, "7"),
        ("+5", PLAIN, "5"),
        ("-0", PLAIN, "0"),
        ("-0.00", PLAIN, "0.00"),
        (".5", PLAIN, "0.5"),
        ("5.", PLAIN, "5"),
        ("1e-07", PLAIN, "0.0000001"),
        ("1.5E3", PLAIN, "1500"),
        ("−5", PLAIN, "-5"),
        ("1.234,50", GERMAN, "1234.50"),
        ("1,234,567.8", ENGLISH, "1234567.8"),
        ("$1,000", ENGLISH, "1000"),
        ("95 %", ENGLISH, "95"),
    ],
)
def test_numbers_keep_the_digits_given(text: str, style: NumberFormat, number: str) -> None:
    assert parse_number(text, style) == number


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("", PLAIN),
        ("NaN", PLAIN),
        ("Infinity", PLAIN),
        ("=1+1", PLAIN),
        ("1,5", PLAIN),
        ("1.5", NumberFormat(decimal=",")),
        ("1,23", ENGLISH),
        ("12,34,567", ENGLISH),
        ("1.5,000", ENGLISH),
        ("٣", PLAIN),
        ("1e999", PLAIN),
        ("9" * 31, PLAIN),
        ("1 2", PLAIN),
        ("0x10", PLAIN),
    ],
)
def test_what_is_not_surely_a_number_is_refused(text: str, style: NumberFormat) -> None:
    with pytest.raises(ValueError, match="number"):
        parse_number(text, style)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=6))
def test_every_number_becomes_a_publishable_decimal_of_the_same_value(number: Decimal) -> None:
    written = parse_number(str(number), PLAIN)
    assert is_decimal(written)
    assert Decimal(written) == number


@pytest.mark.parametrize(
    ("text", "style", "period"),
    [
        ("2023", PeriodFormat(), "2023"),
        ("FY2023", PeriodFormat(pattern=r"FY(\d{4})"), "2023"),
        ("2003-04", PeriodFormat(type=PeriodType.FISCAL_YEAR), "2003-2004"),
        ("31/12/2023", PeriodFormat(type=PeriodType.QUARTER, date="%d/%m/%Y"), "2023-Q4"),
        ("01/04/2023", PeriodFormat(type=PeriodType.MONTH, date="%d/%m/%Y"), "2023-04"),
        ("01/04/2023", PeriodFormat(date="%d/%m/%Y"), "2023"),
    ],
)
def test_periods_are_read_in_the_files_own_way(text: str, style: PeriodFormat, period: str) -> None:
    assert str(parse_period(text, style)) == period


def test_a_date_is_not_guessed_into_a_fiscal_year() -> None:
    with pytest.raises(ValueError, match="fiscal year"):
        parse_period("01/04/2023", PeriodFormat(type=PeriodType.FISCAL_YEAR, date="%d/%m/%Y"))
