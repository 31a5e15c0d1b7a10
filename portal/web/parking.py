"""Answers to forms of reporters and raters are shown by a redirect: Post/Redirect/Get for refusals too.

A browser keeps on its disk what was sent with a form, in clear, for as long as its history holds the page that
answered it: to be able to send it again. Neither `no-store`, `autocomplete="off"` nor Clear-Site-Data change that.
So a page is never the answer itself. It is parked, sealed under a secret in a cookie, and shown with its own
status at the address of the form. A refusal is shown as often as the browser asks within a few minutes: what was
typed is lost neither by a broken line nor by loading the page again. It is forgotten with the next form, or the
next other page of the same side. What was found (an answer read by its code, a search) is shown once: whoever
opens the address next, perhaps at a shared computer, finds the empty form.
"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from werkzeug.http import dump_cookie, parse_cookie

from portal.foundation import parked
from portal.foundation.context import Portal
from portal.web.edge import is_from_own_pages
from portal.web.headers import security_headers, surface
from portal.web.locale import localised, split_locale

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

Answer = tuple[str, list[tuple[str, str]], bytes]

COOKIE = "again"
LASTS = timedelta(minutes=10)
"""Shorter than any mailbox stays open, of which an answer may show what stands in it."""
NOT_TAKEN = "/report/again"
"""Says that what was sent was not taken, to whom nothing more can be said."""
_CROWDED = frozenset({"429", "503"})
"""Answers that have to cost little: these are given to raters as they are, with what they sent in the page."""


class Parking:
    """Between the layers that answer and the browser; asked for the sides of reporters and raters alone."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self._https = portal.settings.https
        self._cookie = f"__Host-{COOKIE}" if self._https else COOKIE

    def answer(self, environ: "WSGIEnvironment", made: Callable[[], Answer]) -> Answer:
        """What waits for this browser at this address; else what is `made` of the request, or the way to it."""
        method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO") or "/"  # layers below take it apart
        secret = self._secret(environ)
        if method == "GET" and secret and not environ.get("QUERY_STRING"):
            waiting = self._waiting(secret, path)
            if waiting is not None:
                return self._shown(secret, waiting)
        status, headers, body = made()
        if method == "POST" and self._is_to_be_parked(environ, path, status):
            status, headers, body = self._parked(path, (status, headers, body))
        elif secret:
            headers = [*headers, self._gone()]
        if secret:
            self._forget(secret)
        return status, headers, body

    def _secret(self, environ: "WSGIEnvironment") -> str:
        sent = environ.get("HTTP_COOKIE", "")
        return (parse_cookie(sent).get(self._cookie) or "") if COOKIE in sent else ""

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

    def _shown(self, secret: str, waiting: Answer) -> Answer:
        status, headers, body = waiting
        if status[:1] != "2":
            return waiting
        self._forget(secret)
        return status, [*headers, self._gone()], body

    def _is_to_be_parked(self, environ: "WSGIEnvironment", path: str, status: str) -> bool:
        """Other sites' forms hold nothing of ours, and must not push away what waits here."""
        if status[:1] == "3" or not is_from_own_pages(environ, self._portal.settings):
            return False
        return _side(path) == "report" or status[:3] not in _CROWDED

    def _parked(self, path: str, answer: Answer) -> Answer:
        status, headers, body = answer
        kept = [pair for pair in headers if pair[0] != "Set-Cookie"]
        now = self._portal.clock.now()
        about = {"path": path, "status": status, "headers": kept, "until": (now + LASTS).isoformat()}
        day = now.astimezone(self._portal.settings.zone).date()
        cookies = [pair for pair in headers if pair[0] == "Set-Cookie"]
        try:
            data = json.dumps(about).encode() + b"\n" + body
            secret = parked.park(self._portal.settings.var, data, day=day)
        except Exception:
            if _side(path) != "report":
                return answer
            return self._see(localised(NOT_TAKEN, split_locale(path)[0]), [*cookies, self._gone()])
        return self._see(path, [*cookies, self._given(secret)])

    def _see(self, path: str, headers: list[tuple[str, str]]) -> Answer:
        where = quote(path.encode("latin-1"), safe="/")
        own = [("Content-Type", "text/html; charset=utf-8"), ("Location", where), ("Content-Length", "0")]
        side = security_headers(_side(path), self._https)
        return "303 SEE OTHER", [*own, *headers, *side], b""

    def _given(self, secret: str) -> tuple[str, str]:
        return self._set_cookie(secret, None)

    def _gone(self) -> tuple[str, str]:
        return self._set_cookie("", 0)

    def _set_cookie(self, value: str, age: int | None) -> tuple[str, str]:
        cookie = dump_cookie(
            self._cookie, value, max_age=age, secure=self._https, httponly=True, samesite="Strict", path="/"
        )
        return "Set-Cookie", cookie

    def _forget(self, secret: str) -> None:
        try:
            parked.forget(self._portal.settings.var, secret)
        except OSError:
            return  # it is unreadable from now on all the same: nobody else has the secret


def _side(path: str) -> str:
    return surface(split_locale(path)[1])
