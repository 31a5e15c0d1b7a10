"""After the mark: thanks, and what may be added to it. The mark is saved already, whatever happens here."""

from dataclasses import replace

from flask import Blueprint, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.foundation.i18n import N_
from portal.ratings import asked, services, tickets
from portal.ratings.details import LOW, WAY_WORDS
from portal.ratings.services.marks import comment_key
from portal.ratings.web import cookies
from portal.ratings.web.forms import AdditionForm
from portal.web import edge, limits

blueprint = Blueprint("ratings_comment", __name__)


@blueprint.get("/rate/thanks")
def thanks() -> ResponseReturnValue:
    saved = cookies.saved()
    if saved is None or saved.code:
        return render_template("ratings/thanks.html", form=None, code=_code(saved))
    form = AdditionForm()
    form.ticket.data = tickets.seal_saved(edge.keys(), saved, edge.now())
    return _page(form, saved)


@blueprint.post("/rate/thanks")
def comment() -> ResponseReturnValue:
    form = AdditionForm()
    saved = tickets.open_saved(edge.keys(), form.ticket.data or "", edge.now())
    if not form.validate_on_submit():
        return _page(form, saved), 422
    if saved is None:
        form.refuse("words", N_("A comment can follow within an hour of its rating. Rate again to add it."))
        return _page(form, saved), 422
    wait = limits.hit("rate")
    if wait is not None:
        form.refuse("words", N_("Many comments came from here in a short time. Send it again in a few minutes."))
        return _page(form, saved), 429, {"Retry-After": str(wait)}
    code = _add(form, saved)
    response = make_response(redirect(url_for("ratings_comment.received"), 303))
    if form.wants_answer.data and saved.level in LOW:
        awaiting = replace(saved, code=code)
        cookies.keep(response, cookies.SAVED, tickets.seal_saved(edge.keys(), awaiting, edge.now()))
    else:
        cookies.drop(response, cookies.SAVED)
    return response


@blueprint.get("/rate/thanks/comment")
def received() -> ResponseReturnValue:
    return render_template("ratings/received.html", code=_code(cookies.saved()))


def _add(form: AdditionForm, saved: tickets.Saved) -> str:
    """Keep it; the code by which the answer is read, when one is wanted."""
    keys = edge.keys()
    code = services.follow_up_code(keys, saved.submission_id) if form.wants_answer.data else ""
    services.add_to_mark(
        edge.session(),
        key=comment_key(keys, saved.submission_id),
        mark=services.Mark(saved.service, saved.level, saved.channel),
        period=saved.period,
        text=form.words.data or None,
        details=form.details,
        follow_up=services.follow_up_key(keys, code),
    )
    return code


def _page(form: AdditionForm, saved: tickets.Saved | None) -> str:
    low = saved is None or saved.level in LOW  # a ticket too old to read loses nothing that was ticked
    few = low and saved is not None and asked.is_guessable(edge.reader(), saved.service)
    return render_template("ratings/thanks.html", form=form, low=low, few=few, ways=WAY_WORDS, code=None)


def _code(saved: tickets.Saved | None) -> str | None:
    """The code by which an answer that was asked for can be read, while this browser may show it."""
    return saved.code or None if saved is not None else None
