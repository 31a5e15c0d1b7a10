"""Signing in and out."""

from contextlib import suppress

from flask import Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.errors import NoSuchSession, SignInRefused, WaitBeforeSignIn
from portal.accounts.queries import alarms_of
from portal.accounts.services import SignedIn, forget_session, sign_in, sign_out
from portal.accounts.web.blueprint import blueprint, stretched_for
from portal.accounts.web.forms import SignInForm
from portal.accounts.web.guard import (
    SIGNED_IN,
    acting,
    browser_cookie_name,
    current,
    desk,
    drop_session,
    end_if_copied,
    give_secret,
    held,
)
from portal.accounts.web.own_pages import own_page
from portal.accounts.web.passkeys import options_for_sign_in
from portal.foundation.errors import Invalid
from portal.web import edge

_BROWSER_KNOWN_SECONDS = 400 * 24 * 3600


@blueprint.route("/desk/sign-in", methods=["GET", "POST"])
def sign_in_page() -> ResponseReturnValue:
    form = SignInForm()
    if not form.is_submitted():
        form.next.data = request.args.get("next", "")
    if not form.validate_on_submit():
        return _page(form, 422 if form.is_submitted() else 200)
    try:
        found = _sign_in(form)
    except WaitBeforeSignIn as wait:
        form.take(Invalid(wait.message))
        reply = make_response(_page(form, 429))
        reply.headers["Retry-After"] = str(wait.retry_after)
        return reply
    if found is None:
        form.take(SignInRefused())
        return _page(form, 422)
    return _welcome(found, own_page(form.next.data))


@blueprint.post("/desk/sign-out")
@desk(SIGNED_IN)
def sign_out_page() -> ResponseReturnValue:
    with suppress(NoSuchSession):  # ended elsewhere in the meantime: that is what was asked for
        sign_out(edge.session(), opened=current(), actor=acting(), now=edge.now())
    reply = make_response(redirect(url_for("accounts.sign_in_page"), 303))
    drop_session(reply)
    return reply


def _sign_in(form: SignInForm) -> SignedIn | None:
    before = held()
    challenge, stretched = stretched_for(
        form.address.data or "",
        form.phrase.data or "",
        client=request.remote_addr or "",
        browser=request.cookies.get(browser_cookie_name(), ""),
        passkey=form.passkey.data or "",
    )
    found = sign_in(
        edge.session(),
        challenge=challenge,
        stretched=stretched,
        code=form.code.data or "",
        keys=edge.keys(),
        now=edge.now(),
    )
    if found is not None and before is not None:
        forget_session(edge.session(), opened=before)
    return found


def _welcome(found: SignedIn, target: str | None) -> Response:
    first = url_for("accounts.set_up_page") if found.is_start else target or request.root_path + "/desk"
    if not found.is_start and alarms_of(edge.session(), found.person_id):
        first = url_for("accounts.sessions_page")
    reply = make_response(redirect(first, 303))
    secure = edge.settings().https
    give_secret(reply, found.secret)
    reply.set_cookie(
        browser_cookie_name(),
        found.browser,
        max_age=_BROWSER_KNOWN_SECONDS,
        secure=secure,
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return reply


def _page(form: SignInForm, status: int) -> tuple[str, int]:
    form.passkey.data = ""  # an answer is good for one try
    # a cookie that was replaced is found out here as well: whoever sent something too late was led here
    ended = end_if_copied() if request.method in edge.SAFE_METHODS else None
    done, options = ended or request.args.get("done", ""), options_for_sign_in()
    return render_template("accounts/sign_in.html", form=form, done=done, options=options), status
