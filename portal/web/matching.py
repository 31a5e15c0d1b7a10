"""Which view answers a request, found out once: the page cache asks first, and Flask takes over what it found."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, MapAdapter, Rule

from portal.web.locale import split_locale

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

MATCH = "portal.match"
"""Under this name the environment of a request holds the `Match` of its address."""


class Match(NamedTuple):
    """The rule that an address follows, and the values in it."""

    rule: Rule
    values: Mapping[str, Any]


class Addresses:
    """The addresses of an application's pages."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._adapter: MapAdapter | None = None

    def match(self, path: str) -> Match | None:
        """What answers GET at `path`, as a server hands it on; None where nothing does, or at another address."""
        if self._adapter is None:
            self._adapter = self._app.url_map.bind("")
        try:
            decoded = split_locale(path)[1].encode("latin-1").decode()
            return Match(*self._adapter.match(decoded, method="GET", return_rule=True))
        except (HTTPException, UnicodeError):
            return None

    def view(self, match: Match | None) -> Callable[..., Any] | None:
        return None if match is None else self._app.view_functions[match.rule.endpoint]


class Matched(MapAdapter):
    """The addresses of a site, as a request sees them whose own address is already known."""

    def __init__(self, addresses: Map, environ: "WSGIEnvironment", found: Match) -> None:
        super().__init__(
            addresses,
            server_name=environ.get("HTTP_HOST", ""),
            script_name=environ.get("SCRIPT_NAME", "").rstrip("/") + "/",
            subdomain="",
            url_scheme=environ["wsgi.url_scheme"],
            path_info=environ["PATH_INFO"],
            default_method=environ["REQUEST_METHOD"],
            query_args=environ.get("QUERY_STRING", ""),
        )
        self._found = found

    def match(self, *args: Any, **kwargs: Any) -> Any:
        """What Flask asks for with `return_rule`: the rule of the request, and its values."""
        if args or kwargs != {"return_rule": True}:
            return super().match(*args, **kwargs)
        return self._found.rule, dict(self._found.values)
