"""The outermost layer: what fails before, behind or beside Flask ends here too, in the portal's own words.

A server that meets an exception writes it down with its message, a traceback and the time, and answers with an
empty page. On the addresses of reporters and raters each of these could be laid beside a person.
"""

from collections.abc import Iterable
from contextlib import ExitStack
from typing import TYPE_CHECKING

from flask import Flask

from portal.web import edge, errors
from portal.web.cache.asking import Reply
from portal.web.headers import security_headers, surface
from portal.web.locale import LOCALE_KEY, localised, split_locale
from portal.web.parking import Answer, Parking

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

WHOLE = frozenset({"report", "rate"})
"""Sides whose answers are whole before a byte of them leaves: what fails meanwhile can still be answered."""
_STATUS = "500 INTERNAL SERVER ERROR"
_BARE = (
    '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Something went wrong on our side</title>'
    "<h1>Something went wrong on our side</h1><p>What you sent now was not saved.</p>"
    '<p lang="zh-Hans">我们这边出了问题。您刚才发送的内容没有保存。</p>'
).encode()


class Unfailing:
    """WSGI middleware that always answers."""

    def __init__(self, views: "WSGIApplication", app: Flask, *, https: bool) -> None:
        self._views = views
        self._app = app
        self._https = https
        self._parking = Parking(app.extensions[edge.EXTENSION])

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ.get("PATH_INFO") or "/"
        if _is_whole(path):
            status, headers, body = self._parking.answer(environ, lambda: self._answered(environ, path))
        else:
            try:
                return self._views(environ, start_response)
            except Exception as error:
                status, headers, body = self._failed(environ, path, error)
        start_response(status, headers)
        return [body]

    def _answered(self, environ: "WSGIEnvironment", path: str) -> Answer:
        try:
            return self._whole(environ)
        except Exception as error:
            return self._failed(environ, path, error)

    def _whole(self, environ: "WSGIEnvironment") -> Answer:
        reply = Reply()
        parts = self._views(environ, reply)
        try:
            body = b"".join(parts)
        finally:
            if hasattr(parts, "close"):
                parts.close()
        return reply.status, reply.headers, body

    def _failed(self, environ: "WSGIEnvironment", path: str, error: Exception) -> Answer:
        """The error page, noted as every failure is; bare words where not even that can be drawn."""
        if self._app.config["PROPAGATE_EXCEPTIONS"]:
            raise error
        locale, bare = split_locale(path)
        asked = {**environ, "PATH_INFO": bare, "SCRIPT_NAME": localised("", locale), LOCALE_KEY: locale}
        try:
            with self._app.request_context(asked), ExitStack() as end:
                known = edge.noted()
                known.after_the_view, known.view_is_over = end, True
                page = errors.unforeseen(error)
                kind, body = page.content_type or "", page.get_data()
        except Exception:
            kind, body = "text/html; charset=utf-8", _BARE
        own = [("Content-Type", kind), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")]
        usual = security_headers(surface(bare), self._https)
        return _STATUS, [*own, *(pair for pair in usual if pair[0] != "Cache-Control")], body


def _is_whole(path: str) -> bool:
    if "/report" not in path and "/rate" not in path:
        return False  # nearly every page: to look closer would take longer than to answer it
    return surface(split_locale(path)[1]) in WHOLE
