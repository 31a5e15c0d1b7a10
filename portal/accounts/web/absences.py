"""That one is away, and who stands in."""

from typing import Any

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.errors import NoStandIn
from portal.accounts.queries import absence_of, get_person
from portal.accounts.services import come_back, say_away
from portal.accounts.values import Absence, Person
from portal.accounts.web.blueprint import blueprint
from portal.accounts.web.forms import AwayForm, BackForm
from portal.accounts.web.guard import SIGNED_IN, acting, current, desk, leads_on
from portal.foundation.errors import Conflict
from portal.foundation.i18n import N_
from portal.web import edge
from portal.web.wording import gettext as _
from portal.web.words import say


@blueprint.route("/desk/away", methods=["GET", "POST"])
@desk(SIGNED_IN)
def away_page() -> ResponseReturnValue:
    today = edge.now().astimezone(edge.settings().zone).date()
    absence = absence_of(edge.reader(), current().person.id, day=today)
    stand_in = get_person(edge.reader(), absence.stand_in) if absence and absence.stand_in else None
    form = AwayForm(data=_as_kept(absence, stand_in))
    if form.validate_on_submit() and form.until.data < today:
        form.until.errors = [_("This day is over.")]
    elif form.is_submitted() and not form.errors:
        try:
            address = form.address.data or ""
            say_away(edge.session(), actor=acting(), until=form.until.data, address=address, now=edge.now())
            return redirect(url_for("accounts.away_page"), 303)
        except NoStandIn as refused:
            form.address.errors = [say(refused.message)]
    page = render_template(
        "accounts/away.html",
        form=form,
        back_form=BackForm(formdata=None),
        absence=absence,
        stand_in=stand_in.name if stand_in else "",
    )
    return page, 422 if form.is_submitted() else 200


def _as_kept(absence: Absence | None, stand_in: Person | None) -> dict[str, Any]:
    """What stands there, to be changed."""
    return {"until": absence.until if absence else None, "address": stand_in.address if stand_in else ""}


@blueprint.post("/desk/away/back")
@desk(SIGNED_IN)
def back_page() -> ResponseReturnValue:
    if not BackForm().validate_on_submit():
        raise Conflict(N_("This page was open for too long, or belongs to another session. Open it again."))
    come_back(edge.session(), actor=acting(), now=edge.now())
    return redirect(url_for("accounts.away_page"), 303)


leads_on(blueprint, "/desk/away/back", "accounts.away_page")
