"""One service: rate it, read its ratings and figures, say that a figure does not match what happened."""

from itertools import chain
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from portal.publishing import queries
from portal.publishing.citing import Subject
from portal.publishing.readings import PublishedService, RaterComment, RatingSummary, digits
from portal.publishing.web.public.base import CSV, JSON, edition, page, releases_in
from portal.publishing.web.public.cited import cite_this
from portal.publishing.web.public.formats import csv_reply, json_reply
from portal.publishing.web.public.rated_json import (
    PART_COLUMNS,
    answers_json,
    part_cells,
    reply_json,
    summary_json,
)
from portal.publishing.web.public.rows import lines_of
from portal.publishing.web.public.shapes import sources_among
from portal.web import edge
from portal.web.wording import gettext as _
from portal.web.words import name

SUMMARY_COLUMNS = ("service_code", "body_code", "period", "suppressed", "n", "level", "share", "low", "high")


@page("/services/<service>", JSON, CSV, carried=True)
def service(service: str, form: str) -> ResponseReturnValue:
    session, n = edge.reader(), edition().n
    found = queries.get_service(session, service, edition=n)
    summaries = queries.rating_summaries(session, edition=n, service=found.code)
    comments = queries.rater_comments(session, found.code, edition=n)
    answers = queries.rating_answers(session, found.code, edition=n)
    replies = queries.rating_replies(session, found.code, edition=n)
    if form == JSON:
        return json_reply(
            {
                "service": _service_json(found),
                "ratings": [summary_json(summary) for summary in summaries],
                "answers": [answers_json(one) for one in answers],
                "replies": [reply_json(one) for one in replies],
                "comments": [_comment_json(comment) for comment in comments],
            }
        )
    if form == CSV:
        return csv_reply(
            (*SUMMARY_COLUMNS, *PART_COLUMNS),
            [
                cells
                for summary in summaries
                for cells in (*((*one, None, None) for one in summary_cells(summary)), *part_cells(summary))
            ],
            name=found.code,
        )
    body = queries.get_body(session, found.body, edition=n)
    measured = queries.indicators_of(session, body.code, edition=n)
    known = queries.indicators_named(session, measured, edition=n)
    own = {code: indicator for code, indicator in known.items() if indicator.service == found.code}
    listed, brought = queries.indicators_listed(session, body.code, own, edition=n)
    return render_template(
        "publishing/service.html",
        service=found,
        body=body,
        summaries=summaries,
        comments=comments,
        answers=answers,
        replies=replies,
        citing=cite_this(
            Subject.RATINGS,
            found.code,
            author=name(body.names),
            title=_("Ratings of %(service)s", service=name(found.names)),
        )
        if summaries
        else {},
        rows=lines_of(listed, own, {body.code: body}),
        sources=sources_among(brought, releases_in(chain.from_iterable(brought))),
    )


def summary_cells(summary: RatingSummary) -> list[tuple[Any, ...]]:
    """One row per level; a suppressed period is one row without numbers."""
    start = (summary.service, summary.body, summary.period, summary.suppressed, summary.n)
    return [(*start, share.level.value, *_numbers(share)) for share in summary.shares] or [
        (*start, None, None, None, None)
    ]


def _numbers(share: Any) -> tuple[str | None, ...]:
    return tuple(digits(value) for value in (share.share, share.low, share.high))


def _service_json(service: PublishedService) -> dict[str, Any]:
    known = {"place": service.place, "windows": list(service.windows)}
    return {"code": service.code, "body": service.body, "names": service.names, **known}


def _comment_json(comment: RaterComment) -> dict[str, Any]:
    return {
        "period": comment.period,
        "text": comment.text.text,
        "withdrawn_in": comment.text.withdrawn_in,
        "edition": comment.edition,
    }
