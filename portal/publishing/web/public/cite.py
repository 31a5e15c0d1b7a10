"""Permanent citations: a table or chart frozen as of an edition, what became of it since, and how to cite it."""

from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.foundation.errors import NotFound
from portal.foundation.i18n import N_, Message
from portal.publishing import queries, references
from portal.publishing.citing import Subject
from portal.publishing.readings import digits
from portal.publishing.since import Moved
from portal.publishing.web.public.base import CSV, JSON, PNG, SVG, page, pages
from portal.publishing.web.public.cited import Cited, address_of, cited, plain_words
from portal.publishing.web.public.drawing import drawings
from portal.publishing.web.public.formats import csv_reply, json_reply, open_to_all
from portal.publishing.web.public.picture import picture
from portal.publishing.web.public.rated_json import summary_json
from portal.publishing.web.public.ratings import rating_picture
from portal.publishing.web.public.services import SUMMARY_COLUMNS, summary_cells
from portal.publishing.web.public.shapes import FIGURE_COLUMNS, figure_cells, figure_json
from portal.web import edge
from portal.web.cache import published
from portal.web.editions import fixed
from portal.web.words import site

DRAWN = (Subject.SERIES, Subject.FIGURE)


@pages.get("/cite")
def find_citation() -> ResponseReturnValue:
    """Where a printed citation is typed in: leads to its page."""
    asked = request.args.get("id", "").strip().rstrip("/.,;。；，").rpartition("/")[2][:200]
    if asked:
        return redirect(url_for("published.cite", id=asked), 303)
    return render_template("publishing/citations.html")


@page("/cite/<id>", JSON, CSV, SVG, PNG)
@fixed
def cite(id: str, form: str) -> ResponseReturnValue:
    found = cited(id)
    match form:
        case "json":
            return json_reply(_as_json(found))
        case "csv":
            return _as_csv(found)
        case "svg" | "png":
            return _as_picture(found, form)
    return render_template(
        "publishing/cite.html",
        cited=found,
        reference=found.reference,
        plain=plain_words(found.reference),
        styles=references,
        drawings=drawings(found.row) if found.citation.subject is Subject.SERIES else {},
    )


@pages.get("/cite/<id>/csl.json")
@published()
@fixed
def cite_csl(id: str) -> Response:
    """For reference managers: CSL JSON, a list with one item."""
    return open_to_all(Response(references.csl_list(cited(id).reference), mimetype="application/json"))


@pages.get("/cite/<id>/citation.bib")
@published()
@fixed
def cite_bib(id: str) -> Response:
    return open_to_all(Response(references.bibtex(cited(id).reference), mimetype="application/x-bibtex"))


def _as_picture(found: Cited, form: str) -> Response:
    if found.citation.subject is Subject.RATINGS:
        return rating_picture(found.summaries, form, title=found.title, cited=found)
    if found.citation.subject not in DRAWN:
        raise NotFound(Message(N_("This citation has a table and no chart.")))
    address = address_of(found.citation)
    return picture(found.row, form, cited=found.edition, address=address, sources=found.sources)


def _as_csv(found: Cited) -> ResponseReturnValue:
    if found.release is not None:
        return redirect(site(f"/data/editions/{found.edition.n}/figures.csv"))
    if found.citation.subject is Subject.RATINGS:
        cells = [line for summary in found.summaries for line in summary_cells(summary)]
        return csv_reply(SUMMARY_COLUMNS, cells, name=found.citation.id)
    releases = queries.releases_by_edition(edge.reader(), edition=found.edition.n)
    lines = [
        figure_cells(row, figure, version, releases)
        for row in found.rows
        for figure in row.figures
        for version in (figure.versions if found.citation.subject in DRAWN else (figure.current,))
    ]
    return csv_reply(FIGURE_COLUMNS, lines, name=found.citation.id)


def _as_json(found: Cited) -> dict[str, Any]:
    releases = queries.releases_by_edition(edge.reader(), edition=found.edition.n)
    origin = edge.settings().origin.rstrip("/")
    return {
        "id": found.citation.id,
        "address": address_of(found.citation),
        "title": found.title,
        "author": found.author,
        "standing": found.since.standing.value,
        "newest": origin + site(found.living),
        "changed_since": [_change(one) for one in found.since.changed],
        "figures_added_since": found.since.added,
        "under_review_now": found.since.under_review,
        "withdrawn_now": found.since.withdrawn,
        "csl": references.csl(found.reference),
        "figures": [figure_json(row, figure, releases) for row in found.rows for figure in row.figures],
        "ratings": [summary_json(summary) for summary in found.summaries],
    }


def _change(one: Moved) -> dict[str, Any]:
    return {
        "figure": str(one.key),
        "cited_edition": one.old.edition,
        "cited_actual": digits(one.old.actual),
        "cited_target": digits(one.old.target),
        "cited_obs_status": one.old.obs_status,
        "now_edition": one.new.edition,
        "now_actual": digits(one.new.actual),
        "now_target": digits(one.new.target),
        "now_obs_status": one.new.obs_status,
        "cause": one.new.cause.value,
    }
