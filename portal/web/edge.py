"""The request edge: one pipeline for every request.

Views get a session that is read-only for GET and one transaction for everything else. Returning commits
before any byte of the answer leaves; raising rolls back. A failed commit is an error page.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask, Request, Response
from flask.ctx import RequestContext, _AppCtxGlobals
from flask.globals import _cv_app, _cv_request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.routing import MapAdapter

from portal.config import Mode, Settings
from portal.foundation.actor import Actor
from portal.foundation.context import Portal
from portal.foundation.db import Database
from portal.foundation.errors import Forbidden
from portal.foundation.i18n import N_
from portal.foundation.keys import KeyRing
from portal.web.headers import security_headers, surface
from portal.web.locale import LOCALE_KEY
from portal.web.matching import MATCH, Matched

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Headers = list[tuple[str, str]]

EXTENSION = "portal"
LANGUAGE: ContextVar[str] = ContextVar("portal.language", default="en")
"""The language of the request: a page asks for it a hundred times, and the request's own variables are slow."""

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class PortalFlask(Flask):
    """Flask with one unit of work around each view, and one for what is drawn when a view has failed."""

    def full_dispatch_request(self) -> Response:
        with ExitStack() as afterwards:
            noted().after_the_view = afterwards
            return super().full_dispatch_request()

    def dispatch_request(self) -> ResponseReturnValue:
        sent, known = here(), noted()
        require_own_origin(sent.environ)
        if sent.method not in SAFE_METHODS and sent.mimetype == "application/x-www-form-urlencoded":
            # read whole into memory: the limit that multipart fields have holds here too
            sent.max_content_length = self.config["MAX_FORM_MEMORY_SIZE"]
        with ExitStack() as stack:
            known.unit_of_work = stack
            try:
                return super().dispatch_request()
            finally:
                known.view_is_over = True
                known.pop("session", None)
                known.pop("reader", None)

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function itself: nothing here is asynchronous, and to ask takes longer than most of them."""
        return func

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """As Flask does; what the page cache has already found is not looked for again."""
        found = None if request is None else request.environ.get(MATCH)
        if request is None or found is None:
            return super().create_url_adapter(request)
        return Matched(self.url_map, request.environ, found)

    def request_context(self, environ: "WSGIEnvironment") -> RequestContext:
        LANGUAGE.set(environ.get(LOCALE_KEY, "en"))
        return super().request_context(environ)

    def wsgi_app(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer, with the headers of its side of the portal on every reply, error pages included."""
        found: Portal = self.extensions[EXTENSION]
        own = security_headers(surface(environ["PATH_INFO"]), found.settings.https)

        def start(status: str, headers: Headers, *rest: Any) -> Callable[[bytes], object]:
            keeps = any(name == "Cache-Control" for name, _ in headers)
            # no view sets any of the others, so nothing is to be replaced
            headers += [pair for pair in own if pair[0] != "Cache-Control"] if keeps else own
            return start_response(status, headers, *rest)

        return super().wsgi_app(environ, start)


class _Unrouted:
    """What Flask's own functions ask of the context of a request."""

    def __init__(self, app: Flask, environ: "WSGIEnvironment") -> None:
        self.app = app
        self.request = app.request_class(environ)
        self.session = None

    @property
    def url_adapter(self) -> MapAdapter | None:
        return self.app.create_url_adapter(self.request)


@contextmanager
def unrouted(app: Flask, environ: "WSGIEnvironment") -> Iterator[None]:
    """What surrounds a view, for a layer before Flask that calls it itself: for one that only reads, and asks for
    nothing that routing finds out."""
    LANGUAGE.set(environ.get(LOCALE_KEY, "en"))
    context = app.app_context()
    with ExitStack() as end:
        context.g.unit_of_work = context.g.after_the_view = end
        end.callback(_cv_app.reset, _cv_app.set(context))
        request: Any = _Unrouted(app, environ)
        end.callback(_cv_request.reset, _cv_request.set(request))
        yield


def here() -> Request:
    """The request itself: a page asks it a hundred times, and Flask's `request` looks for it each time anew."""
    return _cv_request.get().request


def noted() -> _AppCtxGlobals:
    """What was noted about this request, which Flask calls `g`."""
    return _cv_app.get().g


def application() -> Flask:
    """The application that answers."""
    return _cv_app.get().app


def portal() -> Portal:
    found: Portal = application().extensions[EXTENSION]
    return found


def settings() -> Settings:
    return portal().settings


def database() -> Database:
    """For the one act whose transaction is its own: see `Database.execute_alone`."""
    return portal().database


def keys() -> KeyRing:
    return portal().keys


def now() -> datetime:
    """The moment of this request: the same however often it is asked."""
    known = noted()
    moment: datetime | None = known.get("now")
    if moment is None:
        moment = known.now = portal().clock.now()
    return moment


def office_now() -> datetime:
    """The same moment by the office's clock: its date is the day that it is there."""
    return now().astimezone(settings().zone)


def local_now() -> datetime:
    """The moment of this request by the office's clock: for its day and its month."""
    return now().astimezone(settings().zone)


def session() -> Session:
    """This request's session: read-only for GET, else one transaction; opened when first asked for."""
    if here().method in SAFE_METHODS:
        return reader()
    known = noted()
    if "view_is_over" in known:
        raise RuntimeError("nothing is written once the view has returned or failed")
    return _opened("session", portal().database.write, known.unit_of_work)


def reader() -> Session:
    """A session that only reads, whatever the method; error pages have one of their own."""
    known = noted()
    opened: Session | None = known.get("reader")
    if opened is not None:
        return opened
    until = known.after_the_view if "view_is_over" in known else known.unit_of_work
    return _opened("reader", portal().database.read, until)


def _opened(name: str, make: Any, until: ExitStack) -> Session:
    known = noted()
    if name not in known:
        setattr(known, name, until.enter_context(make()))
    opened: Session = getattr(known, name)
    return opened


def locale() -> str:
    """The language of the request; English outside of any."""
    return LANGUAGE.get()


def actor() -> Actor | None:
    """Who is signed in, as the room `accounts` found out, or None."""
    found: Actor | None = noted().get("actor")
    return found


def set_actor(found: Actor | None) -> None:
    noted().actor = found


def require_own_origin(sent: "WSGIEnvironment") -> None:
    """Refuse a form that another site sent. Raises Forbidden.

    Browsers name the sending site in Origin, in Referer, or in Sec-Fetch-Site. A client that names none is
    no browser on another site's page; only the desk insists on one of them.
    """
    if sent["REQUEST_METHOD"] not in SAFE_METHODS and not is_from_own_pages(sent, settings()):
        raise Forbidden(N_("This form was sent from another site. Open the page here and try again."))


def is_from_own_pages(sent: "WSGIEnvironment", own: Settings) -> bool:
    """Whether a form was sent from a page of ours, as far as anybody says; see `require_own_origin`."""
    claimed = sent.get("HTTP_ORIGIN", "")
    if claimed in ("", "null") and sent.get("HTTP_REFERER"):
        parts = urlsplit(sent["HTTP_REFERER"])
        claimed = f"{parts.scheme}://{parts.netloc}"
    if claimed not in ("", "null"):
        return claimed in _own_origins(own)
    return _vouched_for(claimed, sent)


def _vouched_for(claimed: str, sent: "WSGIEnvironment") -> bool:
    if sent.get("HTTP_SEC_FETCH_SITE") == "same-origin":
        return True
    return claimed == "" and surface(sent["PATH_INFO"]) != "desk"


def _own_origins(own: Settings) -> frozenset[str]:
    if own.mode is Mode.DEMO:
        return frozenset({own.origin, f"http://localhost:{own.port}", f"http://127.0.0.1:{own.port}"})
    return frozenset({own.origin})
