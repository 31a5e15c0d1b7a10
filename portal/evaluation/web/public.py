"""What everybody reads of evaluations: a body against its own past, never against other bodies.

These pages read what is published and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial
from itertools import pairwise
from typing import Any

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from portal.evaluation import queries
from portal.evaluation.errors import NoSuchResult
from portal.evaluation.evidence import MarkEvidence
from portal.evaluation.queries import changes
from portal.evaluation.statements import score_to_json
from portal.evaluation.values import Part, PartKind, PublishedResult
from portal.foundation.i18n import N_
from portal.publishing import queries as publishing
from portal.publishing.values import Edition, FigureKey
from portal.registry.values import Period
from portal.web import edge, editions
from portal.web.served import JSON, served
from portal.web.words import name

blueprint = Blueprint("evaluation", __name__)
page = partial(served, blueprint)


def edition() -> Edition:
    return editions.shown(lambda asked: publishing.edition_as_of(edge.reader(), asked))


@blueprint.context_processor
def _shared() -> dict[str, Any]:
    return {"edition": edition()}


@page("/evaluations", JSON)
def cycles(form: str) -> ResponseReturnValue:
    found = queries.published_cycles(edge.reader(), edition=edition().n)
    if form == JSON:
        listed = [
            {"code": one.code, "names": one.names, "period": one.period, "bodies": one.bodies} for one in found
        ]
        return _json({"cycles": listed})
    return render_template("evaluation/cycles.html", cycles=found)


@page("/evaluations/<cycle>", JSON)
def cycle(cycle: str, form: str) -> ResponseReturnValue:
    session, n = edge.reader(), edition().n
    results = queries.published_results(session, cycle, edition=n)
    bodies = publishing.bodies_named(session, {one.body for one in results}, edition=n)
    if form == JSON:
        return _json({"cycle": cycle, "results": [_result_json(one) for one in results]})
    listed = sorted((one for one in results if one.body in bodies), key=lambda one: name(bodies[one.body].names))
    return render_template(
        "evaluation/cycle.html",
        cycle=results[0],
        results=listed,
        bodies=bodies,
        named={},
        shares_of=lambda part: [(child.code, child.weight) for child in part.parts],
    )


@page("/evaluations/<cycle>/<body>", JSON)
def result(cycle: str, body: str, form: str) -> ResponseReturnValue:
    session, n = edge.reader(), edition().n
    versions = queries.published_versions(session, cycle, body, edition=n)
    if not versions:
        raise NoSuchResult(N_("No result of this body has been published in this evaluation."))
    if form == JSON:
        return _json({"cycle": cycle, "body": body, "versions": [_result_json(one) for one in versions]})
    moves = [(before, after, changes(before.score, after.score)) for before, after in pairwise(versions)]
    past = queries.results_of_body(session, body, edition=n)
    earlier = [one for one in past if _place(one) < _place(versions[-1])]
    return render_template(
        "evaluation/result.html",
        body=publishing.get_body(session, body, edition=n),
        result=versions[-1],
        versions=list(reversed(versions)),
        moves=list(reversed(moves)),
        past=past,
        before=earlier[-1] if earlier else None,
        texts=publishing.texts_cited(session, _digests(versions), edition=n),
        named=names_in(*(one.score.whole for one in versions), n=n),
        figure_key=FigureKey.parse,
    )


@page("/appeals", JSON)
def appeals(form: str) -> ResponseReturnValue:
    """How one appeals, and what came of it: counted from the published results, where there are enough."""
    settings = edge.settings()
    counted = queries.appeals_counted(edge.reader(), edition=edition().n, threshold=settings.report_threshold)
    if form == JSON:
        shown = None if counted is None else {state.value: n for state, n in counted.items()}
        return _json({"threshold": settings.report_threshold, "appeals": shown})
    return render_template(
        "evaluation/appeals.html",
        counted=counted,
        threshold=settings.report_threshold,
        days=settings.appeal_working_days,
        answer_days=settings.body_answer_working_days,
    )


def names_in(*wholes: Part, n: int) -> Mapping[str, Any]:
    """The published indicators and services that parts are about, by code."""
    session = edge.reader()
    parts = [part for whole in wholes for part in _all(whole)]
    codes = {part.code for part in parts if part.kind is PartKind.INDICATOR}
    services = {part.code for part in parts if part.kind is PartKind.SERVICE}
    found: dict[str, Any] = dict(publishing.indicators_named(session, codes, edition=n))
    for code in services:
        service = publishing.find_service(session, code, edition=n)
        if service is not None:
            found[code] = service
    return found


def _place(one: PublishedResult) -> tuple[Any, ...]:
    return (*Period.parse(one.period).sort_key, one.cycle)


def _all(part: Part) -> Iterator[Part]:
    yield part
    for child in part.parts:
        yield from _all(child)


def _digests(versions: tuple[PublishedResult, ...]) -> set[str]:
    reasons = {one.reason_digest for one in versions}
    marks = {
        one.reason_digest
        for version in versions
        for part in _all(version.score.whole)
        for one in part.evidence
        if isinstance(one, MarkEvidence)
    }
    return {digest for digest in reasons | marks if digest}


def _result_json(one: PublishedResult) -> dict[str, Any]:
    return {
        "cycle": one.cycle,
        "body": one.body,
        "period": one.period,
        "edition": one.edition,
        "published_at": one.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "as_of": one.as_of,
        "replaces": one.replaces,
        "reason_code": one.reason_code.value,
        "reason": {"digest": one.reason_digest} if one.reason_digest else None,
        **score_to_json(one.score),
    }


def _json(content: Mapping[str, Any]) -> Response:
    """Numbers are decimal strings with the digits published, as in the log."""
    drawn_from = edition()
    at = drawn_from.at.strftime("%Y-%m-%dT%H:%M:%SZ") if drawn_from.at else None
    document = {"edition": drawn_from.n, "edition_at": at, **content}
    reply = Response(json.dumps(document, ensure_ascii=False, indent=1) + "\n", mimetype="application/json")
    reply.headers["Access-Control-Allow-Origin"] = "*"
    return reply
