"""A body is judged by published rules, against itself alone; a wrong judgement would be slander or whitewash."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.publishing.diagnosis import Movement, judge, newest_periods
from portal.publishing.readings import Figure, Notice, Version
from portal.publishing.values import Cause, FigureKey, NoticeState
from portal.publishing.web.public.diagnosing import rounded
from portal.registry.values import Direction

AT = datetime(2026, 2, 9, tzinfo=UTC)
COUNTS = ("numerator", "denominator")
STEADY = ("5.2", "5.3", "4.9", "5.2", "5.0")


def one(period: str, actual: str | None, target: str | None = None, **fields: object) -> Figure:
    key = FigureKey("DPR", "clean-parks", period)
    target_is, actual_is = (None if text is None else Decimal(text) for text in (target, actual))
    above, under = (Decimal(str(fields[part])) if part in fields else None for part in COUNTS)
    status = str(fields["obs_status"]) if fields.get("obs_status") else None
    version = Version(2, AT, Cause.SCHEDULED, target_is, actual_is, above, under, status, None, None)
    review = (Notice(key, NoticeState.UNDER_REVIEW, 3, AT),) if fields.get("under_review") else ()
    return Figure(key, (version,), review)


def series(*values: str | None, target: str | None = None) -> list[Figure]:
    return [one(str(2016 + at), value, target) for at, value in enumerate(values)]


def movement(figures: Sequence[Figure], direction: Direction = Direction.DOWN, unit: str = "days") -> Movement:
    return judge(figures, direction, unit).movement


def test_a_value_beyond_its_usual_change_and_all_it_was_before_has_moved() -> None:
    up, down = series(*STEADY, "11.2"), series(*STEADY, "2.0")
    assert movement(up, Direction.DOWN) is Movement.DETERIORATED
    assert movement(up, Direction.UP) is Movement.IMPROVED
    assert movement(up, Direction.NONE) is Movement.HIGHER
    assert movement(down, Direction.DOWN) is Movement.IMPROVED
    assert movement(down, Direction.NONE) is Movement.LOWER


@pytest.mark.parametrize("newest", ["5.0", "5.3", "5.35", "5.6", "4.8"])
def test_what_varies_as_ever_has_not_moved(newest: str) -> None:
    assert movement(series(*STEADY, newest)) is Movement.USUAL


def test_a_short_past_tells_nothing() -> None:
    assert movement(series("5", "5", "5", "50")) is Movement.TOO_SHORT
    assert movement(series("5")) is Movement.TOO_SHORT
    assert movement([]) is Movement.NOT_JUDGED
    assert movement(series(None, None)) is Movement.NOT_JUDGED


def test_nothing_is_compared_across_a_break_or_with_another_kind_of_period() -> None:
    broken = series(*STEADY, "11.2")
    assert judge(broken, Direction.DOWN, "days", broken={"2020"}).movement is Movement.TOO_SHORT
    broken[3] = one("2019", "5.2", obs_status="B")
    assert movement(broken) is Movement.TOO_SHORT
    quarters = [one(f"2020-Q{quarter}", "5") for quarter in (1, 2, 3, 4)]
    assert movement([*quarters, one("2021", "50")]) is Movement.TOO_SHORT


def test_a_share_of_few_cases_is_not_called_worse_when_its_interval_holds_the_past() -> None:
    past = [one(str(2016 + at), value) for at, value in enumerate(("80", "81", "80", "79", "80"))]
    few = one("2021", "60", numerator=6, denominator=10)
    many = one("2021", "60", numerator=600, denominator=1000)
    assert movement([*past, few], Direction.UP, "%") is Movement.USUAL
    assert movement([*past, many], Direction.UP, "%") is Movement.DETERIORATED


def test_targets_count_in_a_row_and_periods_without_one_are_passed_over() -> None:
    kept = judge([*series("4", "4", "4", target="5"), one("2019", "4")], Direction.DOWN, "days")
    assert (kept.met, kept.keeps_target, kept.is_strength) == (3, True, True)
    missed = judge(series("4", "6", "6", "6", target="5"), Direction.DOWN, "days")
    assert (missed.missed, missed.misses_target, missed.is_weakness) == (3, True, True)
    once = judge(series("6", "6", "4", target="5"), Direction.DOWN, "days")
    assert (once.met, once.is_strength, once.is_weakness) == (1, False, False)


def test_what_is_under_review_is_not_judged_and_what_is_not_final_is_tentative() -> None:
    doubted = [*series(*STEADY, target="1"), one("2021", "11.2", "1", under_review=True)]
    judged = judge(doubted, Direction.DOWN, "days")
    assert judged.movement is Movement.NOT_JUDGED
    assert not judged.is_weakness
    assert judge([*series(*STEADY), one("2021", "11.2", obs_status="P")], Direction.DOWN, "days").tentative


def test_a_series_is_behind_when_others_of_its_kind_are_further_on() -> None:
    old, new = series("1", "2"), series("1", "2", "3")
    newest = newest_periods([old, new, [one("2019-Q1", "4")]])
    assert set(newest) == {"2018", "2019-Q1"}
    assert judge(old, Direction.UP, "", newest=newest).behind
    assert not judge(new, Direction.UP, "", newest=newest).behind


numbers = st.lists(st.decimals(-1000, 1000, places=2, allow_nan=False), max_size=12)


@given(numbers, st.sampled_from(Direction))
def test_the_same_figures_turned_round_give_the_opposite_judgement(
    values: list[Decimal], direction: Direction
) -> None:
    figures = series(*map(str, values))
    turned = series(*(str(-value) for value in values))
    opposite = {
        Movement.IMPROVED: Movement.DETERIORATED,
        Movement.DETERIORATED: Movement.IMPROVED,
        Movement.HIGHER: Movement.LOWER,
        Movement.LOWER: Movement.HIGHER,
    }
    found = movement(figures, direction)
    assert movement(turned, direction) is opposite.get(found, found)


def test_a_computed_average_claims_no_more_than_the_values_it_is_of_and_no_more_than_six_digits() -> None:
    third = Decimal(100) / 3
    assert str(rounded(third, [Decimal("92"), Decimal("108")])) == "33"
    assert str(rounded(third, [Decimal("92"), Decimal("108.5")])) == "33.3"
    assert str(rounded(third, [Decimal("21.2550493507895")])) == "33.3333"
    assert str(rounded(third * 1000000, [Decimal("1E+6")])) == "33333333"
