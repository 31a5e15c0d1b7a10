"""A deadline in working days knows holidays, and the weekend days worked in their place."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.duties.calendar import WorkingDays

CHINA = WorkingDays("CN")
days = st.dates(date(2024, 1, 1), date(2026, 12, 31))


def test_weekends_alone_without_a_country() -> None:
    assert WorkingDays().after(date(2026, 2, 13), 1) == date(2026, 2, 16)


def test_national_day_is_no_working_day_and_its_make_up_saturday_is() -> None:
    assert not CHINA.is_working(date(2026, 10, 1))
    assert CHINA.is_working(date(2026, 10, 10))
    assert CHINA.before(date(2026, 10, 8), 1) == date(2026, 9, 30)


def test_an_installation_adds_days_of_its_own() -> None:
    ours = WorkingDays("CN", off=frozenset({date(2026, 3, 4)}), on=frozenset({date(2026, 3, 7)}))
    assert ours.after(date(2026, 3, 3), 1) == date(2026, 3, 5)
    assert ours.is_working(date(2026, 3, 7))


def test_days_are_not_counted_backwards() -> None:
    with pytest.raises(ValueError, match="forwards"):
        CHINA.after(date(2026, 3, 3), -1)
    assert CHINA.between(date(2026, 3, 3), date(2026, 3, 1)) == 0


@given(days, st.integers(0, 40))
def test_the_end_is_a_working_day_and_counting_finds_the_same_number(start: date, count: int) -> None:
    end = CHINA.after(start, count)
    assert CHINA.between(start, end) == count
    assert count == 0 or CHINA.is_working(end)
