"""How far a figure reaches its target: known answers, bounds, and what is never read as zero."""

from decimal import Decimal

import pytest
from hypothesis import given

from portal.evaluation.rules.achievement import achievement, standing
from portal.evaluation.values import Standing
from portal.registry.values import Direction, Status, status
from tests.evaluation.known import directions, numbers


@pytest.mark.parametrize(
    ("target", "actual", "direction", "points"),
    [
        ("80", "80", Direction.UP, "100"),
        ("80", "95", Direction.UP, "100"),
        ("80", "60", Direction.UP, "75"),
        ("3", "2", Direction.UP, "66.66"),
        ("12", "8.5", Direction.DOWN, "100"),
        ("12", "15", Direction.DOWN, "75"),
        ("12", "24", Direction.DOWN, "0"),
        ("12", "99", Direction.DOWN, "0"),
        ("0", "0", Direction.DOWN, "100"),
        ("0", "0.01", Direction.DOWN, "0"),
        ("0", "-1", Direction.UP, "0"),
        ("-4", "-5", Direction.UP, "75"),
        ("-4", "-3", Direction.DOWN, "75"),
        ("10", "-10", Direction.UP, "0"),
        ("100000", "99999.9", Direction.UP, "99.99"),
    ],
)
def test_points_are_the_target_less_the_shortfall(
    target: str, actual: str, direction: Direction, points: str
) -> None:
    assert achievement(Decimal(target), Decimal(actual), direction) == Decimal(points)


@given(target=numbers, actual=numbers, direction=directions)
def test_100_means_met_and_nothing_else_does(target: Decimal, actual: Decimal, direction: Direction) -> None:
    points = achievement(target, actual, direction)
    assert 0 <= points <= 100
    assert (points == 100) == (status(target, actual, direction) is Status.MET)


@given(target=numbers, one=numbers, other=numbers)
def test_doing_better_never_earns_less(target: Decimal, one: Decimal, other: Decimal) -> None:
    worse, better = sorted((one, other))
    assert achievement(target, worse, Direction.UP) <= achievement(target, better, Direction.UP)
    assert achievement(target, better, Direction.DOWN) <= achievement(target, worse, Direction.DOWN)


def test_eighty_digits_are_not_too_many() -> None:
    target = Decimal("1" + "0" * 79)
    assert achievement(target, Decimal("9" * 79), Direction.UP) == Decimal("99.99")
    assert achievement(Decimal("0." + "0" * 76 + "1"), target, Direction.DOWN) == 0


def test_an_indicator_without_direction_is_not_judged() -> None:
    assert standing(Decimal(1), Decimal(2), Direction.NONE, voided=False) is Standing.NOT_JUDGED
    with pytest.raises(ValueError, match="not judged"):
        achievement(Decimal(1), Decimal(2), Direction.NONE)


def test_what_is_missing_is_missing_and_a_zero_target_is_a_target() -> None:
    assert standing(None, Decimal(5), Direction.UP, voided=False) is Standing.NO_TARGET
    assert standing(Decimal(5), None, Direction.UP, voided=False) is Standing.NO_RESULT
    assert standing(Decimal(0), Decimal(5), Direction.UP, voided=False) is Standing.SCORED


def test_a_voided_figure_earns_nothing_but_is_not_judged_where_it_never_was() -> None:
    assert standing(Decimal(5), Decimal(5), Direction.UP, voided=True) is Standing.VOIDED
    assert standing(Decimal(5), None, Direction.UP, voided=True) is Standing.VOIDED
    assert standing(None, Decimal(5), Direction.UP, voided=True) is Standing.NO_TARGET
