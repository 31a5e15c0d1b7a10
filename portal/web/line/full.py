"""What is said to those who find the line full: when to come back, by a button that sends the same again."""

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from flask import Flask
from markupsafe import Markup

from portal.foundation.i18n import URL_PREFIX
from portal.web.cache.asking import request_for
from portal.web.errors import draw_line_full
from portal.web.headers import security_headers
from portal.web.line.standing import FULL
from portal.web.locale import LOCALE_KEY, split_locale

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

AGAIN_SECONDS = 5
_SENT = "<!-- what was sent -->"
_FIELD = Markup('<input type="hidden" name="{}" value="{}">')


class LineFull:
    """WSGI middleware that answers those who found no place. Its page is drawn once in each language: a crowd that
    is refused must not cost more than one that is served."""

    def __init__(self, views: "WSGIApplication", app: Flask, *, https: bool) -> None:
        self._views = views
        self._app = app
        self._headers = security_headers("rate", https)
        self._drawn: dict[str, str] = {}

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if FULL not in environ:
            return self._views(environ, start_response)
        page = self._page(split_locale(environ["PATH_INFO"])[0])
        body = page.replace(_SENT, _fields(environ["wsgi.input"].read())).encode()
        headers = [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Length", str(len(body))),
            ("Retry-After", str(AGAIN_SECONDS)),
            *self._headers,
        ]
        start_response("503 SERVICE UNAVAILABLE", headers)
        return [body]

    def _page(self, locale: str) -> str:
        if locale not in self._drawn:
            prefix = f"/{URL_PREFIX[locale]}" if locale in URL_PREFIX else ""
            asked = {**request_for(("/rate", "")), LOCALE_KEY: locale, "SCRIPT_NAME": prefix}
            with self._app.request_context(asked):
                self._drawn[locale] = draw_line_full(Markup(_SENT))  # noqa: S704  (our own words)
        return self._drawn[locale]


def _fields(sent: bytes) -> str:
    pairs = parse_qsl(sent.decode("utf-8", "replace"), keep_blank_values=True)
    return "".join(_FIELD.format(name, value) for name, value in pairs)
