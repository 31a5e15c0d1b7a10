"""Side by side, when the reader asks: chosen bodies on one indicator and one scale, in the order of names."""

from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.publishing import queries
from portal.publishing.breaks import breaks_in
from portal.publishing.charts import scale_of
from portal.publishing.charts.svg import image
from portal.publishing.charts.values import SMALL
from portal.publishing.comparing import MOST_BODIES, Caveat, Compared, caveats, compared, pairs
from portal.publishing.readings import PublishedBody, PublishedIndicator, digits
from portal.publishing.web.public.base import edition, pages
from portal.publishing.web.public.drawing import legend, one_drawing, points_of
from portal.publishing.web.public.formats import csv_reply, json_reply
from portal.publishing.web.public.picture import describe
from portal.publishing.web.public.rows import IndicatorRow
from portal.publishing.web.public.shapes import (
    FIGURE_COLUMNS,
    body_json,
    figure_cells,
    figure_json,
    indicator_json,
    sources_of,
)
from portal.web import edge
from portal.web.editions import drawn
from portal.web.wording import lazy_gettext as _l
from portal.web.words import name

CAVEATS = {
    Caveat.PERIODS: _l("Their newest results are of different periods."),
    Caveat.TARGETS: _l(
        "They were set different targets, so the same value can be a success for one of them only."
    ),
    Caveat.LEVELS: _l("They stand at different levels of government, with different tasks and means."),
    Caveat.SIZES: _l(
        "One counts at least ten times as many cases as another; the smaller one varies more by chance."
    ),
    Caveat.BREAKS: _l("A series has a break: before and after it the same name did not mean quite the same."),
    Caveat.NOT_FINAL: _l("A result is provisional, estimated or a forecast."),
    Caveat.DEFINITION: _l("A result is marked as defined differently."),
    Caveat.UNDER_REVIEW: _l("A result is under review."),
    Caveat.NO_INTERVALS: _l(
        "Not every result was published with the counts behind it, so how sure a difference is cannot be told."
    ),
}


@pages.get("/compare")
@drawn
def compare() -> ResponseReturnValue:
    indicator, found, choice = _asked(edge.reader())
    rows = [_row(indicator, one) for one in found] if indicator else []
    scale = scale_of(*(points_of(row) for row in rows)) if rows else None
    drawings = [one_drawing(row, SMALL, scale) for row in rows]
    images = [
        image(
            drawing, title=name(row.body.names), description=describe(row), ident=f"c{at}", classes="gp-c--small"
        )
        for at, (row, drawing) in enumerate(zip(rows, drawings, strict=True))
        if drawing
    ]
    releases = queries.releases_by_edition(edge.reader(), edition=edition().n)
    return render_template(
        "publishing/compare.html",
        indicator=indicator,
        found=list(zip(found, rows, images, strict=True)),
        choice=choice,
        chosen={one.body.code for one in found},
        most=MOST_BODIES,
        too_many=len(set(request.args.getlist("body"))) > MOST_BODIES,
        legend=sorted({words for drawing in drawings if drawing for words in legend(drawing)}),
        caveats=[CAVEATS[caveat] for caveat in caveats(found)] if len(found) > 1 else [],
        pairs=pairs(found),
        periods=_periods(found),
        sources=sources_of(rows, releases),
        query="&".join(f"body={one.body.code}" for one in found),
    )


@pages.get("/compare.json")
@drawn
def compare_json() -> Response:
    indicator, found, _choice = _asked(edge.reader())
    releases = queries.releases_by_edition(edge.reader(), edition=edition().n)
    bodies = [
        {
            **body_json(one.body),
            "interval": _interval_json(one),
            "figures": [figure_json(_row(indicator, one), figure, releases) for figure in one.figures],
        }
        for one in found
        if indicator
    ]
    return json_reply(
        {
            "indicator": indicator_json(indicator) if indicator else None,
            "order": "by name; never by value",
            "caveats": [caveat.value for caveat in caveats(found)],
            "overlaps": [
                {"bodies": [pair.one.code, pair.other.code], "overlap": pair.overlap} for pair in pairs(found)
            ],
            "bodies": bodies,
        }
    )


@pages.get("/compare.csv")
@drawn
def compare_csv() -> Response:
    indicator, found, _choice = _asked(edge.reader())
    releases = queries.releases_by_edition(edge.reader(), edition=edition().n)
    cells = [
        figure_cells(_row(indicator, one), figure, figure.current, releases)
        for one in found
        for figure in one.figures
        if indicator
    ]
    return csv_reply(FIGURE_COLUMNS, cells, name="compare")


def _asked(session: Session) -> tuple[PublishedIndicator | None, list[Compared], list[PublishedBody]]:
    """The indicator, the chosen bodies that publish it, and all that do, each in the order of names."""
    n, code = edition().n, request.args.get("indicator", "")
    if not code:
        return None, [], []
    indicator = queries.get_indicator(session, code, edition=n)
    codes = queries.bodies_publishing(session, code, edition=n)
    bodies = sorted(queries.bodies_named(session, codes, edition=n).values(), key=lambda body: name(body.names))
    wanted = set(request.args.getlist("body"))
    changed = queries.register_changes_of(session, code, edition=n)
    found = []
    for body in [body for body in bodies if body.code in wanted][:MOST_BODIES]:
        figures = queries.history(session, body.code, code, edition=n)
        one = compared(body, figures, breaks_in(figures, changed), indicator.unit)
        if one is not None:
            found.append(one)
    return indicator, found, bodies


def _row(indicator: PublishedIndicator | None, one: Compared) -> IndicatorRow:
    if indicator is None:
        raise ValueError("nothing is compared without an indicator")
    return IndicatorRow(indicator, one.body, one.figures, one.breaks)


def _periods(found: list[Compared]) -> list[str]:
    """Every period with a figure, the newest first as the series have them."""
    seen = {figure.key.period: None for one in found for figure in one.figures}
    return sorted(seen, reverse=True)


def _interval_json(one: Compared) -> dict[str, Any] | None:
    if one.interval is None:
        return None
    period = one.latest.key.period
    return {"period": period, "low": digits(one.interval.low), "high": digits(one.interval.high)}
