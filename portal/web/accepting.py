"""Who asks the API for another format than it has is told so, also where the page cache holds the answer."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class Accepting:
    """Stands before the page cache, and leads round it the few requests that may not want JSON, and the pages of
    reports, of which nothing is ever kept."""

    def __init__(self, cache: "WSGIApplication", views: "WSGIApplication") -> None:
        self._cache = cache
        self._views = views

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path, accepted = environ.get("PATH_INFO", ""), environ.get("HTTP_ACCEPT")
        if "/report/" in path:
            return self._views(environ, start_response)
        if accepted and _is_narrow(accepted) and "/api/" in path:
            return self._views(environ, start_response)
        return self._cache(environ, start_response)


def _is_narrow(accepted: str) -> bool:
    return "q=0" in accepted or ("*/*" not in accepted and "application/json" not in accepted)
