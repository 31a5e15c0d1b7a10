"""How bodies answered low ratings, and what they say in public about their ratings."""

from typing import Any

from portal.foundation.i18n import N_
from portal.publishing.queries.visible import Said
from portal.publishing.web.api import shapes
from portal.publishing.web.api.base import Asked, Rows, encode, listing
from portal.publishing.web.api.ratings import FILTERS, published_in, walked, worded


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
    "/rating-replies",
    N_("What bodies say about the ratings of each service and period, by service and period."),
    model=shapes.RatingReply,
    tag="ratings",
    filters=FILTERS,
)
def rating_replies(asked: Asked) -> Rows:
    return worded("rating-reply", asked)


def _answers_json(said: Said) -> dict[str, Any]:
    content = said.content
    return {
        **{name: content[name] for name in ("service", "body", "period", "as_of", "threshold")},
        "asked": int(content["asked"]),
        **{way: {name: int(count) for name, count in content[way].items()} for way in ("came", "ended")},
        **published_in(said),
    }
