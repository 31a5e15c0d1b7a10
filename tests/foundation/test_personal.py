"""Numbers and addresses of people are found as they are written, and what only looks like them is left."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.foundation.personal import Personal, personal_in


def found(text: str) -> list[tuple[Personal, str]]:
    return [(one.kind, text[one.start : one.end]) for one in personal_in(text)]


@pytest.mark.parametrize(
    ("text", "kind", "spot"),
    [
        ("write to li.hua+x@mail.example.cn, please", Personal.MAIL, "li.hua+x@mail.example.cn"),
        ("his number is 11010519491231002X.", Personal.IDENTITY, "11010519491231002X"),
        (
            "号码４４０５２４１８８００１０１００１４",
            Personal.IDENTITY,
            "４４０５２４１８８００１０１００１４",
        ),
        ("打电话13800138000找他", Personal.PHONE, "13800138000"),
        ("Mary (13800138000) and", Personal.PHONE, "13800138000"),
        ("from abroad +44 (0) 20 7946 0958.", Personal.PHONE, "+44 (0) 20 7946 0958"),
        ("the office, (212) 555-0147", Personal.PHONE, "(212) 555-0147"),
        ("电话：０１０－６５５５０１２３", Personal.PHONE, "０１０－６５５５０１２３"),
    ],
)
def test_what_is_personal_is_found_as_it_stands_there(text: str, kind: Personal, spot: str) -> None:
    assert found(text) == [(kind, spot)]


@pytest.mark.parametrize(
    "text",
    ["on 2024-03-11", "the years 2019-2023", "12 345 678 square metres", "an average of 1234567.89", "20240311"],
)
def test_days_years_and_amounts_are_no_personal_data(text: str) -> None:
    assert found(text) == []


@given(st.text(alphabet="0123456789+-(). x@a中\n", max_size=80))
def test_nothing_that_is_found_overlaps(text: str) -> None:
    spots = personal_in(text)
    assert all(one.start < one.end for one in spots)
    assert all(one.end <= other.start for one, other in pairwise(spots))
