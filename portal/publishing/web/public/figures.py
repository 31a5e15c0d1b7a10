"""A body's figures of one indicator: the page that answers what it is, whether to believe it, how to check it."""

from dataclasses import dataclass
from datetime import datetime

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.publishing import queries
from portal.publishing.readings import Figure, Notice, Version
from portal.publishing.web.public.base import CSV, JSON, edition, page
from portal.publishing.web.public.drawing import drawings
from portal.publishing.web.public.formats import csv_reply, json_reply
from portal.publishing.web.public.rows import IndicatorRow
from portal.publishing.web.public.shapes import (
    FIGURE_COLUMNS,
    body_json,
    break_json,
    figure_cells,
    figure_json,
    indicator_json,
    release_of,
)
from portal.web import edge


@page("/bodies/<body>/indicators/<indicator>", JSON, CSV)
def figure(body: str, indicator: str, form: str) -> ResponseReturnValue:
    row = _row(edge.reader(), body, indicator)
    if row is None:
        return redirect(url_for("published.indicator", indicator=indicator))
    releases = queries.releases_by_edition(edge.reader(), edition=edition().n)
    breaks = queries.breaks_of(edge.reader(), indicator, body, edition().n)
    if form == JSON:
        shown = [figure_json(row, one, releases) for one in row.figures]
        return json_reply(
            {
                "body": body_json(row.body),
                "indicator": indicator_json(row.indicator),
                "breaks": [break_json(one) for one in breaks],
                "figures": shown,
            }
        )
    if form == CSV:
        cells = [figure_cells(row, one, version, releases) for one in row.figures for version in one.versions]
        return csv_reply(FIGURE_COLUMNS, cells, name=f"{row.body.code}-{row.indicator.code}")
    return render_template(
        "publishing/figure.html",
        row=row,
        latest=row.latest,
        drawings=drawings(row),
        events=_events(row),
        breaks=breaks,
        release=release_of(row.latest, releases),
    )


@dataclass(frozen=True)
class Event:
    """Something that was published about a figure: a version of it, or a notice on it."""

    figure: Figure
    edition: int
    at: datetime
    version: Version | None
    notice: Notice | None


def _row(session: Session, body: str, indicator: str) -> IndicatorRow | None:
    """The figures with what they are figures of; None without figures. Raises NotFound for unknown codes."""
    n = edition().n
    kept = queries.get_indicator(session, indicator, edition=n)
    owner = queries.get_body(session, body, edition=n)
    figures = queries.history(session, body, indicator, edition=n)
    return IndicatorRow(kept, owner, figures) if figures else None


def _events(row: IndicatorRow) -> list[Event]:
    """Every version and notice of the newest figure and of each that was revised or marked, the latest first."""
    told = [one for one in row.figures if one is row.latest or len(one.versions) > 1 or one.notices]
    events: list[Event] = []
    for one in reversed(told):
        versions = [Event(one, version.edition, version.at, version, None) for version in one.versions]
        notices = [Event(one, notice.edition, notice.at, None, notice) for notice in one.notices]
        events.extend(sorted(versions + notices, key=lambda event: event.edition, reverse=True))
    return events
