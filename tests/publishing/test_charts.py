"""A chart whose labels lie over each other cannot be read; one that hides an old value is not honest."""

from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.publishing.charts import Before, ChartWords, Drawing, Point, draw
from portal.publishing.charts.values import NARROW, WIDE, Box, LabelKind, MarkKind, Size

ENGLISH = ChartWords("target: 12 or fewer", "under review", "break in series", str)
CHINESE = ChartWords("目标值：不高于12", "核查中", "口径变化", str)

values = st.decimals(-10_000, 10_000, places=2, allow_nan=False)


@st.composite
def points(draw_value: st.DrawFn) -> Point:
    value = draw_value(st.none() | values)
    before = tuple(
        Before(old, f"{old} before") for old in draw_value(st.lists(values, max_size=2)) if value is not None
    )
    return Point(
        period=draw_value(st.sampled_from(["2016", "2016-17", "2020-Q3", "2021-04"])),
        value=value,
        text="" if value is None else f"{value} [p]",
        target=draw_value(st.none() | values),
        before=before,
        provisional=draw_value(st.booleans()),
        under_review=draw_value(st.booleans()),
        break_before=draw_value(st.booleans()),
    )


@settings(max_examples=150, deadline=None)
@given(st.lists(points(), min_size=1, max_size=30), st.sampled_from([WIDE, NARROW]), st.booleans())
def test_no_label_ever_covers_a_label_or_a_point_or_leaves_the_picture(
    series: list[Point], size: Size, chinese: bool
) -> None:
    drawing = draw(series, CHINESE if chinese else ENGLISH, size)
    if drawing is None:
        assert all(point.value is None for point in series)
        return
    picture = Box(0, 0, size.width, size.height)
    for label in drawing.labels:
        assert label.box.inside(picture), label
    for one, other in combinations(drawing.labels, 2):
        assert not one.box.overlaps(other.box), (one, other)
    for label in drawing.labels:
        if label.kind not in (LabelKind.TICK, LabelKind.PERIOD):
            assert not any(label.box.overlaps(mark.box) for mark in drawing.marks), label


BUILDINGS = [
    Point("2016", Decimal("11.11"), "11.11"),
    Point("2017", Decimal("5.64"), "5.64"),
    Point("2018", Decimal("5.73"), "5.73"),
    Point("2019", Decimal("4.38"), "4.38"),
    Point("2020", Decimal("5.2"), "5.2"),
    Point("2021", Decimal("5.3"), "5.3"),
    Point("2022", Decimal("11.2"), "11.2", Decimal(12), (Before(Decimal("8.5"), "8.5 before"),)),
]


def texts(drawing: Drawing | None, kind: LabelKind) -> list[str]:
    assert drawing is not None
    return [label.text for label in drawing.labels if label.kind is kind]


@pytest.mark.parametrize("size", [WIDE, NARROW])
@pytest.mark.parametrize("words", [ENGLISH, CHINESE])
def test_everything_of_a_corrected_series_finds_room_even_on_a_phone(size: Size, words: ChartWords) -> None:
    drawing = draw(BUILDINGS, words, size)
    assert set(texts(drawing, LabelKind.VALUE)) == {point.text for point in BUILDINGS}
    assert texts(drawing, LabelKind.BEFORE) == ["8.5 before"]
    assert texts(drawing, LabelKind.TARGET) == [words.target]


def test_replaced_value_stays_as_a_hollow_point_below_the_new_one() -> None:
    drawing = draw(BUILDINGS, ENGLISH)
    assert drawing is not None
    hollow = next(mark for mark in drawing.marks if mark.kind is MarkKind.BEFORE)
    newest = [mark for mark in drawing.marks if mark.kind is MarkKind.VALUE][-1]
    assert hollow.x == newest.x
    assert hollow.y > newest.y


def test_missing_value_is_a_gap_and_never_a_zero() -> None:
    drawing = draw([Point("1", Decimal(5)), Point("2", None), Point("3", Decimal(6))], ENGLISH)
    assert drawing is not None
    assert drawing.lines == ()
    assert len(drawing.marks) == 2


def test_missing_target_draws_no_target() -> None:
    drawing = draw([Point("1", Decimal(5)), Point("2", Decimal(6))], ENGLISH)
    assert drawing is not None
    assert drawing.targets == ()
    assert texts(drawing, LabelKind.TARGET) == []


def test_break_in_the_series_interrupts_the_line_and_is_named() -> None:
    drawing = draw(
        [Point("1", Decimal(5)), Point("2", Decimal(6)), Point("3", Decimal(9), break_before=True)], ENGLISH
    )
    assert drawing is not None
    assert len(drawing.lines) == 1
    assert texts(drawing, LabelKind.BREAK) == ["break in series"]


def test_axis_that_does_not_start_at_zero_says_so() -> None:
    close = draw([Point("1", Decimal("94.1")), Point("2", Decimal("96.8"))], ENGLISH)
    far = draw([Point("1", Decimal("4.1")), Point("2", Decimal("96.8"))], ENGLISH)
    assert close is not None
    assert far is not None
    assert not close.starts_at_zero
    assert far.starts_at_zero


def test_nothing_to_show_is_no_chart() -> None:
    assert draw([Point("1", None, target=Decimal(4))], ENGLISH) is None
    assert draw([], ENGLISH) is None
