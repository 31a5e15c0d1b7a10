"""Ratings: published summaries, and comments as a moderator approved them. Never a single mark."""

from typing import Any

from portal.foundation.i18n import N_
from portal.publishing import queries
from portal.publishing.queries.visible import Said
from portal.publishing.queries.walks import walk_statements
from portal.publishing.values import Text
from portal.publishing.web.api import asked as ask
from portal.publishing.web.api import shapes
from portal.publishing.web.api.base import Asked, Rows, address, encode, listing
from portal.publishing.web.api.labels import stamp
from portal.publishing.web.api.register import require_known
from portal.publishing.web.api.spans import within
from portal.web import edge

FILTERS = (ask.BODY, ask.SERVICE, ask.PERIOD_IS, ask.FROM, ask.TO, ask.CHANGED)


@listing(
    "/ratings",
    N_("What the marks of each service and period came to, by service and period."),
    model=shapes.Rating,
    tag="ratings",
    filters=FILTERS,
)
def ratings(asked: Asked) -> Rows:
    found, after = _walk("rating", asked)
    return [encode(_rating_json(one)) for one in found], after


@listing(
    "/comments",
    N_("Comments of people who rated a service, by service and period; within one in an order that says nothing."),
    model=shapes.Comment,
    tag="ratings",
    filters=FILTERS,
)
def comments(asked: Asked) -> Rows:
    found, after = _walk("comment", asked)
    digests = {one.content["text"]["digest"] for one in found}
    texts = queries.texts_cited(edge.reader(), digests, edition=asked.n)
    return [encode(_comment_json(one, texts.get(one.content["text"]["digest"]))) for one in found], after


def _walk(kind: str, asked: Asked) -> tuple[tuple[Said, ...], tuple[str, ...] | None]:
    require_known(asked, body="body", service="service")
    get = asked.get
    body, period, since = get("body"), get("period"), get("changed_since")
    first, last = get("period_from"), get("period_to")

    def keep(said: Said) -> bool:
        content = said.content
        return (
            (body is None or content["body"] == body)
            and (period is None or content["period"] == str(period))
            and (since is None or said.edition > since)
            and ((first is None and last is None) or within(content["period"], first, last))
        )

    walked = walk_statements(
        edge.reader(),
        kind,
        edition=asked.n,
        after=asked.after,
        limit=asked.limit,
        begins=f"{get('service')}/" if get("service") else "",
        keep=keep,
    )
    return walked.found, walked.after


def _rating_json(said: Said) -> dict[str, Any]:
    content = said.content
    suppressed = content["suppressed"]
    levels = {} if suppressed else content["levels"] or {}
    return {
        **{name: content[name] for name in ("service", "body", "period", "suppressed")},
        "n": None if suppressed or content["n"] is None else int(content["n"]),
        "levels": {
            level: {part: shares[part] for part in ("share", "low", "high")}
            for level, shares in sorted(levels.items(), reverse=True)
        },
        **_published(said),
    }


def _comment_json(said: Said, text: Text | None) -> dict[str, Any]:
    content = said.content
    return {
        **{name: content[name] for name in ("service", "body", "period")},
        "text": text.text if text else None,
        "withdrawn_in": text.withdrawn_in if text else None,
        **_published(said),
    }


def _published(said: Said) -> dict[str, Any]:
    service = said.content["service"]
    links = {"api": address(f"/api/v1/services/{service}"), "page": address(f"/services/{service}")}
    return {"edition": said.edition, "at": stamp(said.at), "links": links}
