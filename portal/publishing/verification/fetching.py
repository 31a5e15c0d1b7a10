"""Fetching from a portal over one connection that stays open; patient with a busy one, and through a proxy."""

import time
from collections.abc import Iterator
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import SplitResult, urljoin, urlsplit
from urllib.request import getproxies, proxy_bypass

from portal.publishing.verification.source import Unreachable

_TIMEOUT = 60
_BLOCK = 1 << 16
_MOST_WAITS = 20
_MOVED = frozenset({301, 302, 303, 307, 308})
_BUSY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
_HEADERS = {"User-Agent": "gongping-log-verify", "Accept-Encoding": "identity"}


class Fetcher:
    """Gets what lies below one address. Raises Unreachable whenever there is no clear answer."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address.rstrip("/"))
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise Unreachable(f"{address}: not an http or https address")
        self._base = parts
        self._connection: HTTPConnection | None = None

    def whole(self, path: str, *, patient: bool = True) -> bytes | None:
        """The body at `path`; None for 404 and, unless `patient`, for what is busy or still being made."""
        pieces = self.pieces(path, patient=patient)
        return None if pieces is None else b"".join(pieces)

    def pieces(self, path: str, *, patient: bool = True) -> Iterator[bytes] | None:
        """The same in pieces, which must be read to the end; what is gone (410) has a body too."""
        for _ in range(_MOST_WAITS):
            response = self._ask(path)
            if response.status == HTTPStatus.NOT_FOUND:
                response.read()
                return None
            if response.status in (HTTPStatus.OK, HTTPStatus.GONE):
                return _pieces(response)
            response.read()
            if response.status in _MOVED:
                self._move(path, response.headers.get("Location", ""))
            elif response.status in _BUSY and not patient:
                return None
            elif response.status in _BUSY:
                time.sleep(_seconds(response.headers.get("Retry-After")))
            else:
                raise Unreachable(f"{self._base.geturl()}{path}: {response.status}")
        raise Unreachable(f"{self._base.geturl()}{path}: stays busy")

    def _ask(self, path: str) -> HTTPResponse:
        """Ask over the open connection, or over a new one when the other side has closed it."""
        for fresh in (self._connection is None, True):
            try:
                if fresh:
                    self._connection = _connect(self._base)
                return self._get(path)
            except (OSError, HTTPException) as error:
                self._connection = None
                if fresh:
                    raise Unreachable(f"{self._base.geturl()}{path}: {error}") from None
        raise AssertionError("the second round always asks afresh")

    def _get(self, path: str) -> HTTPResponse:
        if self._connection is None:
            raise OSError("not connected")
        target = self._base.path + path
        proxied = self._base.scheme == "http" and self._connection.host != self._base.hostname
        asked = f"http://{self._base.netloc}{target}" if proxied else target
        self._connection.request("GET", asked, headers=_HEADERS)
        return self._connection.getresponse()

    def _move(self, path: str, location: str) -> None:
        """Follow the whole portal to its other address (http to https, or another name)."""
        target = urljoin(self._base.geturl() + path, location)
        if not target.endswith(path):
            raise Unreachable(f"{self._base.geturl()}{path}: leads to {target}")
        moved = urlsplit(target.removesuffix(path))
        if moved.scheme not in {"http", "https"} or (self._base.scheme, moved.scheme) == ("https", "http"):
            raise Unreachable(f"{self._base.geturl()}{path}: leads to {target}")
        self._base, self._connection = moved, None


def _connect(base: SplitResult) -> HTTPConnection:
    kind = HTTPSConnection if base.scheme == "https" else HTTPConnection
    host = base.hostname or ""
    proxy = urlsplit(getproxies().get(base.scheme, ""))
    if not proxy.hostname or proxy_bypass(host):
        return kind(host, base.port, timeout=_TIMEOUT)
    through = kind(proxy.hostname, proxy.port, timeout=_TIMEOUT)
    if base.scheme == "https":
        through.set_tunnel(host, base.port or 443)
    return through


def _pieces(response: HTTPResponse) -> Iterator[bytes]:
    try:
        while block := response.read(_BLOCK):
            yield block
    except (OSError, HTTPException) as error:
        raise Unreachable(f"the answer broke off: {error}") from None


def _seconds(retry_after: str | None) -> int:
    return min(int(retry_after), 60) if retry_after and retry_after.isdecimal() else 1
