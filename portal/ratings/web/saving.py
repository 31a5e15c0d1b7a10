"""One mark from its form to the holding table, whichever way the rater came.

What was sent is read directly; the form itself is built only to be shown again. That, and touching the
database last, is what lets everybody in a hall rate at once.
"""

from dataclasses import replace

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.ratings import services, tickets
from portal.ratings.errors import ReceiptNotUsable
from portal.ratings.register import RatedService
from portal.ratings.rules.networks import is_within
from portal.ratings.services.receipts import NOT_USABLE
from portal.ratings.values import LEVEL_TERMS, Channel, Level, month_of
from portal.ratings.web import cookies
from portal.ratings.web.forms import RatingForm
from portal.ratings.web.slips import slip_words
from portal.web import edge, limits
from portal.web.wording import gettext, ngettext

_LEVELS = {str(int(level)): level for level in Level}


def save(
    service: RatedService, visit: tickets.Visit | None = None, *, channel: Channel = Channel.WEB
) -> ResponseReturnValue:
    """Save the mark and go to the thanks, or show the form again with everything that was entered."""
    channel = visit.channel if visit else channel
    submission, level = RatingForm.find_submission(), _LEVELS.get(request.form.get("level", ""))
    code = "" if visit else request.form.get("receipt", "").strip()
    if submission is None or level is None:
        return _refused(service, visit, channel)
    wait = limits.hit("rate")
    if wait is None and (visit or code):
        wait = limits.check("rate-code")
    if wait is not None:
        return _later(service, visit, channel, wait)
    keys, now = edge.keys(), edge.local_now()
    receipt = visit.receipt if visit else services.known_receipt(edge.reader(), keys, code) if code else None
    if receipt is None and code:
        return _mistyped(service, channel, code)
    response = Response(status=303, headers={"Location": url_for("ratings_comment.thanks")})
    saved = tickets.Saved(submission, service.code, level, month_of(now), channel)
    cookies.keep(response, cookies.SAVED, tickets.seal_saved(keys, saved, now))
    key, mark = services.mark_key(keys, submission), services.Mark(service.code, level, channel)
    if receipt is None:
        mark = replace(mark, own_network=is_within(limits.client_address(), service.networks))
        services.save_open_mark(edge.database(), key=key, mark=mark, now=now)
        return response
    try:  # from here to the commit everybody else who rates waits
        services.save_mark(edge.session(), key=key, mark=mark, receipt=receipt, now=now)
    except ReceiptNotUsable:
        return _not_usable(service, channel)
    return response


def question(form: RatingForm, service: RatedService, *, visit: bool, channel: Channel = Channel.WEB) -> str:
    address = url_for("ratings_receipt.answer")
    if not visit:
        view = "ratings.answer_poster" if channel is Channel.QR else "ratings.answer"
        address = url_for(view, code=service.code)
    return render_template(
        "ratings/rate.html", form=form, service=service, visit=visit, action=address, terms=LEVEL_TERMS
    )


def _refused(service: RatedService, visit: tickets.Visit | None, channel: Channel) -> ResponseReturnValue:
    form = RatingForm()
    form.validate()
    return question(form, service, visit=visit is not None, channel=channel), 422


def _mistyped(service: RatedService, channel: Channel, code: str) -> ResponseReturnValue:
    """What was typed is no code at all: say where it does not fit, which tells nothing of any code."""
    return _receipt_refused(service, channel, slip_words(code))


def _not_usable(service: RatedService, channel: Channel) -> ResponseReturnValue:
    """Spent, expired, unknown, of another service: one answer, and the way on without a code."""
    return _receipt_refused(service, channel, gettext(NOT_USABLE))


def _receipt_refused(service: RatedService, channel: Channel, words: str) -> ResponseReturnValue:
    limits.hit("rate-code")
    form = RatingForm()
    form.visit.data = ""
    form.receipt.errors = [*form.receipt.errors, words]
    return question(form, service, visit=False, channel=channel), 422


def _later(service: RatedService, visit: tickets.Visit | None, channel: Channel, wait: int) -> ResponseReturnValue:
    form = RatingForm()
    words = ngettext(
        "Many ratings came from here in a short time. Nothing is lost: press the button again in %(num)d minute.",
        "Many ratings came from here in a short time. Nothing is lost: press the button again in %(num)d minutes.",
        -(-wait // 60),
    )
    form.form_errors = [*form.form_errors, words]
    page = question(form, service, visit=visit is not None, channel=channel)
    return page, 429, {"Retry-After": str(wait)}
