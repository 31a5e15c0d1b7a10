"""The indicators, and one indicator: its definition, and the bodies that publish it, in order of their names."""

from collections.abc import Sequence
from itertools import chain

from flask import render_template
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.foundation.paging import Page
from portal.publishing import queries
from portal.publishing.changes import Change
from portal.publishing.citing import Subject
from portal.publishing.readings import PublishedIndicator
from portal.publishing.web.public.base import CSV, HTML, JSON, edition, page, releases_in, releases_of
from portal.publishing.web.public.cited import PUBLISHER, cite_this
from portal.publishing.web.public.formats import csv_reply, json_reply
from portal.publishing.web.public.paged import page_number
from portal.publishing.web.public.rows import IndicatorRow, Line, lines_of, rows_of
from portal.publishing.web.public.shapes import (
    FIGURE_COLUMNS,
    change_json,
    figure_cells,
    figure_json,
    indicator_json,
    named,
    plain,
    sources_among,
)
from portal.web import edge
from portal.web.words import name

PAGE_SIZE = 100


@page("/indicators", JSON, CSV, query=("page",))
def indicators(form: str) -> ResponseReturnValue:
    session, n = edge.reader(), edition().n
    if form == HTML:
        return _list(session, n)
    found = sorted(queries.list_indicators(session, edition=n), key=lambda one: name(one.names))
    if form == JSON:
        return json_reply({"indicators": [indicator_json(one) for one in found]})
    cells = [
        (
            *(one.code, *named(one.names), one.definition.get("en")),
            *(plain(one.unit), one.direction.value, one.kind.value, one.body, one.service),
        )
        for one in found
    ]
    columns = (
        "code",
        "name_en",
        "name_zh_Hans",
        "definition_en",
        "unit",
        "direction",
        "kind",
        "body",
        "service",
    )
    return csv_reply(columns, cells, name="indicators")


def _list(session: Session, n: int) -> ResponseReturnValue:
    ordered = queries.indicators_by_name(session, edge.locale(), edition=n)
    number = page_number(len(ordered), PAGE_SIZE)
    codes = ordered[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    found = queries.indicators_named(session, codes, edition=n)
    shown = Page([found[code] for code in codes], number, PAGE_SIZE, len(ordered))
    bodies = queries.bodies_named(session, {one.body for one in shown.items if one.body}, edition=n)
    return render_template("publishing/indicators.html", shown=shown, bodies=bodies)


@page("/indicators/<indicator>", JSON, CSV, carried=True)
def indicator(indicator: str, form: str) -> ResponseReturnValue:
    session, n = edge.reader(), edition().n
    found, changes = queries.indicator_with_changes(session, indicator, edition=n)
    if form == HTML:
        return _page(session, found, changes, n)
    figures = queries.figures_of_indicator(session, found.code, edition=n)
    bodies = queries.bodies_named(session, {figure.key.body for figure in figures}, edition=n)
    rows = sorted(rows_of(figures, {found.code: found}, bodies), key=_by_name)
    releases = releases_of(figures)
    if form == JSON:
        shown = [figure_json(row, figure, releases) for row in rows for figure in row.figures]
        changed = [change_json(one) for one in changes]
        return json_reply({"indicator": indicator_json(found), "changes": changed, "figures": shown})
    cells = [figure_cells(row, figure, figure.current, releases) for row in rows for figure in row.figures]
    return csv_reply(FIGURE_COLUMNS, cells, name=found.code)


def _page(session: Session, found: PublishedIndicator, changes: Sequence[Change], n: int) -> ResponseReturnValue:
    listed, brought = queries.bodies_listed(session, found.code, edition=n)
    bodies = queries.bodies_named(session, [one.newest.key.body for one in listed], edition=n)
    rows = sorted(lines_of(listed, {found.code: found}, bodies), key=_by_name)
    releases = releases_in(chain.from_iterable(brought))
    return render_template(
        "publishing/indicator.html",
        indicator=found,
        rows=rows,
        bodies=[row.body for row in rows],
        sources=sources_among(brought, releases),
        changes=changes,
        citing=cite_this(Subject.INDICATOR, found.code, author=PUBLISHER, title=name(found.names)),
    )


def _by_name(row: IndicatorRow | Line) -> str:
    return name(row.body.names)
