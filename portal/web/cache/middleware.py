"""The WSGI layer that answers published pages before Flask is entered, and renders each of them once."""

import io
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

import structlog
from flask import Flask
from werkzeug.exceptions import HTTPException

from portal.web.cache.edition import EditionFile
from portal.web.cache.page import KEPT_LEVEL, ONCE_LEVEL, Headers, Page, accepts_gzip
from portal.web.cache.shelf import Key, Shelf
from portal.web.locale import split_locale

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Touched = Callable[[str], bool]
"""Whether an address (without language) changed between two editions."""
Changes = Callable[[int, int], Touched]
"""Says what changed after the first edition and up to the second."""

WAIT_SECONDS = 10.0
MOST_WARMED = 200
_SHARE_OF_OLD = 8  # pages as of an edition that was asked for get this part of the memory, and no more

# Conditions are answered here, from the bytes; the view must always give the whole page.
_CONDITIONS = frozenset({"HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE", "HTTP_IF_RANGE"})

log = structlog.get_logger()


class PageCache:
    """WSGI middleware that keeps published pages; see the package."""

    def __init__(
        self,
        inner: "WSGIApplication",
        app: Flask,
        edition: EditionFile,
        *,
        budget: int,
        changes: Changes | None = None,
        warms: bool = False,
    ) -> None:
        self._inner = inner
        self._app = app
        self._edition = edition
        self._changes = changes
        self._warms = warms
        self._shown = edition.current()
        self._turned = 0
        self._current = Shelf(budget)
        self._old = Shelf(budget // _SHARE_OF_OLD)
        self._lock = threading.Lock()
        self._turning = threading.Lock()
        self._rendering: dict[Key, threading.Event] = {}

    @property
    def size(self) -> int:
        """Bytes kept."""
        return self._current.size + self._old.size

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        if method != "GET" and method != "HEAD":
            return self._inner(environ, start_response)
        edition = self._edition.current()
        if edition != self._shown:
            self._turn(edition)
        query = environ.get("QUERY_STRING", "")
        key = (environ["PATH_INFO"], _canonical(query) if query else "")
        page = self._shelf(key).find(key)
        if page is None:
            return self._miss(key, environ, start_response)
        return page.answer(environ, start_response)

    def _shelf(self, key: Key) -> Shelf:
        return self._old if "edition=" in key[1] else self._current

    def _turn(self, edition: str | None) -> None:
        """Put out what changed; meanwhile other threads go on with the edition before, for a moment."""
        if not self._turning.acquire(blocking=False):
            return
        try:
            touched = self._touched(self._shown, edition)
            with self._lock:
                self._old.drop(lambda _key, _page: True)  # their banner names the newest edition
                gone = self._current.drop(
                    lambda key, page: touched is None or not page.carried or touched(split_locale(key[0])[1])
                )
                self._shown = edition
                self._turned += 1
        finally:
            self._turning.release()
        if self._warms and gone and edition:
            threading.Thread(target=self._warm, args=(gone[:MOST_WARMED],), daemon=True).start()

    def _touched(self, before: str | None, now: str | None) -> Touched | None:
        """What changed between two editions; None when everything may have."""
        if self._changes is None or not before or not now or not before.isdigit() or not now.isdigit():
            return None
        if int(now) < int(before):
            return None
        try:
            return self._changes(int(before), int(now))
        except Exception as error:
            log.error("changes not known, nothing is carried over", error=type(error).__name__)
            return None

    def _warm(self, keys: Sequence[Key]) -> None:
        """Render again what readers had asked for, before they ask for it again."""
        for key in keys:
            try:
                for _ in self._miss(key, _asking(key), _discard):
                    pass
            except Exception as error:
                log.error("page not warmed", error=type(error).__name__)
                return

    def _miss(self, key: Key, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        view = self._view(key[0])
        known: frozenset[str] | None = getattr(view, "published_keys", None)
        if known is None:
            return self._inner(environ, start_response)
        carried = bool(getattr(view, "carried", False))
        if not self._shown or not known.issuperset(name for name, _ in parse_qsl(key[1], keep_blank_values=True)):
            return self._render(key, environ, start_response, carried=carried, keep=False)
        with self._lock:
            page = self._shelf(key).find(key)  # perhaps stored since we looked
            other = self._rendering.get(key)
            if page is None and other is None:
                self._rendering[key] = threading.Event()
        if page is None and other is not None:
            other.wait(WAIT_SECONDS)
            page = self._shelf(key).find(key)
        if page is not None:
            return page.answer(environ, start_response)
        if other is not None:
            return self._render(key, environ, start_response, carried=carried, keep=False)
        try:
            return self._render(key, environ, start_response, carried=carried, keep=True)
        finally:
            with self._lock:
                self._rendering.pop(key).set()

    def _render(
        self,
        key: Key,
        environ: "WSGIEnvironment",
        start_response: "StartResponse",
        *,
        carried: bool,
        keep: bool,
    ) -> Iterable[bytes]:
        """Let Flask answer; tag and compress a plain 200, pass anything else on as it is.

        What was begun before an edition is not kept when it ends after it.
        """
        turned = self._turned
        reply = _Reply()
        asked = {name: value for name, value in environ.items() if name not in _CONDITIONS}
        asked["REQUEST_METHOD"] = "GET"
        parts = self._inner(asked, reply)
        try:
            body = b"".join(parts)
        finally:
            if hasattr(parts, "close"):
                parts.close()
        if reply.status != "200 OK" or any(name.lower() == "set-cookie" for name, _ in reply.headers):
            start_response(reply.status, reply.headers)
            return () if environ["REQUEST_METHOD"] == "HEAD" else (body,)
        level = KEPT_LEVEL if keep else ONCE_LEVEL if accepts_gzip(environ) else 0
        page = Page.of(body, reply.headers, carried=carried, level=level)
        if keep:
            with self._lock:
                if self._turned == turned:
                    self._shelf(key).put(key, page)
        return page.answer(environ, start_response)

    def _view(self, path: str) -> Callable[..., Any] | None:
        try:
            decoded = split_locale(path)[1].encode("latin-1").decode()
            endpoint, _ = self._app.url_map.bind("").match(decoded, method="GET")
        except (HTTPException, UnicodeError):
            return None
        return self._app.view_functions[endpoint]


class _Reply:
    """Catches status and headers of a reply."""

    def __init__(self) -> None:
        self.status = ""
        self.headers: Headers = []

    def __call__(self, status: str, headers: Headers, exc_info: object = None) -> Callable[[bytes], object]:
        self.status, self.headers = status, headers
        return _refuse_write


def _refuse_write(_: bytes) -> object:
    raise NotImplementedError("published pages are returned, not written")


def _discard(_status: str, _headers: Headers, _exc_info: object = None) -> Callable[[bytes], object]:
    return _refuse_write


def _asking(key: Key) -> "WSGIEnvironment":
    """A request for a page, as a server would hand it on."""
    path, query = key
    return {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


def _canonical(query: str) -> str:
    return urlencode(sorted(parse_qsl(query, keep_blank_values=True)))
