"""The bodies, and one body: what it promised and did, compared with itself and with no other."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from portal.publishing import queries
from portal.publishing.changes import ChangeFilter
from portal.publishing.citing import Subject
from portal.publishing.readings import PublishedBody, digits
from portal.publishing.web.public.base import CSV, JSON, edition, page
from portal.publishing.web.public.cited import cite_this
from portal.publishing.web.public.formats import csv_reply, json_reply
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
from portal.registry.values import Status
from portal.web import edge
from portal.web.words import name


@page("/bodies", JSON, CSV)
def bodies(form: str) -> ResponseReturnValue:
    session, n = edge.reader(), edition().n
    found = queries.list_bodies(session, edition=n)
    if form == JSON:
        return json_reply({"bodies": [body_json(body) for body in found]})
    if form == CSV:
        cells = [(b.code, *named(b.names), b.parent, b.level, b.invented) for b in found]
        return csv_reply(("code", "name_en", "name_zh_Hans", "parent", "level", "invented"), cells, name="bodies")
    counts = queries.indicator_counts(session, edition=n)
    by_name = sorted(found, key=lambda body: name(body.names))
    return render_template("publishing/bodies.html", tree=queries.tree_of(by_name), counts=counts, found=found)


@page("/bodies/<body>", JSON, CSV)
def body(body: str, form: str) -> ResponseReturnValue:
    session, n = edge.reader(), edition().n
    found = queries.get_body(session, body, edition=n)
    rows = indicator_rows(session, found, n)
    releases = queries.releases_by_edition(session, edition=n)
    if form == JSON:
        listed = [_with_figures(row, releases) for row in rows]
        return json_reply({"body": body_json(found), "indicators": listed})
    if form == CSV:
        cells = [figure_cells(row, figure, figure.current, releases) for row in rows for figure in row.figures]
        return csv_reply(FIGURE_COLUMNS, cells, name=found.code)
    corrected = queries.changes(session, edition=n, only=ChangeFilter(body=found.code), limit=5)
    return render_template(
        "publishing/body.html",
        body=found,
        above=_ancestors(session, found, n),
        below=[one for one in queries.list_bodies(session, edition=n) if one.parent == found.code],
        services=queries.list_services(session, edition=n, body=found.code),
        diagnosis=diagnose(rows),
        citing=cite_this(
            Subject.BODY,
            found.code,
            author=name(found.names),
            title=_("Performance figures of %(body)s", body=name(found.names)),
        ),
        sources=sources_of(rows, releases),
        evaluations=queries.evaluations(session, found.code, edition=n),
        corrections=corrected,
        indicators=queries.indicators_named(session, {one.indicator for one in corrected}, edition=n),
        digits=digits,
    )


def _with_figures(row: IndicatorRow, releases: Releases) -> dict[str, Any]:
    figures = [figure_json(row, figure, releases) for figure in row.figures]
    return {**indicator_json(row.indicator), "figures": figures}


@dataclass(frozen=True)
class Diagnosis:
    """A body's indicators by how they stand to their targets, within each the worse first."""

    not_met: tuple[IndicatorRow, ...]
    met: tuple[IndicatorRow, ...]
    without: tuple[IndicatorRow, ...]

    @property
    def rows(self) -> tuple[IndicatorRow, ...]:
        return self.not_met + self.met + self.without

    @property
    def better(self) -> int:
        return sum(row.is_better for row in self.rows)

    @property
    def worse(self) -> int:
        return sum(row.is_worse for row in self.rows)

    @property
    def under_review(self) -> int:
        return sum(figure.is_under_review for row in self.rows for figure in row.figures)


def diagnose(rows: Iterable[IndicatorRow]) -> Diagnosis:
    ordered = sorted(rows, key=lambda row: (not row.is_worse, row.is_better, name(row.indicator.names)))
    not_met = tuple(row for row in ordered if row.status is Status.NOT_MET)
    met = tuple(row for row in ordered if row.status is Status.MET)
    without = tuple(row for row in ordered if row.status not in (Status.MET, Status.NOT_MET))
    return Diagnosis(not_met, met, without)


def indicator_rows(session: Session, body: PublishedBody, n: int) -> tuple[IndicatorRow, ...]:
    figures = queries.figures_of(session, body.code, edition=n)
    indicators = queries.indicators_named(session, {figure.key.indicator for figure in figures}, edition=n)
    return rows_of(figures, indicators, {body.code: body})


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
