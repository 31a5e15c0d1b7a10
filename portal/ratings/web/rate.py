"""Finding a service and rating it: one tap, one button, no account, no script."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.ratings.codes import find_slip
from portal.ratings.values import Channel
from portal.ratings.web.forms import CodeForm, RatingForm
from portal.ratings.web.receipt import carry_on
from portal.ratings.web.saving import question, save
from portal.ratings.web.services_known import find_services, get_service, list_places
from portal.ratings.web.slips import slip_words
from portal.web import limits

blueprint = Blueprint("ratings", __name__)

SHOWN = 50


@blueprint.get("/rate")
def choose() -> ResponseReturnValue:
    """By name, by place, or by the number over a window: a place, a service and an answer are three taps."""
    words, place = request.args.get("q", "")[:200].strip(), request.args.get("at", "")[:600]
    found = find_services(words, place)
    if words and len(found) == 1:
        return redirect(url_for("ratings.ask", code=found[0].code), 303)
    return _choices(CodeForm(), words, place)


@blueprint.post("/rate")
def typed() -> ResponseReturnValue:
    """A code from a slip, before anything is known of its service."""
    form = CodeForm()
    valid = form.validate_on_submit()
    code = form.receipt.data or ""
    if valid and find_slip(code) is not None:
        limits.hit("rate-code")
        form.receipt.errors = [*form.receipt.errors, slip_words(code)]
        valid = False
    return carry_on(code, Channel.WEB) if valid else (_choices(form), 422)


def _choices(form: CodeForm, words: str = "", place: str = "") -> str:
    found = find_services(words, place)
    places = () if words or place else list_places()[:SHOWN]
    if places:
        found = tuple(service for service in found if not service.place)
    return render_template(
        "ratings/choose.html",
        q=words,
        at=place,
        places=places,
        services=found[:SHOWN],
        total=len(found),
        form=form,
    )


@blueprint.get("/rate/<code>")
def ask(code: str) -> ResponseReturnValue:
    return question(RatingForm(), get_service(code), visit=False)


@blueprint.post("/rate/<code>")
def answer(code: str) -> ResponseReturnValue:
    return save(get_service(code))


@blueprint.get("/rate/p/<code>")
def ask_poster(code: str) -> ResponseReturnValue:
    """The address in a poster's QR code: the same question, and the mark is known to have come by it."""
    return question(RatingForm(), get_service(code), visit=False, channel=Channel.QR)


@blueprint.post("/rate/p/<code>")
def answer_poster(code: str) -> ResponseReturnValue:
    return save(get_service(code), channel=Channel.QR)
