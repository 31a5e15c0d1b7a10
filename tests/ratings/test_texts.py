"""If these failed, somebody's number would stand on a public page, or an honest number would be blacked out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.foundation.personal import MASK, is_identity_number
from portal.ratings.rules.texts import Flag, alike, flags_of, masked, private_in


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("打我电话13800138000谢谢", Flag.PHONE),
        ("+86 138-0013-8000", Flag.PHONE),
        ("１３８００１３８０００", Flag.PHONE),
        ("窗口010-62345678没人接", Flag.PHONE),
        ("call (212) 555-0187 now", Flag.PHONE),
        ("+44 20 7946 0958", Flag.PHONE),
        ("write to li.lei@example.org.", Flag.MAIL),
        ("身份证11010519491231002X", Flag.IDENTITY),
    ],
)
def test_numbers_and_addresses_of_people_are_found_and_masked(text: str, flag: Flag) -> None:
    assert [one.flag for one in private_in(text)] == [flag]
    assert MASK in masked(text)
    assert not private_in(masked(text))


@pytest.mark.parametrize(
    "text",
    [
        "等了3小时，2026年01月05日办的，编号110105194912310021",  # a check digit that does not hold
        "The form 2024-1234567890123456789 costs 138 yuan",
        "Window 12, 45 minutes, ticket 20260105",
        "3.1415926535",
    ],
)
def test_other_numbers_stay(text: str) -> None:
    assert masked(text) == text


def test_an_identity_number_needs_a_day_that_was_and_its_check_digit() -> None:
    assert is_identity_number("11010519491231002x")
    assert not is_identity_number("110105194912310021")
    assert not is_identity_number("110105194913310029")


def test_names_are_masked_where_a_person_says_so() -> None:
    assert masked("Ms Zhao told Zhao's clerk", ["zhao"]) == f"Ms {MASK} told {MASK}'s clerk"
    assert masked("李雷很好，李雷辛苦", ["李雷", ""]) == f"{MASK}很好，{MASK}辛苦"


def test_abuse_and_other_scripts_only_make_somebody_look() -> None:
    assert flags_of("这帮王八蛋") == (Flag.ABUSE,)
    assert flags_of("Всё хорошо, спасибо") == (Flag.OTHER_SCRIPT,)
    assert flags_of("很好 very good, merci à tous") == ()
    assert masked("这帮王八蛋") == "这帮王八蛋"


def test_texts_that_read_the_same_are_alike() -> None:
    assert alike("Very  good!!") == alike("ＶＥＲＹ ｇｏｏｄ") != alike("very bad")


@given(st.text(max_size=80))
def test_masking_leaves_nothing_behind_and_takes_nothing_else(text: str) -> None:
    found = private_in(text)
    if not found:
        assert masked(text) == text
    assert all(
        text[one.start : one.end] not in masked(text) or len(text[one.start : one.end]) < 4 for one in found
    )
