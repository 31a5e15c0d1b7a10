"""A body is compared with its own past and with nothing else; a broken series must not look like progress."""

from decimal import Decimal

from portal.publishing.past import Value, Verdict, own_past
from portal.registry.values import Direction


def series(*values: str | None, breaks: tuple[int, ...] = (), start: int = 2015) -> list[Value]:
    """The values of these years, the newest first."""
    told: list[Value] = [
        (str(start + at), None if value is None else Decimal(value), "B" if at in breaks else None)
        for at, value in enumerate(values)
    ]
    return told[::-1]


def test_lower_days_are_better_and_more_days_are_worse() -> None:
    past = own_past(series("11.11", "5.64", "11.2"), Direction.DOWN)
    assert past is not None
    assert past.verdict is Verdict.WORSE
    better = own_past(series("11.11", "5.64", "4"), Direction.DOWN)
    assert better is not None
    assert better.verdict is Verdict.BETTER


def test_average_is_of_the_five_periods_before_with_their_own_decimals() -> None:
    past = own_past(series("1000", "1", "2", "3", "4", "5.0", "9"), Direction.UP)
    assert past is not None
    assert past.average == Decimal("3.0")
    assert str(past.average) == "3.0"
    assert past.periods == 5


def test_without_direction_nothing_is_better_or_worse() -> None:
    past = own_past(series("1", "2"), Direction.NONE)
    assert past is not None
    assert past.verdict is Verdict.HIGHER


def test_values_before_a_break_are_not_compared() -> None:
    past = own_past(series("100", "10", "11", breaks=(1,)), Direction.UP)
    assert past is not None
    assert past.average == 10
    assert own_past(series("100", "11", breaks=(1,)), Direction.UP) is None


def test_missing_values_are_left_out_and_never_zero() -> None:
    past = own_past(series("4", None, "4"), Direction.UP)
    assert past is not None
    assert past.verdict is Verdict.SAME
    assert past.periods == 1


def test_first_or_missing_result_has_nothing_to_compare() -> None:
    assert own_past(series("4"), Direction.UP) is None
    assert own_past(series("4", None), Direction.UP) is None
    assert own_past([], Direction.UP) is None


def test_no_more_values_are_taken_than_are_compared() -> None:
    values = iter(series("1", "2", "3", "4", "5", "6", "7", "8"))
    assert own_past(values, Direction.UP) is not None
    assert [period for period, _, _ in values] == ["2016", "2015"]
