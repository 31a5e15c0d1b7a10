"""How bodies answered low ratings, and what they say in public about their ratings."""

from typing import Any

from portal.foundation.i18n import N_
from portal.publishing import queries
from portal.publishing.queries.visible import Said
from portal.publishing.values import Text
from portal.publishing.web.api import shapes
from portal.publishing.web.api.base import Asked, Rows, encode, listing
from portal.publishing.web.api.ratings import FILTERS, published_in, walked
from portal.web import edge


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
    found, after = walked("rating-reply", asked)
    digests = {one.content["text"]["digest"] for one in found}
    texts = queries.texts_cited(edge.reader(), digests, edition=asked.n)
    return [encode(_reply_json(one, texts.get(one.content["text"]["digest"]))) for one in found], after


def _answers_json(said: Said) -> dict[str, Any]:
    content = said.content
    return {
        **{name: content[name] for name in ("service", "body", "period", "as_of", "threshold")},
        "asked": int(content["asked"]),
        **{way: {name: int(count) for name, count in content[way].items()} for way in ("came", "ended")},
        **published_in(said),
    }


def _reply_json(said: Said, text: Text | None) -> dict[str, Any]:
    content = said.content
    return {
        **{name: content[name] for name in ("service", "body", "period")},
        "text": text.text if text else None,
        "withdrawn_in": text.withdrawn_in if text else None,
        **published_in(said),
    }
