"""Plain sending: the last form of a report, as nearly every reporter sends it, filed before Flask is entered.

It is plain when the form has its token and nothing else. It is checked exactly as `report.check` checks it and
gets the very same answer. A report that cannot be filed, and every other one, is left to the view, which explains.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from werkzeug.http import parse_cookie

from portal.cases.services import intake
from portal.cases.web import cookies
from portal.cases.web.forms.report import CheckForm
from portal.foundation.context import Portal
from portal.web.edge import is_from_own_pages
from portal.web.forms import TOKEN_FIELD, submission_of
from portal.web.headers import security_headers
from portal.web.plain import plain_form, see_other

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_CHECK, _DONE = "/report/check", "/report/done"


class PlainReports:
    """WSGI middleware; stands behind the layer that takes the language out of the address."""

    def __init__(self, views: "WSGIApplication", portal: Portal) -> None:
        self._views = views
        self._portal = portal
        self._headers = security_headers("report", portal.settings.https)
        self._cookie = cookies.name_of(cookies.DRAFT, https=portal.settings.https)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["PATH_INFO"] != _CHECK:
            return self._views(environ, start_response)
        if environ["REQUEST_METHOD"] == "GET":
            with self._portal.database.in_turn():
                return self._views(environ, start_response)
        if environ["REQUEST_METHOD"] != "POST" or not self._has_sent(environ):
            return self._views(environ, start_response)
        return see_other(environ, start_response, _DONE, self._headers)

    def _has_sent(self, environ: "WSGIEnvironment") -> bool:
        """Whatever goes wrong, the view tries again and says what it is, and nobody writes it down."""
        try:
            return self._sends(environ)
        except Exception:
            return False

    def _sends(self, environ: "WSGIEnvironment") -> bool:
        """File the report; False leaves it to the view, which then finds nothing done."""
        portal = self._portal
        if not is_from_own_pages(environ, portal.settings):
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
