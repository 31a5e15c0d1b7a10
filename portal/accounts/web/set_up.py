"""The first time: a person's own phrase and authenticator, in place of the start phrase."""

from flask import make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import codes, qr
from portal.accounts.errors import NotConfirmed, NothingPending
from portal.accounts.services import confirm_first_phrase, find_pending
from portal.accounts.web.blueprint import blueprint, stretcher
from portal.accounts.web.forms import SetUpForm
from portal.accounts.web.guard import acting, current, drop_session, setting_up
from portal.web import edge


@blueprint.route("/desk/set-up", methods=["GET", "POST"])
@setting_up
def set_up_page() -> ResponseReturnValue:
    form = SetUpForm()
    if not form.validate_on_submit():
        return _page(form, 422 if form.is_submitted() else 200)
    try:
        confirm_first_phrase(
            edge.session(),
            opened=current(),
            typed=form.phrase.data or "",
            code=form.code.data or "",
            keys=edge.keys(),
            stretcher=stretcher(),
            actor=acting(),
            now=edge.now(),
        )
    except NotConfirmed as error:
        form.take(error)
        return _page(form, 422)
    reply = make_response(redirect(url_for("accounts.sign_in_page", done="set-up"), 303))
    drop_session(reply)
    return reply


def _page(form: SetUpForm, status: int) -> tuple[str, int]:
    opened = current()
    pending = find_pending(opened)
    if pending is None or pending.totp_secret is None:
        raise NothingPending
    uri = codes.provisioning_uri(pending.totp_secret, address=opened.person.address)
    page = render_template(
        "accounts/set_up.html",
        form=form,
        person=opened.person,
        pending=pending,
        secret=" ".join(pending.totp_secret[at : at + 4] for at in range(0, len(pending.totp_secret), 4)),
        uri=uri,
        qr=qr.data_address(uri),
    )
    return page, status
