"""How ratings are counted, what is hidden and why, and what sets them aside: in words, for everyone."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.ratings.rules import integrity
from portal.web import edge

blueprint = Blueprint("ratings_how", __name__)


@blueprint.get("/ratings/how")
def how() -> ResponseReturnValue:
    return render_template("ratings/how.html", threshold=edge.settings().rating_threshold, rules=integrity)
