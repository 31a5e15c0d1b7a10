"""How ratings are counted, what is hidden, what sets them aside, who must answer: in words, for everyone."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.ratings.rules import integrity
from portal.ratings.rules.answering import Terms
from portal.web import edge

blueprint = Blueprint("ratings_how", __name__)


@blueprint.get("/ratings/how")
def how() -> ResponseReturnValue:
    settings = edge.settings()
    return render_template(
        "ratings/how.html", threshold=settings.rating_threshold, rules=integrity, terms=Terms.of(settings)
    )
