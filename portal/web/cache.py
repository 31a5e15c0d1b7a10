"""The page cache: published pages answered before Flask is entered.

A published page depends on the edition, the language (a part of the path) and the query keys its view names,
and on nothing of the reader. So the reply to the first reader is the reply to all until the edition changes:
compressed once, tagged with the digest of its bytes, kept in memory up to a bound, oldest use out first.

`PageCache` wraps the WSGI application. It knows the edition from a small file that the appender writes and
that is looked at once a second at most; without that file nothing is kept. Headers are those that Flask gave:
a reply from the cache and one past it differ in nothing.
"""

import gzip
import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qsl, urlencode

from flask import Flask
from werkzeug.exceptions import HTTPException

from portal.web.locale import split_locale

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Headers = list[tuple[str, str]]
View = TypeVar("View", bound=Callable[..., Any])

EDITION_FILE = Path("log", "edition")  # below `var`; the appender writes it after each commit
POLL_SECONDS = 1.0
WAIT_SECONDS = 10.0
SMALLEST_COMPRESSED = 512
_ENTRY_OVERHEAD = 1024
_TEXT = ("text/", "application/json", "image/svg+xml", "application/atom+xml")


def published(*query_keys: str) -> Callable[[View], View]:
    """Mark a GET view whose reply depends on the edition, the path and these query keys alone.

    Put it below the route decorator. A request with any other query key is answered, but not kept. Every such
    page can be asked for as of an edition (`web.editions`).
    """

    def mark(view: View) -> View:
        view.published_keys = frozenset({*query_keys, "edition"})  # type: ignore[attr-defined]
        return view

    return mark


@dataclass(frozen=True)
class Page:
    """One reply, ready to send: plain and, where it helps, compressed, each with its own tag."""

    plain: bytes
    tag: str
    headers: Headers
    packed: bytes | None
    packed_headers: Headers
    tags: frozenset[str]

    @classmethod
    def of(cls, body: bytes, headers: Headers) -> "Page":
        digest = hashlib.sha256(body).hexdigest()[:32]
        kept = [(name, value) for name, value in headers if name.lower() not in _OWN]
        kept.append(("Vary", "Accept-Encoding"))
        if not any(name.lower() == "cache-control" for name, _ in kept):
            kept.append(("Cache-Control", "public, max-age=0, must-revalidate"))
        kind = next((value for name, value in headers if name.lower() == "content-type"), "")
        packed = None
        if len(body) >= SMALLEST_COMPRESSED and kind.startswith(_TEXT):
            packed = gzip.compress(body, 6, mtime=0)
        tag, packed_tag = f'"{digest}"', f'"{digest}-gzip"'
        length = ("Content-Length", str(len(body)))
        packed_length = ("Content-Length", str(len(packed or b"")))
        return cls(
            body,
            tag,
            [*kept, length, ("ETag", tag)],
            packed,
            [*kept, packed_length, ("ETag", packed_tag), ("Content-Encoding", "gzip")],
            frozenset({tag, packed_tag}),
        )

    @property
    def size(self) -> int:
        return len(self.plain) + len(self.packed or b"") + _ENTRY_OVERHEAD

    def answer(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        accepted = environ.get("HTTP_ACCEPT_ENCODING", "")
        use_packed = self.packed is not None and "gzip" in accepted and not _refuses_gzip(accepted)
        headers = self.packed_headers if use_packed else self.headers
        wanted = environ.get("HTTP_IF_NONE_MATCH")
        if wanted and (wanted == "*" or not self.tags.isdisjoint(_tags_in(wanted))):
            start_response("304 Not Modified", [pair for pair in headers if pair[0] not in _OF_THE_BODY])
            return ()
        start_response("200 OK", list(headers))
        if environ["REQUEST_METHOD"] == "HEAD":
            return ()
        return (self.packed if use_packed and self.packed is not None else self.plain,)


_OWN = frozenset({"content-length", "etag", "vary", "content-encoding"})
_OF_THE_BODY = frozenset({"Content-Length", "Content-Type", "Content-Encoding"})


def _tags_in(header: str) -> set[str]:
    return {part.strip().removeprefix("W/") for part in header.split(",")}


def _refuses_gzip(accepted: str) -> bool:
    if "q=0" not in accepted:
        return False
    for part in accepted.split(","):
        coding, _, weight = part.replace(" ", "").partition(";q=")
        if coding == "gzip":
            return weight.strip("0.") == "" and weight != ""
    return False


class EditionFile:
    """The number of the newest edition, as the appender last wrote it; read at most once a second."""

    def __init__(
        self, path: Path, *, every: float = POLL_SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._path = path
        self._every = every
        self._clock = clock
        self._known = self._look()
        self._next_look = clock() + every

    def current(self) -> str | None:
        """The edition; None while no file is there."""
        moment = self._clock()
        if moment >= self._next_look:
            self._next_look = moment + self._every  # before reading, so that other threads do not read too
            self._known = self._look()
        return self._known

    def _look(self) -> str | None:
        try:
            return self._path.read_text("ascii").strip() or None
        except OSError:
            return None


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


def _canonical(query: str) -> str:
    return urlencode(sorted(parse_qsl(query, keep_blank_values=True)))


# Conditions are answered here, from the bytes; the view must always give the whole page.
_CONDITIONS = frozenset({"HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE", "HTTP_IF_RANGE"})

Key = tuple[str, str, str]


class PageCache:
    """WSGI middleware that keeps published pages."""

    def __init__(self, inner: "WSGIApplication", app: Flask, edition: EditionFile, *, budget: int) -> None:
        self._inner = inner
        self._app = app
        self._edition = edition
        self._budget = budget
        self._pages: OrderedDict[Key, Page] = OrderedDict()
        self.size = 0
        self._lock = threading.Lock()
        self._rendering: dict[Key, threading.Event] = {}

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        if method != "GET" and method != "HEAD":
            return self._inner(environ, start_response)
        edition = self._edition.current()
        query = environ.get("QUERY_STRING", "")
        path = environ["PATH_INFO"]
        key = (edition or "", path, _canonical(query) if query else "")
        page = self._pages.get(key)
        if page is None:
            return self._miss(key, environ, start_response)
        self._touch(key)
        return page.answer(environ, start_response)

    def _miss(self, key: Key, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        known = self._published_keys(key[1])
        if known is None:
            return self._inner(environ, start_response)
        if not key[0] or not known.issuperset(name for name, _ in parse_qsl(key[2], keep_blank_values=True)):
            return self._render(key, environ, start_response, keep=False)
        with self._lock:
            page = self._pages.get(key)  # perhaps stored since we looked
            other = self._rendering.get(key)
            if page is None and other is None:
                self._rendering[key] = threading.Event()
        if page is None and other is not None:
            other.wait(WAIT_SECONDS)
            page = self._pages.get(key)
        if page is not None:
            return page.answer(environ, start_response)
        if other is not None:
            return self._render(key, environ, start_response, keep=False)
        try:
            return self._render(key, environ, start_response, keep=True)
        finally:
            with self._lock:
                self._rendering.pop(key).set()

    def _render(
        self, key: Key, environ: "WSGIEnvironment", start_response: "StartResponse", *, keep: bool
    ) -> Iterable[bytes]:
        """Let Flask answer; tag and compress a plain 200, pass anything else on as it is."""
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
        page = Page.of(body, reply.headers)
        if keep:
            self._store(key, page)
        return page.answer(environ, start_response)

    def _store(self, key: Key, page: Page) -> None:
        if page.size > self._budget // 4:
            return
        with self._lock:
            for old in [known for known in self._pages if known[0] != key[0]]:
                self.size -= self._pages.pop(old).size
            self._pages[key] = page
            self.size += page.size
            while self.size > self._budget:
                _, oldest = self._pages.popitem(last=False)
                self.size -= oldest.size

    def _touch(self, key: Key) -> None:
        try:
            self._pages.move_to_end(key)
        except KeyError:  # evicted by another thread since it was found
            return

    def _published_keys(self, path: str) -> frozenset[str] | None:
        try:
            decoded = split_locale(path)[1].encode("latin-1").decode()
            endpoint, _ = self._app.url_map.bind("").match(decoded, method="GET")
        except (HTTPException, UnicodeError):
            return None
        keys: frozenset[str] | None = getattr(self._app.view_functions[endpoint], "published_keys", None)
        return keys
