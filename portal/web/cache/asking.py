"""A request for a page that nobody sent, and the reply that a view gives to it."""

import io
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

from portal.web.cache.page import Headers
from portal.web.cache.shelf import Key

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment


class Reply:
    """Catches status and headers of a reply."""

    def __init__(self) -> None:
        self.status = ""
        self.headers: Headers = []

    def __call__(self, status: str, headers: Headers, exc_info: object = None) -> Callable[[bytes], object]:
        self.status, self.headers = status, headers
        return _refuse_write

    @property
    def may_be_kept(self) -> bool:
        """Whether it is the same for everybody: a whole page that sets no cookie and looks at nothing that the
        reader sent but the address."""
        return self.status == "200 OK" and not any(
            name.lower() == "set-cookie" or (name.lower() == "vary" and value.lower() != "accept-encoding")
            for name, value in self.headers
        )


def request_for(key: Key) -> "WSGIEnvironment":
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


def canonical(query: str) -> str:
    """A query with its keys in order; a key that comes twice keeps the order of its values, for views take
    the first."""
    return urlencode(sorted(parse_qsl(query, keep_blank_values=True), key=lambda pair: pair[0]))


def _refuse_write(_: bytes) -> object:
    raise NotImplementedError("published pages are returned, not written")
