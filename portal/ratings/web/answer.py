"""Where who asked for an answer reads it, by the code they were shown once, and says whether it is fixed.

The code comes by POST alone, the address never varies, and codes that open nothing get one answer.
"""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.foundation.i18n import N_
from portal.ratings import asked, services
from portal.ratings.answers import ANSWER_WORDS, AnswerState
from portal.ratings.errors import NoSuchService
from portal.ratings.web.answer_forms import AnswerCodeForm, WordForm
from portal.ratings.web.services_known import get_service
from portal.web import edge, limits
from portal.web.words import name

blueprint = Blueprint("ratings_answer", __name__)

OPENS_NOTHING = N_(
    "No answer opens with this code. Check it letter by letter. A code works from the morning after it was shown."
)


@blueprint.get("/rate/answer")
def ask() -> ResponseReturnValue:
    return render_template("ratings/answer.html", form=AnswerCodeForm(), found=None)


@blueprint.post("/rate/answer")
def read() -> ResponseReturnValue:
    form = AnswerCodeForm()
    if not form.validate_on_submit():
        return _again(form, 422)
    wait = limits.check("rate-code")
    if wait is not None:
        return _too_often(form, wait)
    found = _find(form.code.data or "")
    if found is None:
        return _opens_nothing(form)
    word = WordForm(formdata=None)
    word.code.data = form.code.data
    return _page(found, word)


@blueprint.get("/rate/answer/word")
def ask_again() -> ResponseReturnValue:
    """The page after a word, loaded again: it is shown once, and then the code is asked for."""
    return redirect(url_for("ratings_answer.ask"), 303)


@blueprint.post("/rate/answer/word")
def say() -> ResponseReturnValue:
    """Keep what they say; it can be said anew until the night."""
    form = WordForm()
    valid, typed, again = form.validate_on_submit(), form.code.data or "", AnswerCodeForm(formdata=None)
    wait = limits.check("rate-code")
    if wait is not None:
        return _too_often(again, wait)
    found = _find(typed)
    if found is None:
        return _opens_nothing(again)
    if valid and found.state is AnswerState.FIXED:
        key = services.known_follow_up(edge.session(), edge.keys(), typed) or b""
        services.give_word(edge.session(), key=key, settled=form.settled.data == "yes")
        edge.session().flush()
        return _page(asked.find_told(edge.session(), key) or found, form)
    return _page(found, form), 200 if valid else 422


def _find(typed: str) -> asked.Told | None:
    key = services.known_follow_up(edge.reader(), edge.keys(), typed)
    return None if key is None else asked.find_told(edge.reader(), key)


def _opens_nothing(form: AnswerCodeForm) -> ResponseReturnValue:
    """Mistyped, never given, not folded yet: one answer for all."""
    limits.hit("rate-code")
    form.refuse("code", OPENS_NOTHING)
    return _again(form, 422)


def _too_often(form: AnswerCodeForm, wait: int) -> ResponseReturnValue:
    form.refuse("code", N_("Too many wrong codes came from here. Try again later."))
    return render_template("ratings/answer.html", form=form, found=None), 429, {"Retry-After": str(wait)}


def _again(form: AnswerCodeForm, status: int) -> ResponseReturnValue:
    return render_template("ratings/answer.html", form=form, found=None), status


def _page(found: asked.Told, form: WordForm) -> str:
    try:
        service = name(get_service(found.service).names)
    except NoSuchService:
        service = found.service
    return render_template(
        "ratings/answer.html",
        form=form,
        found=found,
        service=service,
        states=ANSWER_WORDS,
        may_say=found.state is AnswerState.FIXED,
    )
