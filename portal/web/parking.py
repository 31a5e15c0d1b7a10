"""Answers to forms of reporters and raters are shown by a redirect: Post/Redirect/Get for refusals too.

A browser keeps on its disk what was sent with a form, in clear, for as long as its history holds the page that
answered it: to be able to send it again. Neither `no-store`, `autocomplete="off"` nor Clear-Site-Data change that.
So a page is never the answer itself. It is parked, sealed under a secret in a cookie, and shown with its own
status at the address of the form. A page that keeps what was typed is shown as often as the browser asks within a
few minutes: that is lost neither by a broken line nor by loading the page again. Any other (what a search found,
an answer read by its code, a file that was too large) is shown once: whoever opens the address next, perhaps at a
shared computer, finds the form, and whoever was led back to the form gets it.

Each address has a cookie of its own, so that two tabs of one browser each show theirs. Browsers say which of our
pages they come from: a page is forgotten when somebody goes on from it, sends another form to its address, or ends
the report or the mailbox; all of them are when a page is asked for from nowhere.
"""

import json
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from werkzeug.http import dump_cookie, parse_cookie

from portal.foundation import parked
from portal.foundation.context import Portal
from portal.web.edge import is_from_own_pages
from portal.web.headers import security_headers, surface
from portal.web.locale import localised, split_locale

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

Answer = tuple[str, list[tuple[str, str]], bytes]

COOKIE = "again-"
"""How the names of the cookies begin; the rest is a mark of the address, which the browser knows as well."""
MOST = 8
"""Pages that wait for one browser; with one more, those before it are forgotten."""
LASTS = timedelta(minutes=10)
"""Shorter than any mailbox stays open, of which an answer may show what stands in it."""
NOT_TAKEN = "/report/again"
"""Says that what was sent was not taken, to whom nothing more can be said."""
_CROWDED = frozenset({"429", "503"})
"""Answers that have to cost little: these are given to raters as they are, with what they sent in the page."""
HOLDS_TYPED = "X-Holds-Typed"
"""Said by whoever makes a page, and to nobody outside: it holds what was sent, and a way on from it."""
_HOLD_TYPED = frozenset({"409", "410", "422"})
"""Statuses whose pages do so always."""


def name_of(path: str, *, https: bool) -> str:
    """What the cookie is called that leads to the page waiting at this address."""
    mark = COOKIE + sha256(path.encode("latin-1", "replace")).hexdigest()[:8]
    return f"__Host-{mark}" if https else mark


class Parking:
    """Between the layers that answer and the browser; asked for the sides of reporters and raters alone."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._https = portal.settings.https
        self._begins = f"__Host-{COOKIE}" if self._https else COOKIE

    def answer(self, environ: "WSGIEnvironment", made: Callable[[], Answer]) -> Answer:
        """What waits for this browser at this address; else what is `made` of the request, or the way to it."""
        method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO") or "/"  # layers below take it apart
        held = self._held(environ)
        came_from = _came_from(environ) if held else None
        here = self._name(path) if held else ""
        if method == "GET" and here in held and not environ.get("QUERY_STRING"):
            waiting = self._waiting(held[here], path)
            if waiting is not None:
                return self._shown(here, held[here], waiting)
        status, headers, body = made()
        left = self._left(held, here, came_from, headers)
        if method == "POST" and self._is_to_be_parked(environ, path, status):
            left = held if len(held) >= MOST else left
            status, headers, body = self._parked(path, (status, headers, body), left.keys() - {here})
        else:
            headers = [*headers, *(self._gone(name) for name in left)]
        for secret in left.values():
            self._forget(secret)
        return status, headers, body

    def _held(self, environ: "WSGIEnvironment") -> dict[str, str]:
        """The secrets that this browser sent, by the names of their cookies."""
        sent = environ.get("HTTP_COOKIE", "")
        if COOKIE not in sent:
            return {}
        return {name: secret for name, secret in parse_cookie(sent).items() if name.startswith(self._begins)}

    def _left(
        self, held: dict[str, str], here: str, came_from: str | None, headers: list[tuple[str, str]]
    ) -> dict[str, str]:
        """What is left with this answer, which is no page that waited."""
        if not held or came_from is None or any(name == "Clear-Site-Data" for name, _ in headers):
            return held
        gone_on = {here, self._name(came_from)}
        return {name: secret for name, secret in held.items() if name in gone_on}

    def _name(self, path: str) -> str:
        return name_of(path, https=self._https)

    def _waiting(self, secret: str, path: str) -> Answer | None:
        try:
            found = parked.find(self._portal.settings.var, secret)
        except Exception:
            return None  # the page is made as if nothing had waited
        if found is None:
            return None
        about, _, body = found.partition(b"\n")
        said = json.loads(about)
        if said["path"] != path or self._portal.clock.now() >= datetime.fromisoformat(said["until"]):
            return None
        return said["status"], [(name, value) for name, value in said["headers"]], body

    def _shown(self, name: str, secret: str, waiting: Answer) -> Answer:
        status, headers, body = waiting
        holds_typed = status[:3] in _HOLD_TYPED or any(one == HOLDS_TYPED for one, _ in headers)
        headers = [pair for pair in headers if pair[0] != HOLDS_TYPED]
        if holds_typed:
            return status, headers, body
        self._forget(secret)
        return status, [*headers, self._gone(name)], body

    def _is_to_be_parked(self, environ: "WSGIEnvironment", path: str, status: str) -> bool:
        """Other sites' forms hold nothing of ours, and must not push away what waits here."""
        if status[:1] == "3" or not is_from_own_pages(environ, self._portal.settings):
            return False
        return _side(path) == "report" or status[:3] not in _CROWDED

    def _parked(self, path: str, answer: Answer, left: Iterable[str]) -> Answer:
        """The way to the page, with the cookies that lead there and that take away those `left`."""
        status, headers, body = answer
        kept = [pair for pair in headers if pair[0] != "Set-Cookie"]
        now = self._portal.clock.now()
        about = {"path": path, "status": status, "headers": kept, "until": (now + LASTS).isoformat()}
        day = now.astimezone(self._portal.settings.zone).date()
        cookies = [pair for pair in headers if pair[0] == "Set-Cookie"]
        cookies += [self._gone(name) for name in left]
        here = self._name(path)
        try:
            data = json.dumps(about).encode() + b"\n" + body
            secret = parked.park(self._portal.settings.var, data, day=day)
        except Exception:
            if _side(path) != "report":
                return answer
            return self._see(localised(NOT_TAKEN, split_locale(path)[0]), [*cookies, self._gone(here)])
        return self._see(path, [*cookies, self._set_cookie(here, secret, None)])

    def _see(self, path: str, headers: list[tuple[str, str]]) -> Answer:
        where = quote(path.encode("latin-1"), safe="/")
        own = [("Content-Type", "text/html; charset=utf-8"), ("Location", where), ("Content-Length", "0")]
        side = security_headers(_side(path), self._https)
        return "303 SEE OTHER", [*own, *headers, *side], b""

    def _gone(self, name: str) -> tuple[str, str]:
        return self._set_cookie(name, "", 0)

    def _set_cookie(self, name: str, value: str, age: int | None) -> tuple[str, str]:
        cookie = dump_cookie(
            name, value, max_age=age, secure=self._https, httponly=True, samesite="Strict", path="/"
        )
        return "Set-Cookie", cookie

    def _forget(self, secret: str) -> None:
        try:
            parked.forget(self._portal.settings.var, secret)
        except OSError:
            return  # it is unreadable from now on all the same: nobody else has the secret


def _came_from(environ: "WSGIEnvironment") -> str | None:
    """The path of our page that the link or the form was on, as PATH_INFO holds it; None where nobody says."""
    said = environ.get("HTTP_REFERER", "")
    if not said:
        return None
    return unquote(urlsplit(said).path or "/", "latin-1")


def _side(path: str) -> str:
    return surface(split_locale(path)[1])
