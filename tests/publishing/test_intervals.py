"""An interval drawn about a share says how sure the share is; a wrong one would be worse than none."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.publishing.intervals import interval_of, wilson
from portal.publishing.readings import Version
from portal.publishing.values import Cause


def version(actual: str, numerator: str | None, denominator: str | None) -> Version:
    def number(text: str | None) -> Decimal | None:
        return None if text is None else Decimal(text)

    at = datetime(2026, 2, 9, tzinfo=UTC)
    counts = number(numerator), number(denominator)
    return Version(2, at, Cause.SCHEDULED, None, Decimal(actual), *counts, None, None, None)


def test_a_percentage_with_its_counts_has_wilsons_interval() -> None:
    for actual, low, high in (("80", "49", "95"), ("80.0", "49.0", "94.4"), ("80.00", "49.01", "94.34")):
        found = interval_of(version(actual, "8", "10"), "%")
        assert found is not None
        assert (str(found.low), str(found.high)) == (low, high)


@pytest.mark.parametrize(
    ("actual", "numerator", "denominator", "unit"),
    [
        ("80", None, None, "%"),
        ("80", "8", "10", "days"),
        ("80", "8", "0", "%"),
        ("80", "11", "10", "%"),
        ("80", "8.5", "10", "%"),
        ("50", "8", "10", "%"),  # not the quotient of its counts
    ],
)
def test_nothing_else_has_one(actual: str, numerator: str | None, denominator: str | None, unit: str) -> None:
    assert interval_of(version(actual, numerator, denominator), unit) is None


@given(st.integers(1, 100_000), st.data())
def test_the_interval_holds_the_share_and_stays_between_nothing_and_all(n: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, n))
    found = wilson(Decimal(count), Decimal(n))
    assert 0 <= found.low <= Decimal(count) / n <= found.high <= 1
