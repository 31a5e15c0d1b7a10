"""The bodies, and one body: what it promised and did, judged against itself and against no other."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.foundation.paging import Page
from portal.publishing import queries
from portal.publishing.breaks import breaks_in
from portal.publishing.changes import Change, ChangeFilter
from portal.publishing.citing import Subject
from portal.publishing.queries.changes import ALL, register_changes
from portal.publishing.readings import PublishedBody, digits
from portal.publishing.web.public.base import CSV, HTML, JSON, edition, page, releases_of
from portal.publishing.web.public.cited import cite_this
from portal.publishing.web.public.diagnosing import (
    MOVEMENT,
    RULES,
    Diagnosed,
    diagnose,
    judgement_json,
    until,
    years_of,
)
from portal.publishing.web.public.formats import csv_reply, json_reply
from portal.publishing.web.public.life import life_of, renamed_to
from portal.publishing.web.public.paged import page_number
from portal.publishing.web.public.rated_json import body_answers_json, body_ratings_json
from portal.publishing.web.public.rows import IndicatorRow, rows_of
from portal.publishing.web.public.shapes import (
    FIGURE_COLUMNS,
    Releases,
    body_json,
    figure_cells,
    figure_json,
    indicator_json,
    named,
    sources_of,
)
from portal.web import edge, editions
from portal.web.wording import gettext as _
from portal.web.words import name

PAGE_SIZE = 100


@page("/bodies", JSON, CSV, query=("page",))
def bodies(form: str) -> ResponseReturnValue:
    session, n = edge.reader(), edition().n
    found = queries.list_bodies(session, edition=n)
    if form == JSON:
        return json_reply({"bodies": [body_json(body) for body in found]})
    if form == CSV:
        cells = [(b.code, *named(b.names), b.parent, b.level, b.invented) for b in found]
        return csv_reply(("code", "name_en", "name_zh_Hans", "parent", "level", "invented"), cells, name="bodies")
    by_name = sorted(found, key=lambda body: name(body.names))
    every = queries.in_order(queries.tree_of(by_name))
    number = page_number(len(every), PAGE_SIZE)
    here = every[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    codes = _with_those_above(here, found)
    return render_template(
        "publishing/bodies.html",
        tree=queries.tree_of(body for body in by_name if body.code in codes),
        counts=queries.indicator_counts(session, codes, edition=n),
        shown=Page(here, number, PAGE_SIZE, len(every)),
    )


@page("/bodies/<body>", JSON, CSV, query=("year",), carried=True)
def body(body: str, form: str) -> ResponseReturnValue:
    session, n = edge.reader(), edition().n
    found = queries.get_body(session, body, edition=n)
    if form == HTML and (following := renamed_to(found)) and queries.find_body(session, following, edition=n):
        return redirect(url_for("published.body", body=following, edition=editions.asked()), 302)
    everything = indicator_rows(session, found, n)
    years = years_of(everything)
    year = next((one for one in years if str(one) == request.args.get("year")), None)
    rows = until(everything, year) if year else everything
    releases = releases_of(one for row in rows for one in row.figures)
    if form == CSV:
        cells = [figure_cells(row, figure, figure.current, releases) for row in rows for figure in row.figures]
        return csv_reply(FIGURE_COLUMNS, cells, name=found.code)
    services = queries.list_services(session, edition=n, body=found.code)
    diagnosis = diagnose(_with_breaks(session, rows, n), services)
    if form == JSON:
        listed = [_with_figures(one, releases) for one in diagnosis.all]
        ratings = [body_ratings_json(one) for one in queries.body_ratings(session, found.code, edition=n)]
        answers = [body_answers_json(one) for one in queries.body_answers(session, found.code, edition=n)]
        about = {"body": body_json(found), "until_year": year}
        return json_reply({**about, "indicators": listed, "ratings": ratings, "answers": answers})
    corrected = queries.changes(session, edition=n, only=ChangeFilter(body=found.code), limit=5)
    return render_template(
        "publishing/body.html",
        body=found,
        above=_ancestors(session, found, n),
        below=queries.bodies_below(session, found.code, edition=n),
        life=life_of(session, found, n),
        services=services,
        diagnosis=diagnosis,
        movements=MOVEMENT,
        rules=RULES,
        years=years,
        year=year,
        citing=cite_this(
            Subject.BODY,
            found.code,
            author=name(found.names),
            title=_("Performance figures of %(body)s", body=name(found.names)),
        ),
        sources=sources_of(rows, releases),
        ratings=queries.body_ratings(session, found.code, edition=n),
        answers=queries.body_answers(session, found.code, edition=n),
        evaluations=queries.evaluations(session, found.code, edition=n),
        corrections=corrected,
        indicators=queries.indicators_named(session, {one.indicator for one in corrected}, edition=n),
        digits=digits,
    )


def _with_figures(one: Diagnosed, releases: Releases) -> dict[str, Any]:
    figures = [figure_json(one.row, figure, releases) for figure in one.row.figures]
    judgement = judgement_json(one.judgement)
    return {**indicator_json(one.row.indicator), "judgement": judgement, "figures": figures}


def _with_breaks(session: Session, rows: Iterable[IndicatorRow], n: int) -> list[IndicatorRow]:
    """The series with their breaks; what changed in the register is read once for all."""
    changed: dict[str, list[Change]] = {}
    for change in register_changes(session, n, ALL):
        changed.setdefault(change.indicator, []).append(change)
    return [replace(row, breaks=breaks_in(row.figures, changed.get(row.indicator.code, ()))) for row in rows]


def indicator_rows(session: Session, body: PublishedBody, n: int) -> tuple[IndicatorRow, ...]:
    figures = queries.figures_of(session, body.code, edition=n)
    indicators = queries.indicators_named(session, {figure.key.indicator for figure in figures}, edition=n)
    return rows_of(figures, indicators, {body.code: body})


def _with_those_above(shown: Iterable[PublishedBody], every: Iterable[PublishedBody]) -> set[str]:
    """The codes of these bodies and of all that they are below."""
    parents = {body.code: body.parent for body in every}
    codes: set[str] = set()
    for body in shown:
        code: str | None = body.code
        while code in parents and code not in codes:
            codes.add(code)
            code = parents[code]
    return codes


def _ancestors(session: Session, body: PublishedBody, n: int) -> list[PublishedBody]:
    """The bodies above, the highest first."""
    found: list[PublishedBody] = []
    parent, seen = body.parent, {body.code}
    while parent is not None and parent not in seen:
        seen.add(parent)
        above = queries.find_body(session, parent, edition=n)
        if above is None:
            break
        found.insert(0, above)
        parent = above.parent
    return found
