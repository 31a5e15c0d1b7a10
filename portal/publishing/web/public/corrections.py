"""Every changed value: what it was, what it is, why, and since when."""

from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.foundation.paging import Page
from portal.publishing import queries
from portal.publishing.readings import Correction, digits
from portal.publishing.web.public.base import CSV, JSON, edition, page
from portal.publishing.web.public.formats import csv_reply, json_reply
from portal.publishing.web.public.paged import page_number
from portal.publishing.web.public.shapes import moment
from portal.web import edge

PAGE_SIZE = 50
COLUMNS = (
    *("body_code", "indicator_code", "period", "old_actual", "new_actual", "old_target", "new_target"),
    *("cause", "old_edition", "new_edition", "corrected_at"),
)


@page("/corrections", JSON, CSV, query=("page",))
def corrections(form: str) -> ResponseReturnValue:
    session, n = edge.reader(), edition().n
    if form in (JSON, CSV):
        cells = [_cells(one) for one in queries.corrections(session, edition=n)]
        if form == CSV:
            return csv_reply(COLUMNS, cells, name="corrections")
        return json_reply({"corrections": [dict(zip(COLUMNS, one, strict=True)) for one in cells]})
    total = queries.count_corrections(session, edition=n)
    number = page_number(total, PAGE_SIZE)
    found = queries.corrections(session, edition=n, limit=PAGE_SIZE, offset=(number - 1) * PAGE_SIZE)
    return render_template(
        "publishing/corrections.html",
        shown=Page(found, number, PAGE_SIZE, total),
        indicators=queries.indicators_named(session, {one.key.indicator for one in found}, edition=n),
        bodies=queries.bodies_named(session, {one.key.body for one in found}, edition=n),
    )


def _cells(correction: Correction) -> tuple[Any, ...]:
    key, old, new = correction.key, correction.old, correction.new
    return (
        *(key.body, key.indicator, key.period),
        *(digits(old.actual), digits(new.actual), digits(old.target), digits(new.target)),
        *(new.cause.value, old.edition, new.edition, moment(new.at)),
    )
