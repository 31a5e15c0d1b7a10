"""Plain marks: forms as nearly every rater sends them, saved before Flask is entered.

A mark is plain when the form has its level and a good token and nothing else to say, and the service is
known. It is checked exactly as `saving` checks it and gets the very same answer, at a third of the time that
routing, contexts and request objects take. Whatever is not plain, or is to be refused, is left to the view,
with the form as it was sent: so the two never differ in what they accept, and only the view explains.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from portal.foundation.context import Portal
from portal.ratings import services, tickets
from portal.ratings.register import ServiceDirectory
from portal.ratings.rules.networks import is_within
from portal.ratings.values import Channel, Level, month_of
from portal.ratings.web import cookies
from portal.ratings.web.forms import RatingForm
from portal.web.edge import is_from_own_pages
from portal.web.forms import TOKEN_FIELD, submission_of
from portal.web.headers import security_headers
from portal.web.limits import AddressLimits, address_of
from portal.web.plain import plain_form, see_other

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_BEGINNING, _POSTER = "/rate/", "/rate/p/"
_LEVELS = {str(int(level)): level for level in Level}
_EMPTY = ("receipt", "visit")
_THANKS = "/rate/thanks"


class PlainMarks:
    """WSGI middleware; stands behind the layer that takes the language out of the address."""

    def __init__(
        self, views: "WSGIApplication", portal: Portal, limits: AddressLimits, directory: ServiceDirectory
    ) -> None:
        self._views = views
        self._portal = portal
        self._limits = limits
        self._directory = directory
        self._headers = security_headers("rate", portal.settings.https)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "POST" or not environ["PATH_INFO"].startswith(_BEGINNING):
            return self._views(environ, start_response)
        ticket = self._saved(environ)
        if ticket is None:
            return self._views(environ, start_response)
        secure = self._portal.settings.https
        kept = (("Set-Cookie", one) for one in cookies.kept(cookies.SAVED, ticket, secure=secure))
        return see_other(environ, start_response, _THANKS, [*kept, *self._headers])

    def _saved(self, environ: "WSGIEnvironment") -> str | None:
        """Whatever goes wrong, the view tries again, which changes nothing, and says what it is."""
        try:
            return self._save(environ)
        except Exception:
            return None

    def _save(self, environ: "WSGIEnvironment") -> str | None:
        """Save a plain mark and give its ticket; None leaves it to the view, which then finds nothing done."""
        portal = self._portal
        if not is_from_own_pages(environ, portal.settings):
            return None
        now = portal.clock.now()
        local = now.astimezone(portal.settings.zone)
        path: str = environ["PATH_INFO"]
        begins, channel = (_POSTER, Channel.QR) if path.startswith(_POSTER) else (_BEGINNING, Channel.WEB)
        service = self._directory.known(path[len(begins) :], now)
        form = None if service is None else plain_form(environ)
        if service is None or form is None:
            return None
        level = _LEVELS.get(form.pop("level", ""))
        submission = submission_of(RatingForm, form.pop(TOKEN_FIELD, ""), portal.keys, now)
        if submission is None or level is None or any(form.pop(name, "") for name in _EMPTY) or form:
            return None
        address = address_of(environ)
        if self._limits.hit("rate", address, now) is not None:
            return None
        saved = tickets.Saved(submission, service.code, level, month_of(local), channel)
        ticket = tickets.seal_saved(portal.keys, saved, now)
        key, own = services.mark_key(portal.keys, submission), is_within(address, service.networks)
        mark = services.Mark(service.code, level, channel, own_network=own)
        services.save_open_mark(portal.database, key=key, mark=mark, now=local)
        return ticket
