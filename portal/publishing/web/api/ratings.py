"""Ratings: published summaries, and comments as a moderator approved them. Never a single mark."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from portal.foundation.clock import months_after
from portal.foundation.i18n import N_
from portal.publishing import queries, satisfied
from portal.publishing.queries.visible import Said
from portal.publishing.queries.walks import newest_among, walk_statements
from portal.publishing.readings import digits
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
    found, after = walked("rating", asked)
    before = _before(found, asked)
    return [encode(_rating_json(one, before.get(one.key))) for one in found], after


@listing(
    "/body-ratings",
    N_("What the services of each body came to together, by body and period."),
    model=shapes.BodyRating,
    tag="ratings",
    filters=(ask.BODY, ask.PERIOD_IS, ask.FROM, ask.TO, ask.CHANGED),
)
def body_ratings(asked: Asked) -> Rows:
    found, after = walked("rating-body", asked, of="body")
    return [encode(_body_rating_json(one)) for one in found], after


@listing(
    "/comments",
    N_("Comments of people who rated a service, by service and period; within one in an order that says nothing."),
    model=shapes.Comment,
    tag="ratings",
    filters=FILTERS,
)
def comments(asked: Asked) -> Rows:
    return worded("comment", asked)


def worded(kind: str, asked: Asked) -> Rows:
    """Statements of a kind that each say a text about a service and a period, with the text."""
    found, after = walked(kind, asked)
    digests = {one.content["text"]["digest"] for one in found}
    texts = queries.texts_cited(edge.reader(), digests, edition=asked.n)
    return [encode(_worded_json(one, texts.get(one.content["text"]["digest"]))) for one in found], after


def walked(kind: str, asked: Asked, of: str = "service") -> tuple[tuple[Said, ...], tuple[str, ...] | None]:
    """The statements of a kind that are asked for, and the place after which there may be more."""
    require_known(asked, **({"body": "body", "service": "service"} if of == "service" else {"body": "body"}))
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
        begins=f"{get(of)}/" if get(of) else "",
        keep=keep,
    )
    return walked.found, walked.after


def _before(found: Iterable[Said], asked: Asked) -> dict[str, Said]:
    """The month before each of these, by the key of the later one."""
    keys = {one.key: _month_before(one) for one in found}
    earlier = newest_among(edge.reader(), "rating", [key for key in keys.values() if key], edition=asked.n)
    return {key: earlier[before] for key, before in keys.items() if before in earlier}


def _month_before(one: Said) -> str | None:
    period = one.content["period"]
    return f"{one.content['service']}/{months_after(period, -1)}" if len(period) == 7 else None


def _rating_json(said: Said, before: Said | None) -> dict[str, Any]:
    content = said.content
    suppressed = content["suppressed"]
    served = content.get("served") or {}
    ways = {**content.get("by", {}), "question": content.get("questions", {})}
    return {
        **{name: content[name] for name in ("service", "body", "period", "suppressed")},
        **_group(None if suppressed else content),
        "by": {
            way: {
                name: None if part is None or part["n"] is None else _group(part) for name, part in parts.items()
            }
            for way, parts in ways.items()
        },
        "threshold": content.get("threshold"),
        "transactions": _number(served.get("transactions")),
        "receipts": _number(served.get("receipts")),
        **_derived(content, before.content if before else None),
        "set_aside": {rule: int(count) for rule, count in content.get("set_aside", {}).items()},
        **published_in(said),
    }


def _derived(content: Mapping[str, Any], before: Mapping[str, Any] | None) -> dict[str, Any]:
    """What follows from the published numbers: shares and the change against the month before."""
    now = None if content["suppressed"] else satisfied.group_satisfied(content)
    then = satisfied.group_satisfied(before) if before and not before["suppressed"] else None
    moved = satisfied.shift(now, then) if now and then else None
    n = None if content["suppressed"] else satisfied.group_n(content)
    coded = satisfied.group_n(content.get("by", {}).get("code", {}).get("with"))
    matters = _number((content.get("served") or {}).get("transactions"))
    return {
        "satisfied": _interval(now.share, now) if now else None,
        "change": _interval(moved.value, moved) if moved else None,
        "with_code_share": digits(satisfied.rate(coded, n)),
        "active_rate": digits(satisfied.rate(n, matters)),
    }


def _interval(share: Decimal, of: satisfied.Satisfied | satisfied.Shift) -> dict[str, str | None]:
    return {"share": digits(share), "low": digits(of.low), "high": digits(of.high)}


def _body_rating_json(said: Said) -> dict[str, Any]:
    content = said.content
    about = {name: content[name] for name in ("body", "period", "covers", "suppressed")}
    group = _group(None if content["suppressed"] else content)
    return {**about, **group, **published_of_body(said)}


def _group(group: Mapping[str, Any] | None) -> dict[str, Any]:
    if group is None or group["n"] is None:
        return {"n": None, "levels": {}}
    levels = sorted((group["levels"] or {}).items(), reverse=True)
    return {
        "n": int(group["n"]),
        "levels": {level: {part: one[part] for part in ("share", "low", "high")} for level, one in levels},
    }


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)


def _worded_json(said: Said, text: Text | None) -> dict[str, Any]:
    content = said.content
    return {
        **{name: content[name] for name in ("service", "body", "period")},
        "text": text.text if text else None,
        "withdrawn_in": text.withdrawn_in if text else None,
        **published_in(said),
    }


def published_in(said: Said) -> dict[str, Any]:
    """Where a statement about a service stands, and where more of it is."""
    service = said.content["service"]
    links = {"api": address(f"/api/v1/services/{service}"), "page": address(f"/services/{service}")}
    return {"edition": said.edition, "at": stamp(said.at), "links": links}


def published_of_body(said: Said) -> dict[str, Any]:
    """Where a statement about a body stands, and where more of it is."""
    body = said.content["body"]
    links = {"api": address(f"/api/v1/bodies/{body}"), "page": address(f"/bodies/{body}")}
    return {"edition": said.edition, "at": stamp(said.at), "links": links}
