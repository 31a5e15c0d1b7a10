"""Weights are shares in the part above and always make exactly 100."""

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.evaluation.errors import BadWeights
from portal.evaluation.rules.weights import default_method, require_method, require_shares, shares_by
from portal.evaluation.values import Element, Group

amounts = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.decimals(0, 1000, places=2), max_size=12)


@given(amounts, st.randoms())
def test_shares_make_exactly_100_and_do_not_depend_on_the_order(
    given_: dict[str, Decimal], random: object
) -> None:
    shares = shares_by(given_)
    assert set(shares) == {code for code, amount in given_.items() if amount > 0}
    assert sum(shares.values()) == (100 if shares else 0)
    order = list(given_)
    random.shuffle(order)  # type: ignore[attr-defined]
    assert shares_by({code: given_[code] for code in order}) == shares


@given(amounts)
def test_more_never_gets_a_smaller_share(given_: dict[str, Decimal]) -> None:
    shares = shares_by(given_)
    ordered = sorted(shares, key=lambda code: given_[code])
    for less, more in pairwise(ordered):
        assert given_[less] == given_[more] or shares[less] <= shares[more]


def test_three_equal_parts_make_100() -> None:
    shares = shares_by(dict.fromkeys("abc", Decimal(1)))
    assert shares == {"a": Decimal("33.34"), "b": Decimal("33.33"), "c": Decimal("33.33")}


@pytest.mark.parametrize(
    "shares", [{}, {"a": "99.99"}, {"a": "100.01"}, {"a": "110", "b": "-10"}, {"a": "33.333", "b": "66.667"}]
)
def test_shares_that_do_not_make_100_in_hundredths_are_refused(shares: dict[str, str]) -> None:
    with pytest.raises(BadWeights):
        require_shares({code: Decimal(share) for code, share in shares.items()}, field="x")


def test_shares_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(BadWeights):
        require_shares({"a": Decimal("NaN")}, field="x")
    with pytest.raises(BadWeights):
        require_shares({"a": Decimal("Infinity")}, field="x")


def test_the_default_matrix_is_whole_and_internal_first() -> None:
    method = default_method()
    require_method(method)
    external = sum(
        method.elements[element] * share / 100
        for element, groups in method.groups.items()
        for group, share in groups.items()
        if group is Group.SERVICE_OBJECTS
    )
    assert 0 < external < 50


def test_an_element_without_groups_is_refused() -> None:
    method = default_method()
    with pytest.raises(BadWeights):
        require_method(replace(method, groups={Element.DEPARTMENT_PERFORMANCE: {Group.RESULTS: Decimal(100)}}))


@pytest.mark.parametrize(("points", "most"), [("-1", "20"), ("30", "20"), ("5", "101")])
def test_the_integrity_rule_stays_within_its_limit(points: str, most: str) -> None:
    with pytest.raises(BadWeights):
        require_method(replace(default_method(), integrity_points=Decimal(points), integrity_most=Decimal(most)))
