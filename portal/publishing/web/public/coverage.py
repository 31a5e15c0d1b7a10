"""What is there and what is missing, and who owes it: by body, indicator, period, and by collection round."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask.typing import ResponseReturnValue

from portal.foundation.paging import Page
from portal.publishing import queries
from portal.publishing.collecting import Coverage
from portal.publishing.queries.coverage import (
    Cell,
    Filter,
    PublicRound,
    counts_by_body,
    coverage,
    get_public_round,
    public_rounds,
)
from portal.publishing.web.public.base import CSV, JSON, edition, page
from portal.publishing.web.public.formats import csv_reply, json_reply
from portal.publishing.web.public.paged import page_number
from portal.publishing.web.public.shapes import moment
from portal.web import edge

PAGE_SIZE = 50
MOST_BODIES = 100
COLUMNS = (
    *("body_code", "indicator_code", "period", "state", "reason", "owes", "round", "since_edition", "since"),
)


@page("/coverage", JSON, CSV, query=("page", "bodies", "body", "indicator", "period", "round", "state"))
def coverage_page(form: str) -> ResponseReturnValue:
    which, n = _asked(), edition().n
    session = edge.reader()
    cells = coverage(session, which, edition=n)
    if form == CSV:
        return csv_reply(COLUMNS, (_cells(one) for one in cells), name="coverage")
    everything = which == Filter()
    counts = counts_by_body(session, cells, edition=n) if everything else {}
    if form == JSON:
        by_body = {body: {state.value: count for state, count in found.items()} for body, found in counts.items()}
        listed = [dict(zip(COLUMNS, _cells(one), strict=True)) for one in cells]
        return json_reply({"coverage": listed, **({"bodies": by_body} if everything else {})})
    number = page_number(len(cells), PAGE_SIZE)
    shown = cells[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    counted = list(counts.items())
    table = page_number(len(counted), MOST_BODIES, "bodies")
    counted_here = counted[(table - 1) * MOST_BODIES : table * MOST_BODIES]
    return render_template(
        "publishing/coverage.html",
        which=which,
        states=Coverage,
        counts=Page(counted_here, table, MOST_BODIES, len(counted)),
        rounds=public_rounds(session, edition=n),
        shown=Page(shown, number, PAGE_SIZE, len(cells)),
        **_names(shown, [*dict(counted_here), *([which.body] if which.body else [])]),
    )


@page("/coverage/rounds/<slug>", JSON, CSV, query=("page",))
def public_round(slug: str, form: str) -> ResponseReturnValue:
    session, n = edge.reader(), edition().n
    found = get_public_round(session, slug, edition=n)
    cells = coverage(session, Filter(round=slug), edition=n)
    if form == CSV:
        return csv_reply(COLUMNS, (_cells(one) for one in cells), name=f"round-{slug}")
    if form == JSON:
        listed = [dict(zip(COLUMNS, _cells(one), strict=True)) for one in cells]
        return json_reply({"round": round_json(found), "coverage": listed})
    number = page_number(len(cells), PAGE_SIZE)
    shown = cells[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    return render_template(
        "publishing/public_round.html",
        round=found,
        counts={state: sum(one.state is state for one in cells) for state in Coverage},
        shown=Page(shown, number, PAGE_SIZE, len(cells)),
        **_names(shown, ()),
    )


def round_json(found: PublicRound) -> dict[str, Any]:
    return {
        "slug": found.slug,
        "names": found.names,
        "period": found.period,
        "due": moment(found.due),
        "state": found.state.value,
        "announced_edition": found.edition,
    }


def _asked() -> Filter:
    """The filter in the address; what it cannot mean is left out."""
    given = {name: request.args.get(name, "")[:80] or None for name in ("body", "indicator", "period", "round")}
    state = request.args.get("state", "")
    return Filter(**given, state=Coverage(state) if state in set(Coverage) else None)


def _names(cells: tuple[Cell, ...], bodies: Any) -> dict[str, Any]:
    n = edition().n
    codes = {one.key.body for one in cells} | set(bodies)
    return {
        "bodies": queries.bodies_named(edge.reader(), codes, edition=n),
        "indicators": queries.indicators_named(edge.reader(), {one.key.indicator for one in cells}, edition=n),
    }


def _cells(cell: Cell) -> tuple[Any, ...]:
    return (
        *cell.key,
        *(cell.state.value, cell.reason.value if cell.reason else None, cell.owes.value if cell.owes else None),
        *(cell.round, cell.edition, moment(cell.at)),
    )
