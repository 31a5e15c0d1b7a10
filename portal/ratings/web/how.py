"""How ratings are counted, what is hidden, what sets them aside, who must answer: in words, for everyone."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from limits import parse_many

from portal.ratings.rules.answering import Terms
from portal.ratings.rules.integrity import Rule
from portal.ratings.web.rule_words import rule_sentence
from portal.web import edge
from portal.web.limits import LIMITS
from portal.web.wording import gettext

blueprint = Blueprint("ratings_how", __name__)

_TEN_MINUTES = 600  # seconds


@blueprint.get("/ratings/how")
def how() -> ResponseReturnValue:
    settings = edge.settings()
    return render_template(
        "ratings/how.html",
        threshold=settings.rating_threshold,
        rules=list(Rule),
        rule_sentence=rule_sentence,
        limit_words=limit_words(LIMITS["rate"]),
        terms=Terms.of(settings),
    )


def limit_words(limit: str) -> str:
    """A limit as `web.limits` writes it, in words."""
    parts = [
        gettext("%(most)s in 10 minutes", most=item.amount)
        if item.get_expiry() == _TEN_MINUTES
        else gettext("%(most)s in a day", most=item.amount)
        for item in parse_many(limit)
    ]
    return gettext(" and ").join(parts)
