"""A body's figures of one indicator: the page that answers what it is, whether to believe it, how to check it."""

from dataclasses import dataclass
from datetime import datetime

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.publishing import queries
from portal.publishing.breaks import breaks_in
from portal.publishing.citing import Citation, Subject
from portal.publishing.readings import Figure, Notice, Version
from portal.publishing.web.public.base import CSV, JSON, PNG, SVG, edition, page, releases_of, settling
from portal.publishing.web.public.cited import address_of, cite_this
from portal.publishing.web.public.drawing import drawings, legend
from portal.publishing.web.public.formats import csv_reply, json_reply
from portal.publishing.web.public.picture import describe, picture
from portal.publishing.web.public.rows import IndicatorRow
from portal.publishing.web.public.shapes import (
    FIGURE_COLUMNS,
    Releases,
    body_json,
    break_json,
    figure_cells,
    figure_json,
    indicator_json,
    release_of,
    reply_json,
    sources_of,
)
from portal.web import edge
from portal.web.words import name


@page("/bodies/<body>/indicators/<indicator>", JSON, CSV, SVG, PNG, carried=True)
def figure(body: str, indicator: str, form: str) -> ResponseReturnValue:
    row = _row(edge.reader(), body, indicator)
    if row is None:
        return redirect(url_for("published.indicator", indicator=indicator))
    releases = releases_of(row.figures)
    replies = queries.replies_to(edge.reader(), body, indicator, edition=edition().n)
    if form == JSON:
        shown = [figure_json(row, one, releases) for one in row.figures]
        return json_reply(
            {
                "body": body_json(row.body),
                "indicator": indicator_json(row.indicator),
                "breaks": [break_json(one) for one in row.breaks],
                "replies": [reply_json(one) for one in replies],
                "figures": shown,
            }
        )
    if form == CSV:
        cells = [figure_cells(row, one, version, releases) for one in row.figures for version in one.versions]
        return csv_reply(FIGURE_COLUMNS, cells, name=f"{row.body.code}-{row.indicator.code}")
    if form in (SVG, PNG):
        return _picture(row, form, releases)
    drawn = drawings(row)
    return render_template(
        "publishing/figure.html",
        row=row,
        latest=row.latest,
        drawings=drawn,
        description=describe(row),
        legend=legend(drawn["wide"]) if drawn else [],
        citing=cite_this(
            Subject.SERIES, body, indicator, author=name(row.body.names), title=name(row.indicator.names)
        ),
        events=_events(row),
        moments=_handed_in(row),
        breaks=row.breaks,
        replies=replies,
        release=release_of(row.latest, releases),
        correct_days=edge.settings().acknowledge_days,
    )


def _picture(row: IndicatorRow, form: str, releases: Releases) -> ResponseReturnValue:
    now = edition()
    address = address_of(Citation(Subject.SERIES, (row.body.code, row.indicator.code), now.n))
    return picture(row, form, cited=now, address=address, sources=sources_of([row], releases))


@dataclass(frozen=True)
class Event:
    """Something that was published about a figure: a version of it, or a notice on it."""

    figure: Figure
    edition: int
    at: datetime
    version: Version | None
    notice: Notice | None


def _handed_in(row: IndicatorRow) -> dict[int, datetime | None]:
    """When the value shown was handed in, by the edition that took it."""
    handin = row.latest.current.handin
    return {handin.edition: queries.get_edition(edge.reader(), handin.edition).at} if handin else {}


def _row(session: Session, body: str, indicator: str) -> IndicatorRow | None:
    """The figures with what they are figures of; None without figures. Raises NotFound for unknown codes."""
    n = edition().n
    figures = queries.history(session, body, indicator, edition=n)
    known = n if figures else settling().n
    kept, changed = queries.indicator_with_changes(session, indicator, edition=known)
    owner = queries.get_body(session, body, edition=known)
    if not figures:
        return None
    return IndicatorRow(kept, owner, figures, breaks_in(figures, changed))


def _events(row: IndicatorRow) -> list[Event]:
    """Every version and notice of the newest figure and of each that was revised or marked, the latest first."""
    told = [one for one in row.figures if one is row.latest or len(one.versions) > 1 or one.notices]
    events: list[Event] = []
    for one in reversed(told):
        versions = [Event(one, version.edition, version.at, version, None) for version in one.versions]
        notices = [Event(one, notice.edition, notice.at, None, notice) for notice in one.notices]
        events.extend(sorted(versions + notices, key=lambda event: event.edition, reverse=True))
    return events
