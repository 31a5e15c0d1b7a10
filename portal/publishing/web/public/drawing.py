"""The chart of a figure's history, in the reader's language, once for wide and once for narrow screens."""

from decimal import Decimal

from flask_babel import gettext as _

from portal.publishing.charts import Before, ChartWords, Drawing, Point, draw
from portal.publishing.charts.values import NARROW, WIDE
from portal.publishing.readings import Figure, digits
from portal.publishing.symbols import BREAK
from portal.publishing.web.public.rows import IndicatorRow
from portal.publishing.web.words import target_words
from portal.web.words import number


def drawings(row: IndicatorRow) -> dict[str, Drawing]:
    """By name of the screen; empty when no figure has a value."""
    points = [_point(figure) for figure in row.figures]
    newest_target = next((one.target for one in reversed(row.figures) if one.target is not None), None)
    words = ChartWords(
        target=target_words(newest_target, row.indicator.direction),
        under_review=_("under review"),
        series_break=_("break in series"),
        number=_digits,
    )
    found = {"wide": draw(points, words, WIDE), "narrow": draw(points, words, NARROW)}
    return {screen: drawing for screen, drawing in found.items() if drawing}


def _point(figure: Figure) -> Point:
    version = figure.current
    provisional = figure.is_provisional
    shown = _digits(version.actual) if version.actual is not None else ""
    return Point(
        period=figure.key.period,
        value=version.actual,
        text=f"{shown} [p]" if provisional and version.obs_status == "P" else shown,
        target=version.target,
        before=tuple(
            Before(old.actual, _("%(value)s before", value=_digits(old.actual)))
            for old in figure.replaced
            if old.actual is not None and old.actual != version.actual
        ),
        provisional=provisional,
        under_review=figure.is_under_review,
        break_before=version.obs_status == BREAK,
    )


def _digits(value: Decimal) -> str:
    return number(digits(value) or "")
