"""Confirming that it is oneself: the door before the gravest acts, and back to where one was going."""

from flask import make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.accounts.errors import CodeRefused
from portal.accounts.services import confirm_oneself, is_fresh
from portal.accounts.web.blueprint import blueprint
from portal.accounts.web.forms import ConfirmForm
from portal.accounts.web.guard import SIGNED_IN, acting, current, desk, give_secret
from portal.accounts.web.own_pages import own_page
from portal.accounts.web.passkeys import options_for_sign_in
from portal.web import edge


@blueprint.route("/desk/confirm", methods=["GET", "POST"])
@desk(SIGNED_IN)
def confirm_page() -> ResponseReturnValue:
    form = ConfirmForm()
    if not form.is_submitted():
        form.next.data = request.args.get("next", "")
    if not form.validate_on_submit():
        return _page(form, 422 if form.is_submitted() else 200)
    secret = confirm_oneself(
        edge.session(),
        opened=current(),
        code=form.code.data or "",
        passkey=form.passkey.data or "",
        origin=edge.settings().origin,
        keys=edge.keys(),
        actor=acting(),
        now=edge.now(),
    )
    if secret is None:
        form.take(CodeRefused())
        return _page(form, 422)
    reply = make_response(redirect(own_page(form.next.data) or request.root_path + "/desk/confirm", 303))
    give_secret(reply, secret)
    return reply


def _page(form: ConfirmForm, status: int) -> tuple[str, int]:
    form.passkey.data = ""  # an answer is good for one try
    fresh = is_fresh(current(), edge.now())
    return render_template("accounts/confirm.html", form=form, fresh=fresh, options=options_for_sign_in()), status
