"""Keys of bodies' own systems at the desk: made and shown once, listed without secrets, revoked."""

from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms.fields import SelectChoice

from portal.accounts.web.guard import acting, desk, leads_on
from portal.ratings import services
from portal.ratings.permissions import RatingsPermission
from portal.ratings.values import KEY_USE_WORDS, KeyUse
from portal.ratings.web.office_forms import OfficeKeyForm
from portal.ratings.web.services_known import find_services
from portal.web import edge
from portal.web.words import name

blueprint = Blueprint("ratings_office_keys", __name__)


@blueprint.get("/desk/office-keys")
@desk(RatingsPermission.KEEP_OFFICE_KEYS)
def office_keys() -> ResponseReturnValue:
    return _page(_form())


@blueprint.post("/desk/office-keys")
@desk(RatingsPermission.KEEP_OFFICE_KEYS)
def make() -> ResponseReturnValue:
    """The key is in this answer and nowhere else."""
    form = _form()
    if not form.validate_on_submit():
        return _page(form), 422
    key = services.make_office_key(
        edge.session(),
        body=form.body.data,
        name=form.name.data or "",
        good_for=KeyUse(form.good_for.data),
        per_day=form.per_day.data or 0,
        key_id=form.submission_id,
        actor=acting(),
        now=edge.local_now(),
    )
    return render_template("ratings/desk/office_key.html", key=key, body=_bodies()[form.body.data])


@blueprint.post("/desk/office-keys/<key_id>/revoke")
@desk(RatingsPermission.KEEP_OFFICE_KEYS)
def revoke(key_id: str) -> ResponseReturnValue:
    services.revoke_office_key(edge.session(), key_id=key_id, actor=acting(), now=edge.local_now())
    return redirect(url_for(".office_keys"), 303)


leads_on(blueprint, "/desk/office-keys/<key_id>/revoke", "ratings_office_keys.office_keys")


def _bodies() -> Mapping[str, str]:
    """The bodies that have a published service, by code."""
    return {one.body: name(one.body_names) for one in find_services()}


def _form() -> OfficeKeyForm:
    form = OfficeKeyForm()
    form.body.choices = [SelectChoice(code, words) for code, words in sorted(_bodies().items())]
    return form


def _page(form: OfficeKeyForm) -> str:
    return render_template(
        "ratings/desk/office_keys.html",
        keys=services.list_office_keys(edge.session()),
        bodies=_bodies(),
        uses=KEY_USE_WORDS,
        form=form,
    )
