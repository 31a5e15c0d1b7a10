"""The desk's door. Every desk view is wrapped by one of these; a test walks all routes and looks.

    @blueprint.get("/desk/comments")
    @desk(RatingsPermission.MODERATE)
    def comments(): ...

`desk(SIGNED_IN)` lets every signed-in person in. Inside the view, `edge.actor()` is who acts, `current()`
their session and `private_keys()` their opened keys. Forms are bound to the session by themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, ParamSpec

from flask import (
    Blueprint,
    Response,
    after_this_request,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from portal.accounts.queries import (
    OpenSession,
    actor_for,
    find_copied,
    find_session,
    follower_of,
    open_private_keys,
)
from portal.accounts.rules import needs_follower
from portal.accounts.services import end_copied_session, is_fresh, tend_session
from portal.accounts.values import PrivateKeys
from portal.foundation.actor import Actor
from portal.foundation.crypto import CannotOpen
from portal.foundation.errors import Forbidden
from portal.foundation.i18n import N_
from portal.web import edge
from portal.web.forms import bind
from portal.web.giving_back import chose_file_at_desk, typed_at_desk

P = ParamSpec("P")
View = Callable[P, ResponseReturnValue]

SIGNED_IN = "signed-in"
SETTING_UP = "setting-up"
MARK = "desk_guard"
_TOUCH_AFTER = timedelta(seconds=60)


def desk(permission: str) -> Callable[[View[P]], View[P]]:
    """Let in whoever is signed in and holds `permission` (SIGNED_IN: everybody who is signed in).

    Others are sent to the sign-in page, or get 403 when they are signed in without the right.
    """

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            opened = load()
            if opened is None:
                return _sign_in_first()
            if opened.is_start:
                return redirect(url_for("accounts.set_up_page"), 303)
            if permission != SIGNED_IN:
                acting().require(permission)
            return view(*args, **kwargs)

        setattr(guarded, MARK, permission)
        return guarded

    return decorate


def leads_on(blueprint: Blueprint, address: str, to: str) -> None:
    """Where a form is sent to an address that has no page of its own, and is answered by one: whoever loads that
    page again, or in the other language, is led on to `to`, the full name of a view of fewer variables."""

    @desk(SIGNED_IN)
    def again(**of: str) -> ResponseReturnValue:
        known = current_app.url_map
        taken: dict[str, Any] = {name: one for name, one in of.items() if known.is_endpoint_expecting(to, name)}
        return redirect(url_for(to, **taken), 303)

    blueprint.add_url_rule(address, f"again {address}", again, methods=["GET"])


def _sign_in_first() -> ResponseReturnValue:
    """To the sign-in page. Whoever typed for longer than a session lasts gets back what they typed, and is told
    that a file has to be chosen again."""
    typed, file = typed_at_desk(), chose_file_at_desk()
    if typed or file:
        way = url_for("accounts.sign_in_page", next=_form_page())
        late = g.get("desk_ended") == "late"
        return render_template("accounts/signed_out.html", typed=typed, file=file, way=way, late=late), 403
    return redirect(url_for("accounts.sign_in_page", next=_here(), done=g.get("desk_ended")), 303)


def setting_up(view: View[P]) -> View[P]:
    """Let in only whoever signed in with a start phrase and has nothing else yet."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        opened = load()
        if opened is None:
            return redirect(url_for("accounts.sign_in_page"), 303)
        if not opened.is_start:
            return redirect(url_for("accounts.phrase_page"), 303)
        return view(*args, **kwargs)

    setattr(guarded, MARK, SETTING_UP)
    return guarded


def load() -> OpenSession | None:
    """The session of this request, made known to the edge and the forms; None when there is none."""
    if "desk_session" in g:
        found: OpenSession | None = g.desk_session
        return found
    opened = held()
    if opened is None:
        g.desk_ended = end_if_copied()
    else:
        bind(opened.key)
        if not opened.is_start:
            edge.set_actor(actor_for(opened.person))
        opened = _tended(opened)
        g.desk_follower = follower_of(opened)
        after_this_request(_give_follower)
    g.desk_session = opened
    return opened


def _tended(opened: OpenSession) -> OpenSession:
    now = edge.now()
    old = needs_follower(made_at=opened.made_at, spent_at=opened.spent_at, nonce=opened.nonce, now=now)
    if not (opened.is_new or old or now - opened.last_seen_at >= _TOUCH_AFTER):
        return opened
    with edge.portal().database.write() as session:  # reading a page is use, and GET only reads
        return tend_session(session, opened=opened, now=now)


def end_if_copied() -> str | None:
    """What to say on the sign-in page when this browser holds a secret that was replaced.

    "copied" when the session has ended for that, "late" for something sent, None when it holds none.

    That may have been under way for minutes, beside a page that went on: it is refused and nothing else. The page
    it leads to is asked for with what the browser holds by then.
    """
    cookie = request.cookies.get(cookie_name(), "")
    ref = find_copied(edge.reader(), cookie, now=edge.now(), idle=_idle()) if cookie else None
    if ref is None:
        return None
    if request.method not in edge.SAFE_METHODS:
        return "late"
    with edge.portal().database.write() as session:
        end_copied_session(session, ref=ref, now=edge.now())
    return "copied"


def _give_follower(reply: Response) -> Response:
    follower: str | None = g.get("desk_follower")
    return reply if follower is None else give_secret(reply, follower)


def held() -> OpenSession | None:
    """The session that this browser has, for whoever only wants to end it: nothing is bound to it or written."""
    cookie = request.cookies.get(cookie_name(), "")
    return find_session(edge.reader(), cookie, now=edge.now(), idle=_idle()) if cookie else None


def _idle() -> timedelta:
    return timedelta(minutes=edge.settings().desk_idle_minutes)


def fresh(view: View[P]) -> View[P]:
    """Under `desk`: let in only whoever proved minutes ago to be there; others do that first and come back.

    For pages on which nothing is typed; what is sent too late is asked for again.
    """

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        if not is_fresh(current(), edge.now()):
            return confirm_first()
        return view(*args, **kwargs)

    return guarded


def confirm_first(back: str | None = None) -> Response:
    """To the page on which one proves to be there, and from it back here or to `back`."""
    found = redirect(url_for("accounts.confirm_page", next=back or request.path), 303)
    return make_response(found)


def give_secret(reply: Response, secret: str) -> Response:
    """Set the cookie of the session; nothing else takes its place with this answer."""
    g.desk_follower = None
    secure = edge.settings().https
    reply.set_cookie(cookie_name(), secret, secure=secure, httponly=True, samesite="Lax", path="/")
    return reply


def current() -> OpenSession:
    """The session of the person signed in. Only inside a guarded view."""
    opened = load()
    if opened is None:
        raise Forbidden(N_("Sign in first."))
    return opened


def acting() -> Actor:
    """Who is signed in. Only inside a guarded view."""
    return actor_for(current().person)


def private_keys() -> PrivateKeys:
    """The signed-in person's opened private keys. Raises Forbidden when this session holds none."""
    try:
        return open_private_keys(edge.reader(), current())
    except CannotOpen:
        raise Forbidden(N_("Your keys could not be opened in this session. Sign in again.")) from None


def drop_session(reply: Response) -> None:
    """Let this browser forget the session, and what it kept of pages."""
    g.desk_follower = None
    reply.delete_cookie(cookie_name(), secure=edge.settings().https, httponly=True, samesite="Lax", path="/")
    reply.headers["Clear-Site-Data"] = '"cache", "storage"'


def cookie_name() -> str:
    return "__Host-desk" if edge.settings().https else "desk"


def browser_cookie_name() -> str:
    return "__Host-browser" if edge.settings().https else "browser"


def _form_page() -> str | None:
    """The page of the form that was sent, where its address has one or leads on to it."""
    adapter = current_app.create_url_adapter(request)
    return request.path if adapter is not None and adapter.test(request.path, "GET") else None


def _here() -> str | None:
    """Where to come back to after signing in: only a page that was being read."""
    if request.method not in edge.SAFE_METHODS:
        return None
    return request.full_path.rstrip("?")
