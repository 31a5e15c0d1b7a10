"""Keys and who vouches for them."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.errors import FirstKeysMissed, NoSuchKey
from portal.accounts.passwords import Stretched
from portal.accounts.permissions import AccountsPermission
from portal.accounts.queries import has_former_key, key_cards, name_of
from portal.accounts.services import is_fresh, load_anchors, make_new_key, sign_key, withdraw_new_key
from portal.accounts.values import KeyCard
from portal.accounts.web.blueprint import blueprint
from portal.accounts.web.forms import CurrentPhraseForm, SignKeyForm, WithdrawKeyForm
from portal.accounts.web.guard import (
    SIGNED_IN,
    acting,
    confirm_first,
    current,
    desk,
    fresh,
    leads_on,
    private_keys,
)
from portal.accounts.web.phrase import proof_of
from portal.web import edge
from portal.web.words import say


@blueprint.get("/desk/keys")
@desk(SIGNED_IN)
def keys_page() -> ResponseReturnValue:
    return _page()


@blueprint.post("/desk/keys/<key_id>/sign")
@desk(AccountsPermission.SIGN_KEYS)
def sign_key_page(key_id: str) -> ResponseReturnValue:
    if not is_fresh(current(), edge.now()):
        return confirm_first("/desk/keys")
    form = SignKeyForm()
    if not form.validate_on_submit():
        return _page(form, key_id), 422
    sign_key(
        edge.session(),
        key_id=key_id,
        fingerprint=form.fingerprint.data or "",
        private=private_keys(),
        anchors=load_anchors(edge.settings().var),
        actor=acting(),
        now=edge.now(),
    )
    return redirect(url_for("accounts.keys_page"), 303)


leads_on(blueprint, "/desk/keys/<key_id>/sign", "accounts.keys_page")


@blueprint.route("/desk/keys/new", methods=["GET", "POST"])
@desk(SIGNED_IN)
@fresh
def new_key_page() -> ResponseReturnValue:
    form = CurrentPhraseForm()
    if not form.validate_on_submit():
        return _new_key(form, 422 if form.is_submitted() else 200)
    private_keys()  # without opened keys there would be nothing to seal anew: say so before going on
    proof = proof_of(form)
    if not isinstance(proof, Stretched):
        return _new_key(form, proof)
    try:
        make_new_key(
            edge.session(),
            opened=current(),
            stretched=proof,
            keys=edge.keys(),
            anchors=load_anchors(edge.settings().var),
            actor=acting(),
            now=edge.now(),
        )
    except FirstKeysMissed as error:
        form.form_errors.append(say(error.message))
        return _new_key(form, error.status)
    return redirect(url_for("accounts.keys_page", done="made"), 303)


@blueprint.route("/desk/keys/<key_id>/withdraw", methods=["GET", "POST"])
@desk(SIGNED_IN)
def withdraw_key_page(key_id: str) -> ResponseReturnValue:
    """Sent a second time, it says once more that the key is withdrawn."""
    form = WithdrawKeyForm()
    if form.validate_on_submit():
        private_keys()  # without opened keys there would be nothing to go on with
        withdraw_new_key(edge.session(), key_id=key_id, opened=current(), actor=acting(), now=edge.now())
        return redirect(url_for("accounts.keys_page", done="withdrawn"), 303)
    found = next((card for card in _cards() if card.key_id == key_id and card.waiting), None)
    if found is None or found.person_id != current().person.id:
        raise NoSuchKey
    page = render_template("accounts/withdraw_key.html", form=form, card=found)
    return page, 422 if form.is_submitted() else 200


def _new_key(form: CurrentPhraseForm, status: int) -> tuple[str, int]:
    waits = any(card.waiting and card.person_id == current().person.id for card in _cards())
    return render_template("accounts/new_key.html", form=form, waits=waits), status


def _cards() -> tuple[KeyCard, ...]:
    return key_cards(edge.reader(), load_anchors(edge.settings().var))


def _page(refused: SignKeyForm | None = None, refused_id: str = "") -> str:
    """One's own key; for those who vouch, also the keys of everybody else."""
    session, opened, actor = edge.reader(), current(), acting()
    cards = _cards()
    mine = [card for card in cards if card.person_id == opened.person.id]
    own = next((card for card in mine if not card.waiting), None)
    vouches = actor.may(AccountsPermission.SIGN_KEYS)
    forms = {}
    for card in cards if vouches else ():
        form = refused if card.key_id == refused_id and refused is not None else SignKeyForm(formdata=None)
        form.fingerprint.data = card.fingerprint
        forms[card.key_id] = form
    return render_template(
        "accounts/keys.html",
        own=own,
        waiting=next((card for card in mine if card.waiting), None),
        has_former=has_former_key(session, opened.person.id),
        others=[card for card in cards if vouches and card not in mine],
        forms=forms,
        refused=refused,
        may_sign=vouches and own is not None and own.trusted,
        signers={card.key_id: [name_of(session, person) for person in card.signed_by] for card in cards},
        me=opened.person.id,
        done=request.args.get("done", ""),
    )
