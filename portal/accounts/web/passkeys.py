"""One's own passkeys: listed, added by the script of the page, removed."""

import json
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import passkeys
from portal.accounts.errors import PasskeyRefused, SignInIsOld, TooManyPasskeys
from portal.accounts.queries import passkeys_of
from portal.accounts.services import add_passkey, is_fresh, remove_passkey
from portal.accounts.web.blueprint import blueprint
from portal.accounts.web.forms import PasskeyForm, RemovePasskeyForm
from portal.accounts.web.guard import SIGNED_IN, acting, confirm_first, current, desk, leads_on
from portal.foundation.errors import Conflict, Invalid
from portal.foundation.i18n import N_
from portal.web import edge


@blueprint.route("/desk/passkeys", methods=["GET", "POST"])
@desk(SIGNED_IN)
def passkeys_page() -> ResponseReturnValue:
    form = PasskeyForm()
    if form.validate_on_submit():
        try:
            add_passkey(
                edge.session(),
                opened=current(),
                name=form.name.data or "",
                answer=form.passkey.data or "",
                origin=edge.settings().origin,
                keys=edge.keys(),
                actor=acting(),
                now=edge.now(),
            )
            return redirect(url_for("accounts.passkeys_page", done="added"), 303)
        except (SignInIsOld, TooManyPasskeys, PasskeyRefused) as refused:
            form.take(Invalid(refused.message))
    form.passkey.data = ""
    return _page(form), 422 if form.is_submitted() else 200


@blueprint.post("/desk/passkeys/<passkey_id>/remove")
@desk(SIGNED_IN)
def remove_passkey_page(passkey_id: str) -> ResponseReturnValue:
    if not is_fresh(current(), edge.now()):
        return confirm_first("/desk/passkeys")
    if not RemovePasskeyForm().validate_on_submit():
        raise Conflict(N_("This page was open for too long, or belongs to another session. Open it again."))
    remove_passkey(edge.session(), passkey_id=passkey_id, actor=acting(), now=edge.now())
    return redirect(url_for("accounts.passkeys_page", done="removed"), 303)


leads_on(blueprint, "/desk/passkeys/<passkey_id>/remove", "accounts.passkeys_page")


def options_for_sign_in() -> str:
    """What the script asks the browser with, as JSON. It names no person and no passkey."""
    challenge = passkeys.new_challenge(edge.keys(), purpose=passkeys.SIGN_IN, now=edge.now())
    return json.dumps(
        {"challenge": passkeys.written(challenge), "rpId": passkeys.party_of(edge.settings().origin)}
    )


def _page(form: PasskeyForm) -> str:
    found = passkeys_of(edge.reader(), current().person.id)
    return render_template(
        "accounts/passkeys.html",
        form=form,
        remove_form=RemovePasskeyForm(formdata=None),
        passkeys=found,
        options=_options_for_adding([one.credential_id for one in found]),
        fresh=is_fresh(current(), edge.now()),
        done=request.args.get("done", ""),
    )


def _options_for_adding(known: list[bytes]) -> str:
    person, origin = current().person, edge.settings().origin
    challenge = passkeys.new_challenge(edge.keys(), purpose=passkeys.registering(current().ref), now=edge.now())
    said: dict[str, Any] = {
        "challenge": passkeys.written(challenge),
        "rp": {"id": passkeys.party_of(origin), "name": edge.settings().publisher},
        "user": {
            "id": passkeys.written(person.id.encode()),
            "name": person.address,
            "displayName": person.name,
        },
        "pubKeyCredParams": [{"type": "public-key", "alg": alg} for alg in (-8, -7, -257)],
        "excludeCredentials": [{"type": "public-key", "id": passkeys.written(one)} for one in known],
        "authenticatorSelection": {"residentKey": "required", "userVerification": "preferred"},
        "attestation": "none",
    }
    return json.dumps(said)
