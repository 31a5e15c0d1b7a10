"""If these failed, a body could be sent its own people's sentences."""

import pytest

from portal.cases.verbatim import taken_over

SAID = "The parks were never inspected in March. Everybody at the counter knows it, and Ms Wu signed herself."
CHINESE = "三月份公园从来没有检查过，窗口的每个人都知道，吴女士自己签的名单。"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We ask: everybody at the   counter knows it and Ms Wu?", "everybody at the   counter knows it and Ms"),
        ("(EVERYBODY, at the counter: knows it – and ms!)", "EVERYBODY, at the counter: knows it – and ms"),
        ("据称：三月份公园从来没有检查过, 窗口的人。", "三月份公园从来没有检查过"),
    ],
)
def test_a_long_run_is_found_whatever_its_signs(text: str, found: str) -> None:
    assert taken_over(text, [SAID, CHINESE]) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Were the parks inspected in March 2026, and who signed the list of inspections?",
        "everybody at the counter knows it and",
        "三月份的公园是否检查过，窗口的人是否知道？请提供名单。",
        SAID[::-1],
    ],
)
def test_what_is_said_anew_is_left_alone(text: str) -> None:
    assert taken_over(text, [SAID, CHINESE]) is None


def test_runs_do_not_go_over_from_one_text_into_another() -> None:
    assert (
        taken_over("one two three four five six seven eight", ["one two three four", "five six seven eight"])
        is None
    )


def test_what_is_called_so_anyway_is_nobodys() -> None:
    name = "Share of public parks inspected at least once a year"
    assert taken_over(f"What was the {name}?", [f"I know that the {name} is false."]) is not None
    assert taken_over(f"What was the {name}?", [f"I know {name} is false."], besides=[name]) is None


def test_a_text_of_any_length_is_looked_through_at_once() -> None:
    long = "word " * 50_000
    assert taken_over("other " * 50_000, [long]) is None
