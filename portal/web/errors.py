"""Every failure as a page in plain words: what happened, what is unharmed, what to do next.

The log gets the kind of failure and the places in our code it passed, never a message, a value or an
address: any of them could quote what somebody typed.
"""

import traceback
from dataclasses import dataclass
from typing import Any

import structlog
from flask import Flask, Response, current_app, make_response, render_template, request
from markupsafe import escape
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from portal.foundation.errors import PortalError, TooMany
from portal.web import editions, giving_back, problems
from portal.web.giving_back import GivenBack
from portal.web.headers import surface
from portal.web.parking import HOLDS_TYPED
from portal.web.wording import lazy_gettext as _l
from portal.web.words import lang, say

RETRY_SECONDS = 30
log = structlog.get_logger()


@dataclass(frozen=True)
class ErrorPage:
    """The words of one status."""

    title: Any
    meaning: Any
    next_step: Any


PAGES = {
    400: ErrorPage(
        _l("The request could not be read"),
        _l("Something in the address or in what was sent is not as this page expects it."),
        _l("Go back, load the page again and repeat what you did."),
    ),
    403: ErrorPage(
        _l("You cannot do this here"),
        _l("This page, or this step, is not open to you."),
        _l("If you sent a form, open its page again and send it from there. Nothing was changed."),
    ),
    404: ErrorPage(
        _l("There is no such page"),
        _l("The address may be mistyped or cut off, or the page does not exist."),
        _l("Check the address, or start from the home page and search."),
    ),
    405: ErrorPage(
        _l("This address does not take that"),
        _l("The page exists, but not for what was asked of it."),
        _l("Open the page it belongs to and use the button there."),
    ),
    409: ErrorPage(
        _l("Somebody was faster"),
        _l("Things changed between your opening the page and your sending it. Nothing of yours was saved."),
        _l("Open the page again to see how matters stand, and then decide."),
    ),
    413: ErrorPage(
        _l("What you sent is too large"),
        _l("The files or the text go beyond what can be taken at once. Nothing was saved."),
        _l("Go back, send fewer or smaller files, or shorten the text."),
    ),
    422: ErrorPage(
        _l("This cannot be done as it stands"),
        _l("Something in what was sent does not fit."),
        _l("Go back, check what you typed and send it again."),
    ),
    429: ErrorPage(
        _l("Too many requests in a short time"),
        _l("To keep the site usable for everybody, this step has to wait. Nothing was saved."),
        _l("Wait a little and send it again: what you typed is still there when you go back."),
    ),
    500: ErrorPage(
        _l("Something went wrong on our side"),
        _l("It is our mistake, not yours. What you sent now was not saved."),
        _l("Go back and try again in a few minutes. If it happens again, tell the office which page it was."),
    ),
    503: ErrorPage(
        _l("This cannot be done right now"),
        _l("A part of the site is not reachable. What you sent now was not saved."),
        _l("Go back and try again in a few minutes."),
    ),
}

SEND_AGAIN = _l("Send it again")
LINE_FULL = ErrorPage(
    _l("Very many people are rating at this moment"),
    _l("What you chose and typed is not saved yet, but it is not lost: this page keeps it."),
    _l("Wait a few seconds, then press the button."),
)
"""To those who find no place in the line (`web.line`)."""


def install(app: Flask) -> None:
    app.register_error_handler(PortalError, _portal_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(Exception, unforeseen)
    # Flask's own line would hold the address and the message
    app.log_exception = _log_exception  # type: ignore[method-assign]


def _log_exception(exc_info: Any) -> None:
    _note(exc_info[1] or RuntimeError())


def error_response(status: int, message: str = "", *, retry_after: int | None = None) -> Response:
    """The page for `status`, with the particular `message` where there is one; for programs a problem instead.

    A page about our own failure gives back to a reporter what was sent. At the desk each shows what was typed.
    """
    if problems.wanted():
        return problems.problem(status, message, retry_after=retry_after)
    page = PAGES.get(status) or PAGES[500 if status >= 500 else 400]
    sent = giving_back.given_back() if status >= 500 else None
    editions.forget()
    try:
        typed = giving_back.typed_at_desk()
        body = render_template("errors/error.html", page=page, message=message, again="", sent=sent, typed=typed)
    except Exception as error:
        # the page itself cannot be drawn (database away, template broken): say it without one
        _note(error)
        body = _without_template(page, message, sent)
    response = make_response(body, status)
    response.headers["Cache-Control"] = "no-store"
    if sent is not None:
        response.headers[HOLDS_TYPED] = "yes"
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _without_template(page: ErrorPage, message: str, sent: GivenBack | None) -> str:
    return (
        f'<!DOCTYPE html><html lang="{lang()}"><meta charset="utf-8"><title>{escape(page.title)}</title>'
        f"<h1>{escape(page.title)}</h1><p>{escape(message or page.meaning)}</p>"
        f"{_sent_again(sent) if sent else f'<p>{escape(page.next_step)}</p>'}"
    )


def _sent_again(sent: GivenBack) -> str:
    words = "".join(f"<pre>{escape(text)}</pre>" for text in sent.words)
    fields = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in sent.fields
    )
    return f'{words}<form method="post">{fields}<button>{escape(SEND_AGAIN)}</button></form>'


def draw_line_full(again: str) -> str:
    """The page for those who find no place in the line; `again` are the fields of the form that they sent."""
    return render_template("errors/error.html", page=LINE_FULL, message="", again=again, sent=None, typed=())


def _portal_error(error: PortalError) -> Response:
    if error.status >= 500:
        _note(error)
    retry = error.retry_after if isinstance(error, TooMany) else None
    if error.status == 503:
        retry = RETRY_SECONDS
    return error_response(error.status, say(error.message), retry_after=retry)


def _http_error(error: HTTPException) -> Response:
    if error.response is not None or error.code is None or error.code < 400:
        return make_response(error.get_response())
    if error.code >= 500:
        _note(error)
    retry = RETRY_SECONDS if error.code in {429, 503} else None
    response = error_response(error.code, retry_after=retry)
    if error.code == 405:
        response.headers["Allow"] = dict(error.get_headers()).get("Allow", "GET")
    return response


def _database_away(error: OperationalError) -> Response:
    _note(error)
    return error_response(503, retry_after=RETRY_SECONDS)


def unforeseen(error: Exception) -> Response:
    """What nobody thought of: noted, and answered as our own mistake."""
    if current_app.config["PROPAGATE_EXCEPTIONS"]:
        raise error
    _note(error)
    return error_response(500)


def _note(error: BaseException) -> None:
    """One line for the operator; about reports none at all: the time of a line could be laid beside a person."""
    where = surface(request.path)
    if where == "report":
        return
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    places = [f"{frame.filename.rpartition('/portal/')[2]}:{frame.lineno}" for frame in frames]
    log.error("request failed", surface=where, kind=type(error).__name__, places=places)
