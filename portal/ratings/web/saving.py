"""One mark from its form to the holding table, whichever way the rater came.

What was sent is read directly; the form itself is built only to be shown again. That, and touching the
database last, is what lets everybody in a hall rate at once.
"""

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.ratings import services, tickets
from portal.ratings.errors import ReceiptNotUsable
from portal.ratings.register import RatedService
from portal.ratings.services.receipts import NOT_USABLE
from portal.ratings.values import LEVEL_TERMS, Level, month_of
from portal.ratings.web import cookies
from portal.ratings.web.forms import RatingForm
from portal.web import edge, limits
from portal.web.wording import ngettext

_LEVELS = {str(int(level)): level for level in Level}


def save(service: RatedService, visit: tickets.Visit | None = None) -> ResponseReturnValue:
    """Save the mark and go to the thanks, or show the form again with everything that was entered."""
    submission, level = RatingForm.find_submission(), _LEVELS.get(request.form.get("level", ""))
    code = "" if visit else request.form.get("receipt", "").strip()
    if submission is None or level is None:
        return _refused(service, visit)
    wait = limits.hit("rate")
    if wait is None and (visit or code):
        wait = limits.check("rate-code")
    if wait is not None:
        return _later(service, visit, wait)
    keys, now = edge.keys(), edge.now()
    receipt = visit.receipt if visit else services.receipt_key(keys, code) if code else None
    if receipt is None and code:
        return _not_usable(service)
    response = Response(status=303, headers={"Location": url_for("ratings_comment.thanks")})
    saved = tickets.Saved(submission, service.code, level, month_of(now))
    cookies.keep(response, cookies.SAVED, tickets.seal_saved(keys, saved, now))
    key, mark = services.mark_key(keys, submission), services.Mark(service.code, level)
    if receipt is None:
        services.save_open_mark(edge.database(), key=key, mark=mark, now=now)
        return response
    try:  # from here to the commit everybody else who rates waits
        services.save_mark(edge.session(), key=key, mark=mark, receipt=receipt, now=now)
    except ReceiptNotUsable:
        return _not_usable(service)
    return response


def question(form: RatingForm, service: RatedService, *, visit: bool) -> str:
    return render_template("ratings/rate.html", form=form, service=service, visit=visit, terms=LEVEL_TERMS)


def _refused(service: RatedService, visit: tickets.Visit | None) -> ResponseReturnValue:
    form = RatingForm()
    form.validate()
    return question(form, service, visit=visit is not None), 422


def _not_usable(service: RatedService) -> ResponseReturnValue:
    """Spent, expired, unknown, mistyped: one answer, and the way on without a code."""
    limits.hit("rate-code")
    form = RatingForm()
    form.visit.data = ""
    form.refuse("receipt", NOT_USABLE)
    return question(form, service, visit=False), 422


def _later(service: RatedService, visit: tickets.Visit | None, wait: int) -> ResponseReturnValue:
    form = RatingForm()
    words = ngettext(
        "Many ratings came from here in a short time. Nothing is lost: press the button again in %(num)d minute.",
        "Many ratings came from here in a short time. Nothing is lost: press the button again in %(num)d minutes.",
        -(-wait // 60),
    )
    form.form_errors = [*form.form_errors, words]
    return question(form, service, visit=visit is not None), 429, {"Retry-After": str(wait)}
