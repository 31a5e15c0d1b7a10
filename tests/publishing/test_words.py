"""A figure that cannot be found might as well not be published."""

from hypothesis import given
from hypothesis import strategies as st

from portal.publishing.words import normalised, searchable, terms, title


def found(query: str, *texts: str) -> bool:
    return all(f" {term}" in normalised(*texts) for term in terms(query))


def test_two_chinese_characters_are_found_inside_a_longer_name() -> None:
    assert found("审查", "新建建筑首次图纸审查平均天数")
    assert found("图纸审查", "新建建筑首次图纸审查平均天数")
    assert not found("查审", "新建建筑首次图纸审查平均天数")


def test_words_are_found_by_their_beginning_in_any_order_and_case() -> None:
    assert found("REVIEW plan", "Average days to complete first plan reviews")
    assert not found("view", "Average days to complete first plan reviews")


def test_wide_letters_and_mixed_languages_are_one() -> None:
    assert found("ｐｌａｎ 审查", "Plan 图纸审查")
    assert found("311热线", "311 热线 call centre")


def test_nothing_to_look_for_is_no_term() -> None:
    assert terms("  %%% ___ !? ") == ()


@given(st.text(max_size=60))
def test_every_text_is_found_by_itself(text: str) -> None:
    assert found(text, text)


@given(st.text(max_size=300))
def test_terms_hold_no_wildcard_of_the_database(text: str) -> None:
    assert not any(set(str(term)) & set("%_\\/'\"*:()^-") for term in terms(text))


def test_figures_have_no_words() -> None:
    assert searchable({"t": "figure"}) is None
    assert title({"t": "figure"}) is None


def test_accents_make_no_difference() -> None:
    assert found("cafe senor", "Café Señor")
    assert found("CAFÉ", "cafe")


def test_title_holds_codes_here_and_elsewhere_and_every_name() -> None:
    names = {"en": "Parks & Recreation", "zh_Hans": "公园局"}
    body = {"t": "body", "code": "D-1", "names": names, "codes": {"gb2260": "110000"}}
    assert title(body) == "d 1 | parks recreation | 公 园 局 | 110000"
