"""Finding a service and rating it: one tap, one button, no account, no script."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.ratings.web.forms import RatingForm
from portal.ratings.web.saving import question, save
from portal.ratings.web.services_known import find_services, get_service

blueprint = Blueprint("ratings", __name__)

SHOWN = 50


@blueprint.get("/rate")
def choose() -> ResponseReturnValue:
    words = request.args.get("q", "")[:200]
    found = find_services(words)
    if words and len(found) == 1:
        return redirect(url_for("ratings.ask", code=found[0].code), 303)
    return render_template("ratings/choose.html", q=words, services=found[:SHOWN], total=len(found))


@blueprint.get("/rate/<code>")
def ask(code: str) -> ResponseReturnValue:
    return question(RatingForm(), get_service(code), visit=False)


@blueprint.post("/rate/<code>")
def answer(code: str) -> ResponseReturnValue:
    return save(get_service(code))
