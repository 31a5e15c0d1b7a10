"""How bodies answered low ratings, and what they say in public about their ratings."""

from typing import Any

from portal.foundation.i18n import N_
from portal.publishing.queries.visible import Said
from portal.publishing.web.api import asked as ask
from portal.publishing.web.api import shapes
from portal.publishing.web.api.base import Asked, Rows, encode, listing
from portal.publishing.web.api.ratings import FILTERS, published_in, published_of_body, walked, worded


@listing(
    "/rating-answers",
    N_("How bodies answered people who rated low and asked for it, by service and month."),
    model=shapes.Answers,
    tag="ratings",
    filters=FILTERS,
)
def rating_answers(asked: Asked) -> Rows:
    found, after = walked("rating-answers", asked)
    return [encode(_answers_json(one)) for one in found], after


@listing(
    "/body-answers",
    N_("How each body answered people who rated low, over its services together, by body and month."),
    model=shapes.BodyAnswers,
    tag="ratings",
    filters=(ask.BODY, ask.PERIOD_IS, ask.FROM, ask.TO, ask.CHANGED),
)
def body_answers(asked: Asked) -> Rows:
    found, after = walked("rating-body-answers", asked, of="body")
    return [encode(_body_answers_json(one)) for one in found], after


@listing(
    "/rating-replies",
    N_("What bodies say about the ratings of each service and period, by service and period."),
    model=shapes.RatingReply,
    tag="ratings",
    filters=FILTERS,
)
def rating_replies(asked: Asked) -> Rows:
    return worded("rating-reply", asked)


def _answers_json(said: Said) -> dict[str, Any]:
    return {"service": said.content["service"], **_counted(said), **published_in(said)}


def _body_answers_json(said: Said) -> dict[str, Any]:
    return {**_counted(said), "covers": said.content["covers"], **published_of_body(said)}


def _counted(said: Said) -> dict[str, Any]:
    content = said.content
    return {
        **{name: content[name] for name in ("body", "period", "as_of", "threshold")},
        "asked": int(content["asked"]),
        **{way: {name: int(count) for name, count in content[way].items()} for way in ("came", "ended")},
    }
