"""Changing one's pass phrase: say the present one, see the new one once, type it again."""

from flask import make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.errors import NotConfirmed, WaitBeforeSignIn
from portal.accounts.passwords import Stretched
from portal.accounts.services import begin_phrase, confirm_new_phrase, confirm_phrase, find_pending
from portal.accounts.web.blueprint import blueprint, stretched_for, stretcher
from portal.accounts.web.forms import CurrentPhraseForm, NewPhraseForm
from portal.accounts.web.guard import (
    SIGNED_IN,
    acting,
    browser_cookie_name,
    current,
    desk,
    give_secret,
    private_keys,
)
from portal.foundation.errors import Invalid
from portal.web import edge
from portal.web.wording import gettext as _


@blueprint.route("/desk/phrase", methods=["GET", "POST"])
@desk(SIGNED_IN)
def phrase_page() -> ResponseReturnValue:
    form = CurrentPhraseForm()
    if not form.validate_on_submit():
        return _page(form, 422 if form.is_submitted() else 200)
    private_keys()  # without opened keys there is nothing to seal anew: say so before going on
    proof = proof_of(form)
    if not isinstance(proof, Stretched):
        return _page(form, proof)
    begin_phrase(edge.session(), opened=current())
    return redirect(url_for("accounts.new_phrase_page"), 303)


@blueprint.route("/desk/phrase/new", methods=["GET", "POST"])
@desk(SIGNED_IN)
def new_phrase_page() -> ResponseReturnValue:
    pending = find_pending(current())
    if pending is None:
        return redirect(url_for("accounts.phrase_page"), 303)
    form = NewPhraseForm()
    if form.validate_on_submit():
        try:
            secret = confirm_new_phrase(
                edge.session(),
                opened=current(),
                typed=form.phrase.data or "",
                keys=edge.keys(),
                stretcher=stretcher(),
                actor=acting(),
                now=edge.now(),
            )
            return give_secret(
                make_response(redirect(url_for("accounts.sessions_page", done="phrase"), 303)), secret
            )
        except NotConfirmed as error:
            form.take(error)
    page = render_template("accounts/new_phrase.html", form=form, pending=pending)
    return page, 422 if form.is_submitted() else 200


def proof_of(form: CurrentPhraseForm) -> Stretched | int:
    """What opens the keys, where the form says the present phrase of whoever is signed in. For another, which is
    counted, the status to answer with, and the form says why. Raises TooBusy."""
    try:
        challenge, stretched = stretched_for(
            current().person.address,
            form.phrase.data or "",
            client=request.remote_addr or "",
            browser=request.cookies.get(browser_cookie_name(), ""),
        )
        known = confirm_phrase(edge.session(), challenge=challenge, stretched=stretched, now=edge.now())
    except WaitBeforeSignIn as wait:
        form.take(Invalid(wait.message))
        return 429
    if not known:
        form.refuse("phrase", _("This is not your present pass phrase."))
        return 422
    return stretched


def _page(form: CurrentPhraseForm, status: int) -> tuple[str, int]:
    return render_template("accounts/phrase.html", form=form), status
