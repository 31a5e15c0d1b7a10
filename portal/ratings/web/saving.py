"""One mark from its form to the holding table, whichever way the rater came."""

from flask import make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from portal.ratings import services, tickets
from portal.ratings.errors import ReceiptNotUsable
from portal.ratings.register import RatedService
from portal.ratings.services.receipts import NOT_USABLE
from portal.ratings.values import LEVEL_TERMS, month_of
from portal.ratings.web import cookies
from portal.ratings.web.forms import RatingForm
from portal.web import edge, limits


def save(form: RatingForm, service: RatedService, visit: tickets.Visit | None = None) -> ResponseReturnValue:
    """Save the mark and go to the thanks, or show the form again with everything that was entered."""
    if not form.validate_on_submit():
        return question(form, service, visit=visit is not None), 422
    wait = limits.hit("rate")
    if wait is None and (visit or form.receipt.data):
        wait = limits.check("rate-code")
    if wait is not None:
        return _later(form, service, visit is not None, wait)
    receipt = visit.receipt if visit else services.receipt_key(edge.keys(), form.receipt.data or "")
    if receipt is None and (form.receipt.data or "").strip():
        return _not_usable(form, service)
    mark = services.Mark(service.code, form.chosen)
    key = services.mark_key(edge.keys(), form.submission_id)
    try:
        services.save_mark(edge.session(), key=key, mark=mark, receipt=receipt, now=edge.now())
    except ReceiptNotUsable:
        return _not_usable(form, service)
    response = make_response(redirect(url_for("ratings_comment.thanks"), 303))
    saved = tickets.Saved(form.submission_id, mark.service, mark.level, month_of(edge.now()))
    cookies.keep(response, cookies.SAVED, tickets.seal_saved(edge.keys(), saved, edge.now()))
    return response


def question(form: RatingForm, service: RatedService, *, visit: bool) -> str:
    return render_template("ratings/rate.html", form=form, service=service, visit=visit, terms=LEVEL_TERMS)


def _not_usable(form: RatingForm, service: RatedService) -> ResponseReturnValue:
    """Spent, expired, unknown, mistyped: one answer, and the way on without a code."""
    limits.hit("rate-code")
    form.visit.data = ""
    form.refuse("receipt", NOT_USABLE)
    return question(form, service, visit=False), 422


def _later(form: RatingForm, service: RatedService, visit: bool, wait: int) -> ResponseReturnValue:
    words = ngettext(
        "Many ratings came from here in a short time. Nothing is lost: press the button again in %(num)d minute.",
        "Many ratings came from here in a short time. Nothing is lost: press the button again in %(num)d minutes.",
        -(-wait // 60),
    )
    form.form_errors = [*form.form_errors, words]
    return question(form, service, visit=visit), 429, {"Retry-After": str(wait)}
