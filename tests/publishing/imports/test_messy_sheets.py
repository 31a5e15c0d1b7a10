"""Spreadsheets as offices write them: titles, joined headers, merged cells, 万元, 持平, read or refused."""

import io
from collections.abc import Callable
from typing import Any

import pytest
import xlsxwriter

from portal.foundation.tables import ImportRefused
from portal.publishing.imports.checked import Checked
from portal.publishing.imports.checks import check_table
from portal.publishing.imports.concerns import factor_twice
from portal.publishing.imports.mapping import Mapping, NumberFormat, PeriodFormat
from portal.publishing.imports.parsing import parse_number, parse_period
from portal.publishing.imports.reading import parse_mapped
from portal.publishing.imports.unchanged import take_over
from portal.publishing.values import FigureKey
from portal.registry.values import Period, PeriodType

Draw = Callable[[Any, Any], None]


def workbook(draw: Draw) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    draw(book, book.add_worksheet("表一"))
    book.close()
    return out.getvalue()


def report(book: Any, sheet: Any) -> None:
    """A yearbook table: title, unit, two header rows, one office over two rows, a total and footnotes."""
    sheet.merge_range("A1:F1", "２０２３年部门绩效完成情况")
    sheet.merge_range("A2:F2", "单位：万元")
    sheet.merge_range("A3:A4", "单位名称")
    sheet.merge_range("B3:B4", "指标")
    sheet.merge_range("C3:D3", "2022年")
    sheet.merge_range("E3:F3", "2023年")
    for place, text in enumerate(("目标值", "完成值", "目标值", "完成值"), start=2):
        sheet.write(3, place, text)
    sheet.merge_range("A5:A6", "河湾建筑局")
    sheet.write_row("B5", ["投资额", 120, "１，２００．５０", "1.25万", "持平"])
    sheet.write_row("B6", ["补助额", "—", 35.5, "—", "40"])
    sheet.write_row("A7", ["合　计", "", 120, 1236, 12540, 1240.5])
    sheet.write("A8", "注：2023年为快报数。")
    sheet.write("A9", "资料来源：河湾市统计局")


MESSY = {
    "file": {
        "locale": "zh_Hans",
        "header_rows": [3, 4],
        "fill_down": ["单位名称"],
        "skip_rows": ["合计"],
        "end": ["注：", "资料来源"],
        "missing_status": {"—": "M"},
    },
    "numbers": {"thousands": ",", "multipliers": {"万": "10000"}, "unchanged": ["持平"]},
    "unit_line": {"units": {"万元": {"unit": "元", "times": "10000"}}},
    "columns": {"body_name": "单位名称", "indicator_name": "指标"},
    "constants": {"direction": "up"},
    "slugs": {"body_code": "{body_name}", "indicator_code": "{indicator_name}"},
    "melt": [
        {"columns": ["2022年 目标值", "2023年 目标值"], "into": "target", "period": "^(.*年)"},
        {"columns": ["2022年 完成值", "2023年 完成值"], "into": "actual", "period": "^(.*年)"},
    ],
}


def read(data: bytes, mapping: dict[str, Any], file: str = "a.xlsx") -> Checked:
    table, settled = parse_mapped(file, data, Mapping.model_validate(mapping))
    return check_table(table, settled)


def test_a_yearbook_table_is_read_to_the_last_digit() -> None:
    checked = read(workbook(report), MESSY)
    take_over(checked, {})
    found = {
        (checked.indicators[key.indicator].names["zh_Hans"], key.period): (f.target, f.actual, f.obs_status)
        for key, f in checked.figures.items()
    }
    assert found == {
        ("投资额", "2022"): ("1200000", "12005000", "A"),
        ("投资额", "2023"): ("125000000", "12005000", "A"),
        ("补助额", "2022"): (None, "355000", "A"),
        ("补助额", "2023"): (None, "400000", "A"),
    }
    assert {claim.names["zh_Hans"] for claim in checked.bodies.values()} == {"河湾建筑局"}
    assert {claim.unit["zh_Hans"] for claim in checked.indicators.values()} == {"元"}


@pytest.mark.parametrize(
    ("left_out", "column", "found"),
    [
        ({"numbers": {"thousands": ",", "multipliers": {"万": "10000"}}}, "2023年 完成值", "持平"),
        ({"numbers": {"thousands": ",", "unchanged": ["持平"]}}, "2023年 目标值", "1.25万"),
        (
            {"numbers": {"multipliers": {"万": "10000"}, "unchanged": ["持平"]}},
            "2022年 完成值",
            "１，２００．５０",
        ),
    ],
)
def test_what_the_mapping_does_not_say_is_flagged_never_guessed(
    left_out: dict[str, Any], column: str, found: str
) -> None:
    with pytest.raises(ImportRefused) as refusal:
        read(workbook(report), MESSY | left_out)
    assert (refusal.value.faults[0].row, refusal.value.faults[0].column) == (5, column)
    assert refusal.value.faults[0].found == found


def test_an_unchanged_value_needs_one_before_it() -> None:
    def first_year(book: Any, sheet: Any) -> None:
        report(book, sheet)
        sheet.write("D5", "持平")

    checked = read(workbook(first_year), MESSY)
    with pytest.raises(ImportRefused) as refusal:
        take_over(checked, {})
    fault = refusal.value.faults[0]
    assert (fault.row, fault.column, fault.found) == (5, "2022年 完成值", "持平")
    assert "2021" in str(fault.expected)


def test_a_unit_line_that_is_asked_for_must_be_there() -> None:
    def without(book: Any, sheet: Any) -> None:
        report(book, sheet)
        sheet.write("A2", "制表：统计科")

    with pytest.raises(ImportRefused, match="states the unit"):
        read(workbook(without), MESSY)


def test_the_same_table_as_csv_fills_headers_to_the_right() -> None:
    head = "题,,,,,\n单位：万元,,,,,\n单位名称,指标,2022年,,2023年,\n,,目标值,完成值,目标值,完成值\n"
    text = head + "局,投资额,1,2,3,4\n,补助额,5,6,7,8\n"
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        checked = read(text.encode(encoding), MESSY, "a.csv")
        assert sorted(f.actual or "" for f in checked.figures.values()) == ["20000", "40000", "60000", "80000"]


def test_columns_go_by_letters_where_headers_are_equal_or_absent() -> None:
    same = {
        "file": {"letters": True},
        "columns": {"body_code": "b", "indicator_code": "i", "period": "p", "target": "v", "actual": "v [E]"},
        "constants": {"body_name": "B", "indicator_name": "I", "direction": "up"},
    }
    assert read(b"b,i,p,v,v\nx,y,2022,1,2\n", same, "a.csv").figures[FigureKey("x", "y", "2022")].actual == "2"
    none = same | {
        "file": {"header_rows": []},
        "columns": {"body_code": "A", "indicator_code": "B", "period": "C", "target": "D", "actual": "E"},
    }
    assert read(b"x,y,2022,1,2\n", none, "a.csv").figures[FigureKey("x", "y", "2022")].target == "1"


@pytest.mark.parametrize(
    ("text", "style", "number"),
    [
        ("１２３．４０", {}, "123.40"),
        ("－５", {}, "-5"),
        ("\u00a07\u3000", {}, "7"),
        ("1.20万", {"multipliers": {"万": "10000"}}, "12000"),
        ("1.23456万", {"multipliers": {"万": "10000"}}, "12345.6"),
        ("3.5万亿", {"multipliers": {"万": "10000", "亿": "100000000", "万亿": "1000000000000"}}, "3500000000000"),
        ("95.50%", {"percent": "drop"}, "95.50"),
        ("95.50％", {"percent": "share"}, "0.9550"),
        ("1，234", {"thousands": ","}, "1234"),
    ],
)
def test_only_the_point_moves(text: str, style: dict[str, Any], number: str) -> None:
    assert parse_number(text, NumberFormat.model_validate(style)) == number


@pytest.mark.parametrize("text", ["95%", "1.2万", "持平", "—", "1.2.3万", "万", "%", "inf", "nan", "1_000"])
def test_what_is_no_plain_number_is_refused_by_default(text: str) -> None:
    with pytest.raises(ValueError, match="a number"):
        parse_number(text, NumberFormat())


@pytest.mark.parametrize("factor", ["0", "-10", "3", "1e30", "NaN", "20000"])
def test_a_factor_only_moves_the_point(factor: str) -> None:
    with pytest.raises(ValueError, match=r"power of ten|finite"):
        NumberFormat.model_validate({"multipliers": {"x": factor}})


@pytest.mark.parametrize(
    ("text", "style", "period"),
    [
        ("２０２３年", {}, "2023"),
        ("2023年度", {}, "2023"),
        ("2023年第三季度", {}, "2023-Q3"),
        ("2023年1季度", {}, "2023-Q1"),
        ("2023年4月", {}, "2023-04"),
        ("2023年12月份", {}, "2023-12"),
        ("45291", {"serial": True}, "2023"),
        ("45291", {"serial": True, "type": "month"}, "2023-12"),
        ("2023-04-30", {"date": "%Y-%m-%d", "type": "quarter"}, "2023-Q2"),
    ],
)
def test_periods_in_chinese_and_as_days(text: str, style: dict[str, Any], period: str) -> None:
    assert str(parse_period(text, PeriodFormat.model_validate(style))) == period


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("2023", "2022"),
        ("2023-24", "2022-23"),
        ("2023-Q1", "2022-Q4"),
        ("2023-Q3", "2023-Q2"),
        ("2023-01", "2022-12"),
    ],
)
def test_the_period_before(text: str, before: str) -> None:
    assert str(Period.parse(text).before) == before
    assert Period.parse(text).before.type is not PeriodType.MONTH or text == "2023-01"


def test_a_factor_in_the_number_and_in_its_unit_is_told_because_it_may_be_meant_once() -> None:
    """1.25万 below 单位：万元 is either 12 500 of the unit or the plain 12 500: nobody may guess."""
    figures = read(workbook(report), MESSY).figures.values()
    told = [one for figure in figures for one in factor_twice(figure, ["万元"])]
    assert [(one.row, one.column, one.found) for one in told] == [(5, "2023年 目标值", "1.25万")]
    assert not [one for figure in figures for one in factor_twice(figure, ["元", "%"])]
