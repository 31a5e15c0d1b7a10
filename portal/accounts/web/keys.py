"""Keys and who vouches for them."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.permissions import AccountsPermission
from portal.accounts.queries import key_cards, name_of
from portal.accounts.services import is_fresh, load_anchors, sign_key
from portal.accounts.web.blueprint import blueprint
from portal.accounts.web.forms import SignKeyForm
from portal.accounts.web.guard import SIGNED_IN, acting, confirm_first, current, desk, private_keys
from portal.web import edge


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


def _page(refused: SignKeyForm | None = None, refused_id: str = "") -> str:
    """One's own key; for those who vouch, also the keys of everybody else."""
    session, opened, actor = edge.reader(), current(), acting()
    cards = key_cards(session, load_anchors(edge.settings().var))
    own = next((card for card in cards if card.person_id == opened.person.id), None)
    vouches = actor.may(AccountsPermission.SIGN_KEYS)
    forms = {}
    for card in cards if vouches else ():
        form = refused if card.key_id == refused_id and refused is not None else SignKeyForm(formdata=None)
        form.fingerprint.data = card.fingerprint
        forms[card.key_id] = form
    return render_template(
        "accounts/keys.html",
        own=own,
        others=[card for card in cards if vouches and card is not own],
        forms=forms,
        refused=refused,
        may_sign=vouches and own is not None and own.trusted,
        signers={card.key_id: [name_of(session, person) for person in card.signed_by] for card in cards},
        me=opened.person.id,
    )
