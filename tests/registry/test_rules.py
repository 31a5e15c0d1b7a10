"""The register's pure decisions: status, periods, codes, names, trees."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.registry import rules
from portal.registry.values import Direction, Period, PeriodType, Status
from portal.registry.values import status as status_of

UP, DOWN, NONE = Direction.UP, Direction.DOWN, Direction.NONE


@pytest.mark.parametrize(
    ("target", "actual", "direction", "status"),
    [
        ("12", "8.5", DOWN, Status.MET),
        ("12", "12.0", DOWN, Status.MET),
        ("12", "12.01", DOWN, Status.NOT_MET),
        ("95", "95", UP, Status.MET),
        ("95", "94.9", UP, Status.NOT_MET),
        ("0", "0", DOWN, Status.MET),
        ("0", "1", DOWN, Status.NOT_MET),
        (None, "0", DOWN, Status.NO_TARGET),
        (None, None, UP, Status.NO_TARGET),
        ("12", None, DOWN, Status.NO_RESULT),
        ("12", "8.5", NONE, Status.NOT_APPLICABLE),
    ],
)
def test_status_follows_direction_and_never_guesses(
    target: str | None, actual: str | None, direction: Direction, status: Status
) -> None:
    assert status_of(_number(target), _number(actual), direction) is status


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def test_status_compares_decimals_not_floats() -> None:
    assert status_of(Decimal("0.3"), Decimal("0.1") + Decimal("0.2"), DOWN) is Status.MET


@pytest.mark.parametrize(
    ("text", "type"),
    [
        ("2023", PeriodType.YEAR),
        ("2023-24", PeriodType.FISCAL_YEAR),
        ("2003-2004", PeriodType.FISCAL_YEAR),
        ("2023-Q1", PeriodType.QUARTER),
        ("2023-04", PeriodType.MONTH),
    ],
)
def test_period_reads_and_writes_the_same_text(text: str, type: PeriodType) -> None:
    assert Period.parse(text).type is type
    assert str(Period.parse(text)) == text


@pytest.mark.parametrize(
    "text", ["", "23", "2023-25", "2023-Q5", "2023-13x", "2023-00", "FY2023", " 2023", "２０２３"]
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a period"):
        Period.parse(text)


def test_no_text_means_two_periods() -> None:
    assert Period.parse("2003-04").type is PeriodType.MONTH
    fiscal = Period.parse("2003-04", PeriodType.FISCAL_YEAR)
    assert str(fiscal) == "2003-2004"
    assert Period.parse(str(fiscal)) == fiscal
    assert str(Period.parse("1999-00")) == "1999-2000"


@given(st.sampled_from(PeriodType), st.integers(1000, 2998), st.integers(1, 4))
def test_every_period_survives_its_own_text(type: PeriodType, year: int, part: int) -> None:
    whole = type in {PeriodType.YEAR, PeriodType.FISCAL_YEAR}
    period = Period(type, year, 0 if whole else part)
    assert Period.parse(str(period)) == period


def test_periods_sort_by_time() -> None:
    texts = ["2023-04", "2022", "2023", "2023-Q1", "2023-Q2"]
    assert sorted(texts, key=lambda text: Period.parse(text).sort_key) == [
        "2022",
        "2023",
        "2023-Q1",
        "2023-04",
        "2023-Q2",
    ]


@given(st.lists(st.text(), min_size=1, max_size=3))
def test_every_name_gives_a_valid_code(parts: list[str]) -> None:
    assert rules.is_code(rules.slug(*parts))


def test_slugs_are_readable_and_tell_names_apart() -> None:
    assert rules.slug("Administration for Children's Services") == "administration-for-childrens-services"
    assert rules.slug("河湾建筑局") != rules.slug("河湾规划局")
    assert rules.slug("x" * 100) != rules.slug("x" * 101)


@pytest.mark.parametrize("text", ["", "=1+1", "@SUM", "-a", "a.json", "a/b", "a b", "é", "a" * 81, "a\n"])
def test_what_would_break_an_address_or_a_sheet_is_no_code(text: str) -> None:
    assert not rules.is_code(text)


@pytest.mark.parametrize("text", ["", " ", "\u200b", "a\x00b", "a\x1bb", "abc\u202edef", "a\u2066b", "x" * 601])
def test_a_name_that_deceives_or_breaks_is_refused(text: str) -> None:
    assert rules.name_fault(text)


@pytest.mark.parametrize("text", ["=1+1", "<script>", "河湾建筑局", "👩‍👩‍👧", "'; DROP TABLE body;--"])
def test_an_odd_but_honest_name_is_fine(text: str) -> None:
    assert rules.name_fault(text) is None


def test_a_body_is_never_its_own_ancestor() -> None:
    parents = {"a": None, "b": "a", "c": "b"}
    assert rules.makes_cycle("a", "c", parents)
    assert rules.makes_cycle("a", "a", parents)
    assert not rules.makes_cycle("c", "a", parents)
