"""If these failed, shares would mislead, or single marks could be told from what is published."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.foundation.clock import months_after
from portal.ratings.rules import marks_changed, may_change, may_roll_up, summarise, wilson
from portal.ratings.services import folding
from portal.ratings.values import Counts, Level, month_of

counts = st.builds(lambda *levels: Counts(levels), *[st.integers(0, 500)] * 5)


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [
        # Newcombe (1998), Statistics in Medicine 17:857, table I, method 3 (Wilson)
        (81, 263, "0.2552", "0.3662"),
        (15, 148, "0.0624", "0.1605"),
        (0, 20, "0.0000", "0.1611"),
        (1, 29, "0.0061", "0.1718"),
    ],
)
def test_intervals_equal_those_in_the_literature(count: int, n: int, low: str, high: str) -> None:
    interval = wilson(count, n)
    assert abs(Decimal(interval.low) - Decimal(low)) <= Decimal("0.0001")
    assert abs(Decimal(interval.high) - Decimal(high)) <= Decimal("0.0001")


@given(n=st.integers(1, 10_000_000), data=st.data())
def test_an_interval_holds_its_share_and_stays_between_0_and_1(n: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, n))
    found = wilson(count, n)
    low, share, high = (Decimal(text) for text in (found.low, found.share, found.high))
    assert 0 <= low <= share <= high <= 1
    assert all(len(text) == 6 for text in (found.low, found.share, found.high))


def test_a_share_of_nothing_is_refused() -> None:
    for count, n in [(0, 0), (3, 2), (-1, 5)]:
        with pytest.raises(ValueError, match="no share"):
            wilson(count, n)


@given(counts=counts, threshold=st.integers(1, 60))
def test_below_the_threshold_there_is_no_number_at_all(counts: Counts, threshold: int) -> None:
    summary = summarise(counts, threshold=threshold)
    assert summary.suppressed is (counts.n < threshold)
    if summary.suppressed:
        assert summary.n is None
        assert summary.levels == {}
    else:
        assert list(summary.levels) == [Level(5), Level(4), Level(3), Level(2), Level(1)]


@given(old=counts, new=counts, threshold=st.integers(1, 60))
def test_a_closed_month_changes_only_by_many_marks_together(old: Counts, new: Counts, threshold: int) -> None:
    assert may_change(old, new, threshold=threshold) is (marks_changed(old, new) >= threshold)
    assert not may_change(old, old, threshold=threshold)


def test_moving_a_mark_between_levels_counts_as_two_changes() -> None:
    assert marks_changed(Counts((1, 0, 0, 0, 9)), Counts((0, 1, 0, 0, 9))) == 2


def test_only_a_month_that_is_over_is_rolled_up() -> None:
    assert may_roll_up("2026-01", current="2026-02")
    assert not may_roll_up("2026-02", current="2026-02")


def test_months_are_counted_over_the_end_of_a_year() -> None:
    assert months_after("2026-11", 3) == "2027-02"
    assert months_after("2026-12", 0) == "2026-12"
    assert months_after("2026-01", -1) == "2025-12"


def test_nothing_finer_than_a_month_is_kept_of_a_moment() -> None:

    assert month_of(datetime(2026, 2, 9, 9, 30, tzinfo=UTC)) == "2026-02"


@given(rows=st.integers(0, 10**8), at_once=st.lists(st.integers(1000, 20_000), min_size=1))
def test_ranges_of_keys_leave_no_key_out_and_none_is_narrow(rows: int, at_once: list[int]) -> None:
    start, whole = 0, 1 << 64
    for fits in at_once:
        end = folding._end_of_range(start, fits, rows)
        expected = rows * (end - start) / whole
        assert end <= whole and (expected >= 499 or end - start == whole)
        start = end
        if end == whole:
            break
