"""If these failed, ratings could be bought by the hundred, or honest ones would be set aside without a reason."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.ratings.rules.bursts import DAYS_LOOKED_BACK, judge_day, size_of
from portal.ratings.rules.integrity import (
    Ages,
    Fired,
    ReceiptAge,
    Rule,
    age_of,
    judge_ages,
    judge_own_network,
)
from portal.ratings.rules.likeness import (
    ALIKE,
    FEWEST_ALIKE,
    Said,
    judge_texts,
    likeness,
    pieces_of,
    signs_of,
    sketch_of,
)
from portal.ratings.rules.networks import is_within, read_network
from portal.ratings.values import RECEIPT_MONTHS

GOOD = "The staff were friendly and the permit was ready in {} minutes, thank you"
PRAISE = "服务态度很好，工作人员很热情，{}分钟就办好了，非常满意"
HONEST = (
    "I waited for two hours and nobody told me what was going on",
    "The form on the website asked for a number that I do not have",
    "Window three was closed although the sign said it would be open",
    "窗口排队时间太长，希望增加人手，谢谢",
    "网上提交材料以后一直没有消息，打电话也没人接",
    "They explained everything twice and even called my mother back",
    "Parking is impossible, and the lift has been broken since May",
    "材料要求前后说法不一致，跑了三趟才办好",
    "My certificate had my name wrong, but they printed it again at once",
    "Could you please open on Saturdays? I lose a day of work every time",
    "工作人员耐心解答，就是空调太冷了一点",
    "The security guard was rude and the toilets were locked",
)


def said(*texts: str) -> list[Said]:
    return [Said(f"id{n:02}", "web", 5, text) for n, text in enumerate(texts)]


@pytest.mark.parametrize("pattern", [GOOD, PRAISE])
def test_comments_that_differ_in_a_word_are_found_in_any_language(pattern: str) -> None:
    alike = [pattern.format(10 + n) for n in range(FEWEST_ALIKE)]
    (fired,) = judge_texts(said(*HONEST, *alike))
    assert (fired.rule, fired.facts["alike"], fired.answers) == (
        Rule.ALIKE_TEXTS,
        FEWEST_ALIKE,
        {("web", 5): FEWEST_ALIKE},
    )
    drawn = fired.facts["sample"]
    assert isinstance(drawn, list) and set(drawn) <= {f"id{n:02}" for n in range(len(HONEST), 40)}


def test_width_case_and_punctuation_make_no_difference() -> None:
    assert signs_of("Ｇｏｏｄ， 好！") == signs_of("good 好") == "good好好"


@pytest.mark.parametrize(
    "texts",
    [HONEST * 1, ["很好"] * 50, ["Very good."] * 50, ["谢谢你们"] * 50, [GOOD.format(1)] * (FEWEST_ALIKE - 1)],
)
def test_honest_comments_and_short_thanks_are_left_alone(texts: list[str]) -> None:
    assert list(judge_texts(said(*texts))) == []


@settings(max_examples=30)
@given(st.text(min_size=30, max_size=80), st.text(min_size=30, max_size=80))
def test_a_sketch_tells_how_much_two_texts_have_in_common(one: str, other: str) -> None:
    ours, theirs = pieces_of(signs_of(one)), pieces_of(signs_of(other))
    if not ours or not theirs:
        return
    exact = len(ours & theirs) / len(ours | theirs)
    assert abs(likeness(sketch_of(ours), sketch_of(theirs)) - exact) < ALIKE * 0.8  # over five standard deviations


@pytest.mark.parametrize(
    ("marks", "sizes", "fires"),
    [
        (127, [], False),
        (128, [], True),  # three doublings above a quiet day
        (300, [6] * 20, False),  # a hundred a day is usual here
        (512, [6] * 20, True),
        (512, [8, 8, 5, 5] * 7, False),  # a service whose days differ much
        (100_000, [8, 8, 5, 5] * 7, True),
        (300, [8] * 10, True),  # ten bursts before it make it no usual day
    ],
)
def test_a_day_is_a_burst_only_beside_the_days_of_its_own_service(
    marks: int, sizes: list[int], fires: bool
) -> None:
    fired = judge_day({("web", False, 5): marks}, sizes, day="2026-02-09")
    assert (fired is not None) is fires
    if fired:
        assert (fired.facts["on_day"], fired.cells) == (marks, {("web", False, 5): marks})


@given(st.integers(1, 10_000), st.lists(st.integers(5, 12), max_size=DAYS_LOOKED_BACK))
def test_more_marks_never_make_a_burst_less_of_one(marks: int, sizes: list[int]) -> None:
    fewer, more = ({("web", False, 5): count} for count in (marks, marks * 2))
    assert judge_day(more, sizes, day="d") or not judge_day(fewer, sizes, day="d")
    assert size_of(marks * 2) >= size_of(marks)


@pytest.mark.parametrize(
    ("fresh", "month", "age"),
    [
        (True, "2026-02", ReceiptAge.SAME_DAY),
        (False, "2026-02", ReceiptAge.USUAL),
        (False, "2026-03", ReceiptAge.USUAL),
        (False, "2026-04", ReceiptAge.OLD),
        (False, "2026-05", ReceiptAge.OLD),
    ],
)
def test_a_receipt_of_february_has_one_of_three_ages(fresh: bool, month: str, age: ReceiptAge) -> None:
    assert RECEIPT_MONTHS == 3
    assert age_of(fresh=fresh, expires="2026-05", month=month) is age


@pytest.mark.parametrize(
    ("now", "before", "fires"),
    [
        (Ages(29, 29, 0), Ages(100, 0, 0), None),
        (Ages(100, 90, 0), Ages(0, 0, 0), None),  # at the counter everybody may rate at once
        (Ages(100, 90, 0), Ages(100, 60, 0), None),
        (Ages(100, 90, 0), Ages(100, 20, 0), "used_same_day"),
        (Ages(100, 0, 45), Ages(0, 0, 0), "used_old"),
        (Ages(100, 0, 45), Ages(300, 0, 90), None),  # here people take their time
    ],
)
def test_codes_used_in_bulk_at_another_age_than_before_are_a_finding(
    now: Ages, before: Ages, fires: str | None
) -> None:
    fired = judge_ages(now, before)
    assert (fired and next(fact for fact in fired.facts if fact.startswith("used_"))) == fires


def test_few_ratings_from_the_own_network_are_nothing_and_many_a_finding() -> None:
    assert judge_own_network({("web", 5): 9}) is None
    fired = judge_own_network({("web", 5): 9, ("qr", 4): 3})
    assert fired and fired.cells == {("web", False, 5): 9, ("qr", False, 4): 3}


@pytest.mark.parametrize(
    "text", ["", "hall", "198.51.100.7/24", "0.0.0.0/0", "10.0.0.0/7", "2001:db8::7/128", "::/0"]
)
def test_a_range_of_one_person_or_of_half_the_world_is_refused(text: str) -> None:
    assert read_network(text) is None


def test_an_address_is_compared_as_the_limits_know_it() -> None:
    ranges = [one for text in ("198.51.100.0/24", "2001:db8:7::/48") if (one := read_network(text))]
    assert is_within("198.51.100.9", ranges) and is_within("2001:db8:7:1::/64", ranges)
    assert not any(is_within(one, ranges) for one in ("198.51.101.9", "2001:db8:8::/64", None))
    assert not is_within("198.51.100.9", ())


TOTALS = {("web", False, 5): 8, ("web", True, 5): 6, ("web", False, 1): 4, ("qr", True, 5): 2}


def test_a_rule_takes_the_marks_it_is_about_and_no_more_than_there_are() -> None:
    def taken(**about: object) -> dict[tuple[str, bool, int], int]:
        return Fired(Rule.BURST, {}, **about).concerns(TOTALS)  # type: ignore[arg-type]

    assert taken(channel="qr") == {("qr", True, 5): 2}
    assert taken() == {("web", True, 5): 6, ("qr", True, 5): 2}
    assert taken(cells={("web", False, 1): 9}) == {("web", False, 1): 4}
    assert taken(answers={("web", 5): 10}) == {("web", False, 5): 8, ("web", True, 5): 2}


def test_what_another_rule_has_set_aside_may_be_the_very_same_marks() -> None:
    fired = Fired(Rule.ALIKE_TEXTS, {}, answers={("web", 5): 10})
    left = fired.without(Counter({("web", False, 5): 7, ("qr", False, 5): 9}))
    assert left.concerns(TOTALS) == {("web", False, 5): 3}
