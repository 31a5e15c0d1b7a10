"""A first proposal of where a sheet's headings stand: right for the sheets offices send, and never in the way."""

import pytest

from portal.publishing.imports.guessing import likely_header_rows, likely_locale

YEARBOOK = (
    ["２０２５年度主要指标完成情况", "", "", ""],
    ["单位：万元", "", "", ""],
    ["单位名称", "指标", "2024年", ""],
    ["", "", "目标", "完成"],
    ["河湾建筑局", "审批收费", "1200", "１，１８０．５"],
    ["", "罚没收入", "—", "1.3亿"],
)


def rows(*cells: list[str]) -> list[tuple[int, list[str]]]:
    return list(enumerate(cells, start=1))


def test_titles_and_a_line_of_the_unit_are_passed_over_and_joined_headings_found() -> None:
    assert likely_header_rows(rows(*YEARBOOK)) == (3, 4)


@pytest.mark.parametrize(
    "sheet",
    [
        pytest.param([["body_code", "period", "actual"], ["DPR", "2023", "8.5"]], id="our own columns"),
        pytest.param([["Agency", "Text", "2021", "2022"], ["Parks", "Rated", "9", "8"]], id="years as headings"),
        pytest.param([["Agency", "Text"], ["Parks", "no number here"], ["", "nor here"]], id="rows of words"),
        pytest.param([["a title"], ["and nothing else"]], id="no table"),
        pytest.param([["1", "2"], ["3", "4"]], id="no headings"),
        pytest.param([], id="nothing"),
    ],
)
def test_a_plain_sheet_has_its_headings_in_the_first_row(sheet: list[list[str]]) -> None:
    assert likely_header_rows(rows(*sheet)) == (1,)


def test_headings_tell_the_language_of_the_names() -> None:
    assert likely_locale(["单位名称", "指标", "2024年 目标"]) == "zh_Hans"
    assert likely_locale(["Agency", "Indicator", "2024"]) == "en"
    assert likely_locale([]) == "en"
