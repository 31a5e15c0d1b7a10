"""Plain sending: the last page of a report and its form, as nearly everybody sends it, before Flask is entered.

The page is what `report.check` makes of it; any other answer of it is left to Flask, which asks again. The form is
plain when it has its token and nothing else. It is checked exactly as the view checks it and gets the very same
answer. A report that cannot be filed, and every other one, is left to the view, which explains.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.http import parse_cookie

from portal.cases.services import intake
from portal.cases.web import cookies, report
from portal.cases.web.forms.report import CheckForm
from portal.foundation.context import Portal
from portal.web import edge
from portal.web.forms import TOKEN_FIELD, submission_of
from portal.web.headers import security_headers
from portal.web.plain import page, plain_form, see_other

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_CHECK, _DONE = "/report/check", "/report/done"


class PlainReports:
    """WSGI middleware; stands behind the layer that takes the language out of the address."""

    def __init__(self, views: "WSGIApplication", app: Flask) -> None:
        self._views = views
        self._app = app
        portal: Portal = app.extensions[edge.EXTENSION]
        self._portal = portal
        self._headers = security_headers("report", portal.settings.https)
        self._cookie = cookies.name_of(cookies.DRAFT, https=portal.settings.https)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["PATH_INFO"] != _CHECK:
            return self._views(environ, start_response)
        if environ["REQUEST_METHOD"] == "GET":
            with self._portal.database.in_turn():
                drawn = self._drawn(environ)
                if drawn is None:
                    return self._views(environ, start_response)
            return page(start_response, drawn, self._headers)
        if environ["REQUEST_METHOD"] != "POST" or not self._has_sent(environ):
            return self._views(environ, start_response)
        return see_other(environ, start_response, _DONE, self._headers)

    def _drawn(self, environ: "WSGIEnvironment") -> str | None:
        """The page; None where there is another answer, or none."""
        try:
            with edge.unrouted(self._app, environ):
                answer = report.check()
        except Exception:
            return None
        match answer:
            case (str(drawn), 200):
                return drawn
        return None

    def _has_sent(self, environ: "WSGIEnvironment") -> bool:
        """Whatever goes wrong, the view tries again and says what it is, and nobody writes it down."""
        try:
            return self._sends(environ)
        except Exception:
            return False

    def _sends(self, environ: "WSGIEnvironment") -> bool:
        """File the report; False leaves it to the view, which then finds nothing done."""
        portal = self._portal
        if not edge.is_from_own_pages(environ, portal.settings):
            return False
        form = plain_form(environ)
        secret = parse_cookie(environ).get(self._cookie)
        if form is None or form.keys() != {TOKEN_FIELD} or not secret:
            return False
        now = portal.clock.now().astimezone(portal.settings.zone)
        if submission_of(CheckForm, form[TOKEN_FIELD], portal.keys, now, secret=secret.encode()) is None:
            return False
        return intake.send_by_itself(
            portal.database, secret=secret, keys=portal.keys, settings=portal.settings, now=now
        )
