"""A chart whose labels lie over each other cannot be read; one that hides an old value is not honest."""

from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.publishing.charts import Before, ChartWords, Drawing, Point, draw
from portal.publishing.charts.bars import Shares, diverging
from portal.publishing.charts.svg import image
from portal.publishing.charts.values import NARROW, WIDE, Box, LabelKind, MarkKind, Side, Size
from portal.publishing.web.public.drawing import met_side
from portal.registry.values import Direction

ENGLISH = ChartWords("target: 12 or fewer", "under review", "break in series", str, "withdrawn")
CHINESE = ChartWords("目标值：不高于12", "核查中", "口径变化", str, "已撤回")

values = st.one_of(
    st.decimals(-10_000, 10_000, places=2, allow_nan=False),
    st.integers(-(10**18), 10**18).map(Decimal),
    st.decimals(-1, 1, places=12, allow_nan=False),
)


@st.composite
def points(draw_value: st.DrawFn) -> Point:
    value = draw_value(st.none() | values)
    before = tuple(
        Before(old, f"{old} before") for old in draw_value(st.lists(values, max_size=2)) if value is not None
    )
    return Point(
        period=draw_value(st.sampled_from(["2016", "2016-17", "2020-Q3", "2021-04"])),
        value=value,
        text="" if value is None else f"{value:.2e} [p]",
        target=draw_value(st.none() | values),
        before=before,
        provisional=draw_value(st.booleans()),
        under_review=draw_value(st.booleans()),
        break_before=draw_value(st.booleans()),
        withdrawn=draw_value(st.booleans()),
        met=draw_value(st.none() | st.sampled_from(Side)),
        low=draw_value(st.none() | values),
        high=draw_value(st.none() | values),
    )


@settings(max_examples=150, deadline=None)
@given(st.lists(points(), min_size=1, max_size=60), st.sampled_from([WIDE, NARROW]), st.booleans())
def test_no_label_ever_covers_a_label_or_a_point_or_leaves_the_picture(
    series: list[Point], size: Size, chinese: bool
) -> None:
    drawing = draw(series, CHINESE if chinese else ENGLISH, size)
    if drawing is None:
        assert all(point.value is None for point in series)
        return
    picture = Box(0, 0, size.width, size.height)
    for mark in drawing.marks:
        assert drawing.plot.left <= mark.x <= drawing.plot.right
        assert drawing.plot.top - 0.01 <= mark.y <= drawing.plot.bottom + 0.01
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


@pytest.mark.parametrize("side", Side)
def test_the_side_of_the_target_that_counts_as_met_is_an_area_that_steps_with_it(side: Side) -> None:
    """A reader must see at a glance whether a point lies where it should, whichever way is better."""
    series = [
        Point("1", Decimal(5), target=Decimal(6), met=side),
        Point("2", Decimal(6), target=Decimal(6), met=side),
        Point("3", Decimal(7), target=Decimal(9), met=side),
        Point("4", Decimal(7)),
        Point("5", Decimal(7), target=Decimal(9)),
    ]
    drawing = draw(series, ENGLISH)
    assert drawing is not None
    first, second = drawing.met
    ends = [(line.x1, line.x2, line.y1) for line in drawing.targets]
    for area, (left, right, y) in zip((first, second), ends, strict=False):
        assert (area.left, area.right) == (left, right)
        reach = (drawing.plot.top, y) if side is Side.ABOVE else (y, drawing.plot.bottom)
        assert (area.top, area.bottom) == reach
    assert first.right == pytest.approx(second.left)
    values = {mark.x: mark.y for mark in drawing.marks}
    told = [first.top <= y <= first.bottom for x, y in values.items() if first.left < x < first.right]
    assert told == ([False, True] if side is Side.ABOVE else [True, True])
    assert image(drawing, title="t", description="d", ident="c").count("gp-c-met") == 1


@pytest.mark.parametrize(
    ("direction", "target", "side"),
    [
        (Direction.UP, "90", Side.ABOVE),
        (Direction.DOWN, "12", Side.BELOW),
        (Direction.DOWN, "0", Side.BELOW),
        (Direction.UP, "0", None),  # every result reaches it
        (Direction.NONE, "90", None),
        (Direction.UP, None, None),
    ],
)
def test_nothing_is_an_area_that_is_judged_by_no_target(
    direction: Direction, target: str | None, side: Side | None
) -> None:
    assert met_side(None if target is None else Decimal(target), direction) is side


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


def test_withdrawn_value_is_crossed_out_and_joined_to_nothing() -> None:
    series = [Point("1", Decimal(5)), Point("2", Decimal(7), "7", withdrawn=True), Point("3", Decimal(6))]
    drawing = draw(series, ENGLISH)
    assert drawing is not None
    assert drawing.lines == ()
    assert [mark.kind for mark in drawing.marks].count(MarkKind.WITHDRAWN) == 1
    assert texts(drawing, LabelKind.WITHDRAWN) == ["withdrawn"]
    assert "7" not in texts(drawing, LabelKind.VALUE)


def test_interval_is_a_surface_where_the_line_runs_and_a_whisker_where_a_value_stands_alone() -> None:
    def sure(period: str, value: int) -> Point:
        return Point(period, Decimal(value), low=Decimal(value - 2), high=Decimal(value + 2))

    drawing = draw([sure("1", 50), sure("2", 60), Point("", None), sure("4", 55)], ENGLISH)
    assert drawing is not None
    assert [len(run) for run in drawing.bands] == [2, 1]
    assert all(spread.high < spread.low for run in drawing.bands for spread in run), "upwards on the screen"


def test_values_below_zero_show_where_zero_is() -> None:
    drawing = draw([Point("1", Decimal(-5)), Point("2", Decimal(6))], ENGLISH)
    assert drawing is not None
    assert drawing.zero is not None
    low, high = drawing.marks
    assert low.y > drawing.zero > high.y


@pytest.mark.parametrize(
    "values", [["0"], ["-3"], ["1e-70"], ["123456789012345678901234567890.5", "123456789012345678901234567890.6"]]
)
def test_single_tiny_and_huge_values_are_drawn(values: list[str]) -> None:
    drawing = draw([Point(str(at), Decimal(value), "x") for at, value in enumerate(values)], ENGLISH, NARROW)
    assert drawing is not None
    assert len(drawing.marks) == len(values)


def test_twenty_years_of_months_are_a_line_with_its_ends_and_extremes_labelled() -> None:
    series = [
        Point(f"{2005 + at // 12}-{at % 12 + 1:02}", Decimal(100 + at % 7), str(100 + at % 7)) for at in range(240)
    ]
    for size in (WIDE, NARROW):
        drawing = draw(series, ENGLISH, size)
        assert drawing is not None
        assert len(drawing.lines) == 239
        assert len(drawing.marks) == 1, "only the newest: the line says the rest"
        periods = texts(drawing, LabelKind.PERIOD)
        assert "2024-12" in periods
        assert len(periods) >= 2
        assert "101" in texts(drawing, LabelKind.VALUE)


def test_not_final_differs_in_shape_and_not_only_in_colour() -> None:
    drawing = draw([Point("1", Decimal(5)), Point("2", Decimal(6), "6 [p]", provisional=True)], ENGLISH)
    assert drawing is not None
    assert [line.dashed for line in drawing.lines] == [True]
    assert drawing.marks[-1].kind is MarkKind.PROVISIONAL
    assert "6 [p]" in texts(drawing, LabelKind.VALUE)


def test_picture_names_and_describes_itself_and_escapes_every_word() -> None:
    words = ChartWords("<target>", "&", "b", str)
    drawing = draw([Point("<1>", Decimal(5), "<5>", target=Decimal(4))], words)
    assert drawing is not None
    svg = image(drawing, title="A & B", description="<d>", ident="c")
    assert 'role="img" aria-labelledby="c-title c-desc"' in svg
    assert '<title id="c-title">A &amp; B</title>' in svg
    assert "&lt;target&gt;" in svg
    assert "<5>" not in svg
    assert "style=" not in svg


shares = st.lists(st.integers(0, 1000), min_size=5, max_size=5).filter(any)


@given(
    st.lists(shares, min_size=1, max_size=12),
    st.sampled_from([(600.0, 14.0), (300.0, 13.0)]),
    st.text(max_size=60),
)
def test_rating_bars_hold_their_shares_and_no_words_meet(
    rows: list[list[int]], size: tuple[float, float], words: str
) -> None:
    given_shares = [[Decimal(part) / sum(row) for part in row] for row in rows]
    drawing = diverging(
        [
            Shares(
                words,
                left=(("level-2", row[0]), ("level-1", row[1])),
                right=(("level-3", row[2]), ("level-4", row[3]), ("level-5", row[4])),
                low=Decimal(0),
                high=Decimal(1),
            )
            for row in given_shares
        ],
        *size,
    )
    assert drawing is not None
    picture = Box(0, 0, drawing.size.width, drawing.size.height)
    for box in (*(piece.box for piece in drawing.pieces), *(label.box for label in drawing.labels)):
        assert (
            box.left >= picture.left - 0.01 and box.right <= picture.right + 0.01 and box.bottom <= picture.bottom
        )
    for one, other in combinations([label for label in drawing.labels if label.text.strip()], 2):
        assert not one.box.overlaps(other.box), (one, other)
