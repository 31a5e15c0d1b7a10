"""The WSGI layer that answers published pages before Flask is entered, and has each of them drawn once."""

import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import structlog
from flask import Flask

from portal.web.cache.asking import Reply, canonical, request_for
from portal.web.cache.edition import EditionFile
from portal.web.cache.page import KEPT_LEVEL, ONCE_LEVEL, Headers, Page, accepts_gzip
from portal.web.cache.shared import Place, SharedPages
from portal.web.cache.shelf import Key, Shelf
from portal.web.cache.states import Changes, Touched
from portal.web.locale import split_locale
from portal.web.matching import MATCH, Addresses, Match

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

WAIT_SECONDS = 10.0
MOST_WARMED = 200
_SHARE_OF_OLD = 8  # pages as of an edition that was asked for get this part of the memory, and no more

LEVEL = "portal.page"
"""Under this name the environment of a request says where its page came from; absent when past the cache."""
MEMORY, SHARED, DRAWN = "memory", "shared", "drawn"

# Conditions are answered here, from the bytes; the view must always give the whole page.
_CONDITIONS = frozenset({"HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE", "HTTP_IF_RANGE"})
# What a page that is kept may be drawn from, beside its address: whom to count against the limits.
_OF_THE_READER = frozenset({"HTTP_HOST", "HTTP_X_FORWARDED_FOR"})

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
        shared: SharedPages | None = None,
        warms: bool = False,
    ) -> None:
        self._inner = inner
        self._addresses = Addresses(app)
        self._edition = edition
        self._changes = changes
        self._shared = shared
        self._warms = warms
        self._shown = edition.current()
        self._turned = 0
        self._current = Shelf(budget)
        self._old = Shelf(budget // _SHARE_OF_OLD)
        self._lock = threading.Lock()
        self._turning = threading.Lock()
        self._rendering: dict[tuple[Key, int], threading.Event] = {}

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
        key = (environ["PATH_INFO"], canonical(query) if query else "")
        page = self._shelf(key).find(key)
        if page is None:
            return self._miss(key, environ, start_response)
        environ[LEVEL] = MEMORY
        return page.answer(environ, start_response)

    def draw(self, key: Key) -> Page | None:
        """The page as it is now, past all that is kept; None when it is not one to keep."""
        return self._draw(key, self._addresses.match(key[0]))

    def _draw(self, key: Key, match: Match | None) -> Page | None:
        view = self._addresses.view(match)
        if not _keeps(view, key):
            return None
        reply, body = self._ask({**request_for(key), MATCH: match})
        return Page.of(body, reply.headers, carried=_carried(view)) if reply.may_be_kept else None

    def draw_for_others(self, key: Key, edition: str) -> bool:
        """Have the page of an edition in the shared level; whether it had to be drawn.

        Nobody is to wait for this: it takes no turn.
        """
        if self._shared is None:
            return False
        match = self._addresses.match(key[0])
        carried = _carried(self._addresses.view(match))
        with self._shared.place(key, edition, carried=carried, in_turn=False) as place:
            page = self._draw(key, match) if place.page is None else None
            if page is not None:
                place.keep(page)
            return page is not None

    def _shelf(self, key: Key) -> Shelf:
        return self._old if "edition=" in key[1] else self._current

    def _turn(self, edition: str | None, *, wait: bool = False) -> None:
        """Put out what changed; meanwhile other threads go on with the edition before, for a moment, unless they
        `wait`: who is about to draw would draw what others drew already."""
        if not self._turning.acquire(blocking=wait):
            return
        try:
            if edition == self._shown:
                return
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
        """Draw again what readers had asked for, before they ask for it again."""
        for key in keys:
            try:
                for _ in self(request_for(key), Reply()):
                    pass
            except Exception as error:
                log.error("page not warmed", error=type(error).__name__)
                return

    def _miss(self, key: Key, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        match = self._addresses.match(key[0])
        view = self._addresses.view(match)
        if getattr(view, "published_keys", None) is None:
            return self._inner(environ, start_response)
        environ[MATCH] = match
        edition = self._edition.look()  # what is drawn takes longer, and others may have drawn the next already
        if edition != self._shown:
            self._turn(edition, wait=True)
        if not self._shown or not _keeps(view, key):
            return self._send_once(environ, start_response)
        with self._lock:
            page = self._shelf(key).find(key)  # perhaps stored since we looked
            begun = key, self._turned  # nobody waits for what was begun before the newest edition
            other = self._rendering.get(begun)
            if page is None and other is None:
                self._rendering[begun] = threading.Event()
        if page is None and other is not None:
            other.wait(WAIT_SECONDS)
            page = self._shelf(key).find(key)
        if page is not None:
            environ[LEVEL] = MEMORY
            return page.answer(environ, start_response)
        if other is not None:
            return self._send_once(environ, start_response)
        try:
            return self._find_or_draw(begun, environ, start_response, _carried(view))
        finally:
            with self._lock:
                self._rendering.pop(begun).set()

    def _find_or_draw(
        self,
        begun: tuple[Key, int],
        environ: "WSGIEnvironment",
        start_response: "StartResponse",
        carried: bool,
    ) -> Iterable[bytes]:
        """The page from the shared level, or drawn and kept in both; anything else Flask says as it says it.

        What was begun before an edition is not kept when it ends after it.
        """
        key, turned = begun
        with self._place(key, carried) as place:
            page, reply, body = place.page, Reply(), b""
            if page is None:
                page, reply, body = self._draw_kept(key, environ, carried)
                if page is not None:
                    place.keep(page)
        if page is None:
            return _pass_on(reply, body, environ, start_response)
        environ[LEVEL] = DRAWN if place.page is None else SHARED
        with self._lock:
            if self._turned == turned:
                self._shelf(key).put(key, page)
        return page.answer(environ, start_response)

    def _place(self, key: Key, carried: bool) -> AbstractContextManager[Place]:
        """Where other processes put the page; pages of old editions each process draws for itself."""
        if self._shared is None or not self._shown or self._shelf(key) is self._old:
            return nullcontext(Place())
        return self._shared.place(key, self._shown, carried=carried)

    def _draw_kept(self, key: Key, environ: "WSGIEnvironment", carried: bool) -> tuple[Page | None, Reply, bytes]:
        """Drawn from the address alone: nothing else that this reader sent is there to be seen."""
        asked = {
            name: value
            for name, value in environ.items()
            if name in _OF_THE_READER or not name.startswith("HTTP_")
        }
        reply, body = self._ask({**asked, "QUERY_STRING": key[1]})
        page = Page.of(body, reply.headers, carried=carried, level=KEPT_LEVEL) if reply.may_be_kept else None
        return page, reply, body

    def _send_once(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        reply, body = self._ask({name: value for name, value in environ.items() if name not in _CONDITIONS})
        if not reply.may_be_kept:
            return _pass_on(reply, body, environ, start_response)
        level = ONCE_LEVEL if accepts_gzip(environ) else 0
        return Page.of(body, reply.headers, level=level).answer(environ, start_response)

    def _ask(self, environ: "WSGIEnvironment") -> tuple[Reply, bytes]:
        """What Flask answers to a GET, whole."""
        reply = Reply()
        parts = self._inner({**environ, "REQUEST_METHOD": "GET"}, reply)
        try:
            return reply, b"".join(parts)
        finally:
            if hasattr(parts, "close"):
                parts.close()


def _keeps(view: Callable[..., Any] | None, key: Key) -> bool:
    """Whether a page at this address with these query keys is one to keep."""
    known: frozenset[str] | None = getattr(view, "published_keys", None)
    return known is not None and known.issuperset(name for name, _ in parse_qsl(key[1], keep_blank_values=True))


def _carried(view: Callable[..., Any] | None) -> bool:
    return bool(getattr(view, "carried", False))


def _pass_on(
    reply: Reply, body: bytes, environ: "WSGIEnvironment", start_response: "StartResponse"
) -> Iterable[bytes]:
    headers: Headers = reply.headers
    start_response(reply.status, headers)
    return () if environ["REQUEST_METHOD"] == "HEAD" else (body,)
