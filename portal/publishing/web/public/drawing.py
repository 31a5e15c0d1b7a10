"""The chart of a figure's history, in the reader's language: points, words, and the pictures of a page."""

from collections.abc import Sequence
from decimal import Decimal

from portal.publishing.charts import Before, ChartWords, Drawing, Point, draw, draw_sizes
from portal.publishing.charts.scale import Scale
from portal.publishing.charts.svg import image
from portal.publishing.charts.values import NARROW, WIDE, MarkKind, Side, Size
from portal.publishing.intervals import interval_of
from portal.publishing.readings import Figure, PublishedIndicator
from portal.publishing.series import with_gaps
from portal.publishing.symbols import BREAK, symbol
from portal.publishing.web.public.rows import IndicatorRow
from portal.publishing.web.words import short_number, target_words
from portal.registry.values import Direction
from portal.web.wording import gettext as _

_SCREENS: dict[str, Size] = {"wide": WIDE, "narrow": NARROW}


def drawings(row: IndicatorRow) -> dict[str, Drawing]:
    """By name of the screen; empty when no figure has a value."""
    return dict(zip(_SCREENS, draw_sizes(points_of(row), words_of(row), _SCREENS.values()), strict=False))


def images(found: dict[str, Drawing], title: str, description: str) -> str:
    """The same chart for wide and for narrow screens, as markup; the style sheet shows one of them."""
    return "".join(
        image(drawing, title=title, description=description, ident=f"chart-{screen}", classes=f"gp-c--{screen}")
        for screen, drawing in found.items()
    )


def legend(drawing: Drawing) -> list[str]:
    """What the marks mean that are in the picture, in words: no colour is needed to follow them."""
    kinds = {mark.kind for mark in drawing.marks}
    dotted = any(line.dashed for line in drawing.lines)
    told = (
        (bool(drawing.targets), _("Dashed level line: the target")),
        (bool(drawing.met), _("Tinted: the side of the target that counts as met")),
        (bool(drawing.bands), _("Shaded: the 95 per cent interval of a share counted from cases")),
        (dotted or MarkKind.PROVISIONAL in kinds, _("Hollow points and dotted lines: not final yet")),
        (MarkKind.BEFORE in kinds, _("Diamonds: the value before it was corrected")),
        (MarkKind.REVIEW in kinds, _("Dotted rings: under review")),
        (MarkKind.WITHDRAWN in kinds, _("Crosses: withdrawn")),
        (bool(drawing.breaks), _("Dotted upright line: a break in the series; both sides cannot be compared")),
        (not drawing.starts_at_zero, _("The axis does not start at zero")),
    )
    return [words for holds, words in told if holds]


def legend_of(found: dict[str, Drawing]) -> list[str]:
    """The legend of a chart drawn for several screens."""
    return next((legend(drawing) for drawing in found.values()), [])


def one_drawing(row: IndicatorRow, size: Size, scale: Scale | None = None) -> Drawing | None:
    return draw(points_of(row), words_of(row), size, scale=scale)


def points_of(row: IndicatorRow) -> Sequence[Point]:
    """One point a period, oldest first; a period between others that was never published keeps its room."""
    broken = {one.period for one in row.breaks}
    return [
        _point(figure, row.indicator, figure.key.period in broken) if figure else Point("", None)
        for figure in with_gaps(row.figures)
    ]


def words_of(row: IndicatorRow) -> ChartWords:
    newest_target = next((one.target for one in reversed(row.figures) if one.target is not None), None)
    return ChartWords(
        target=target_words(newest_target, row.indicator.direction),
        under_review=_("under review"),
        series_break=_("break in series"),
        number=short_number,
        withdrawn=_("withdrawn"),
    )


def met_side(target: Decimal | None, direction: Direction) -> Side | None:
    """Where a result meets this target; None when it is judged by none, or when every result would."""
    if target is None or direction is Direction.NONE or (direction is Direction.UP and target == 0):
        return None
    return Side.ABOVE if direction is Direction.UP else Side.BELOW


def _point(figure: Figure, indicator: PublishedIndicator, broken: bool) -> Point:
    version = figure.current
    interval = interval_of(version, indicator.unit)
    return Point(
        period=figure.key.period,
        value=version.actual,
        text=_text(version.actual, version.obs_status) if version.actual is not None else "",
        target=version.target,
        met=met_side(version.target, indicator.direction),
        before=tuple(
            Before(old.actual, _("%(value)s before", value=short_number(old.actual)))
            for old in figure.replaced
            if old.actual is not None and old.actual != version.actual
        ),
        provisional=figure.is_provisional,
        under_review=figure.is_under_review,
        withdrawn=figure.is_withdrawn,
        break_before=broken or version.obs_status == BREAK,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
    )


def _text(value: Decimal, obs_status: str | None) -> str:
    found = symbol(obs_status)
    return f"{short_number(value)} {found.mark}" if found else short_number(value)
