"""Ratings become points with the interval a sample deserves, whatever the order of months."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.evaluation.rules.satisfaction import satisfaction
from tests.evaluation.known import summary

counts = st.lists(st.integers(0, 60), min_size=5, max_size=5).filter(any)


def test_shares_of_levels_become_points() -> None:
    found = satisfaction([summary(0, 0, 0, 0, 50)])
    assert (found.value, found.high) == (100, 100)
    assert satisfaction([summary(50, 0, 0, 0, 0)]).value == 0
    assert satisfaction([summary(10, 10, 10, 10, 10)]).value == 50
    assert satisfaction([summary(2, 3, 10, 35, 50)]).value == 82


def test_few_marks_say_less_than_many() -> None:
    few, many = satisfaction([summary(1, 1, 2, 6, 10)]), satisfaction([summary(100, 100, 200, 600, 1000)])
    assert few.value == many.value
    assert few.high - few.low > many.high - many.low


def test_a_month_weighs_by_its_marks() -> None:
    assert satisfaction([summary(0, 0, 0, 0, 90), summary(10, 0, 0, 0, 0)]).value == 90


@given(st.lists(counts, min_size=1, max_size=4), st.randoms())
def test_the_interval_encloses_the_points_whatever_the_order(months: list[list[int]], random: object) -> None:
    summaries = [summary(*month) for month in months]
    found = satisfaction(summaries)
    assert 0 <= found.low <= found.value <= found.high <= 100
    random.shuffle(summaries)  # type: ignore[attr-defined]
    assert satisfaction(summaries) == found


@given(counts, st.integers(0, 3))
def test_a_mark_moved_one_level_up_never_costs_points(month: list[int], level: int) -> None:
    if not month[level]:
        return
    better = list(month)
    better[level] -= 1
    better[level + 1] += 1
    before, after = satisfaction([summary(*month)]), satisfaction([summary(*better)])
    assert after.value >= before.value - Decimal(0)


def test_no_marks_give_no_points() -> None:
    with pytest.raises(ValueError, match="no marks"):
        satisfaction([])
