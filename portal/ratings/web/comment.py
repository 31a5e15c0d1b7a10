"""After the mark: thanks, and the comment that may follow."""

from flask import Blueprint, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.foundation.i18n import N_
from portal.ratings import services, tickets
from portal.ratings.services.marks import comment_key
from portal.ratings.web import cookies
from portal.ratings.web.forms import CommentForm
from portal.web import edge, limits

blueprint = Blueprint("ratings_comment", __name__)


@blueprint.get("/rate/thanks")
def thanks() -> ResponseReturnValue:
    form = CommentForm()
    form.ticket.data = cookies.saved_ticket()
    return render_template("ratings/thanks.html", form=form, open=bool(form.ticket.data))


@blueprint.post("/rate/thanks")
def comment() -> ResponseReturnValue:
    form = CommentForm()
    saved = tickets.open_saved(edge.keys(), form.ticket.data or "", edge.now())
    if not form.validate_on_submit():
        return render_template("ratings/thanks.html", form=form, open=True), 422
    if saved is None:
        form.refuse("words", N_("A comment can follow within an hour of its rating. Rate again to add it."))
        return render_template("ratings/thanks.html", form=form, open=True), 422
    wait = limits.hit("rate")
    if wait is not None:
        form.refuse("words", N_("Many comments came from here in a short time. Send it again in a few minutes."))
        page = render_template("ratings/thanks.html", form=form, open=True)
        return page, 429, {"Retry-After": str(wait)}
    services.add_to_mark(
        edge.session(),
        key=comment_key(edge.keys(), saved.submission_id),
        mark=services.Mark(saved.service, saved.level),
        period=saved.period,
        text=form.words.data or "",
    )
    response = make_response(redirect(url_for("ratings_comment.received"), 303))
    cookies.drop(response, cookies.SAVED)
    return response


@blueprint.get("/rate/thanks/comment")
def received() -> ResponseReturnValue:
    return render_template("ratings/received.html")
