"""What became of reports: by the quarter, as page, CSV and JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.publishing.queries.cases import CaseCount, Promise, Sample, case_counts, samples
from portal.publishing.web.public.base import CSV, JSON, edition, page
from portal.publishing.web.public.formats import csv_reply, json_reply
from portal.web import edge
from portal.web.wording import lazy_gettext as _l

STAGES = {
    "received": _l("Not yet acknowledged"),
    "read": _l("Acknowledged"),
    "investigated": _l("Being looked into"),
    "decided": _l("Decided"),
}
OUTCOMES = {
    "upheld": _l("Upheld"),
    "partly": _l("Partly upheld"),
    "not-upheld": _l("Not upheld"),
    "not-admissible": _l("Not admissible"),
    "referred": _l("Referred"),
}
DUTIES = {
    "acknowledge": _l("Acknowledge the report"),
    "assign": _l("Give the report into somebody's hands"),
    "message": _l("Write to the reporter in person"),
    "feedback": _l("Say what was found"),
    "answer": _l("Answer what the reporter wrote"),
    "held": _l("Keep somebody who can read the report"),
    "correct": _l("Put forward the correction of a false figure"),
    "reread": _l("Read a dismissed report again"),
    "check-in": _l("Ask after closing how the reporter fared"),
}
COLUMNS = ("from_quarter", "to_quarter", "as_of", "measure", "item", "value", "status", "since_edition")


@page("/cases", JSON, CSV)
def case_statistics(form: str) -> ResponseReturnValue:
    found = case_counts(edge.reader(), edition=edition().n)
    drawn = samples(edge.reader(), edition=edition().n)
    if form == CSV:
        return csv_reply(
            COLUMNS, (*(row for one in found for row in _rows(one)), *_sample_rows(drawn)), name="cases"
        )
    if form == JSON:
        return json_reply({"cases": [_document(one) for one in found], "samples": [asdict(one) for one in drawn]})
    return render_template(
        "publishing/cases.html",
        found=found,
        drawn=drawn,
        stages=STAGES,
        outcomes=OUTCOMES,
        duties=DUTIES,
        share=share,
    )


def share(promise: Promise) -> str:
    """How many of a hundred were done in time, to one place."""
    return f"{100 * promise.in_time / (promise.in_time + promise.missed):.1f}"


def _rows(one: CaseCount) -> Iterator[tuple[Any, ...]]:
    """One number a row; what is hidden has no value and the status Q, as in other files."""

    def row(measure: str, item: str, value: object) -> tuple[Any, ...]:
        status = "Q" if value is None else "A"
        return (one.first, one.period, str(one.as_of), measure, item, value, status, one.edition)

    yield row("reports", "received", one.n)
    yield from (row("stage", name, n) for name, n in one.stages.items())
    yield from (row("outcome", name, n) for name, n in one.outcomes.items())
    for name, promise in one.duties.items():
        yield row("in_time", name, promise.in_time)
        yield row("missed", name, promise.missed)
        yield row("share_in_time", name, share(promise))
        yield row("median_days", name, promise.median_days)


def _sample_rows(drawn: Iterable[Sample]) -> Iterator[tuple[Any, ...]]:
    for one in (each for each in drawn if each.seed):
        status = "Q" if one.drawn is None else "A"
        yield (one.period, one.period, None, "read_again", "drawn", one.drawn, status, one.edition)
        for result, n in one.read.items():
            yield (one.period, one.period, None, "read_again", result, n, "A", one.edition)


def _document(one: CaseCount) -> dict[str, Any]:
    return {
        "from_quarter": one.first,
        "to_quarter": one.period,
        "as_of": str(one.as_of),
        "threshold": one.threshold,
        "suppressed": one.n is None,
        "received": one.n,
        "stages": dict(one.stages),
        "outcomes": dict(one.outcomes),
        "duties": {
            name: {
                "in_time": promise.in_time,
                "missed": promise.missed,
                "share_in_time": share(promise),
                "median_days": promise.median_days,
            }
            for name, promise in one.duties.items()
        },
        "since_edition": one.edition,
    }
