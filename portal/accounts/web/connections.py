"""One's own connections to bodies, and declaring an interest."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField

from portal.accounts.queries import connections_of, left_too_few
from portal.accounts.services import declare_interest, end_connection, load_anchors
from portal.accounts.web.blueprint import blueprint
from portal.accounts.web.forms import EndInterestForm, InterestForm
from portal.accounts.web.guard import SIGNED_IN, acting, current, desk, leads_on
from portal.foundation.errors import Conflict
from portal.foundation.i18n import N_
from portal.registry.queries import list_bodies
from portal.web import edge
from portal.web.wording import gettext as _
from portal.web.words import name


@blueprint.route("/desk/connections", methods=["GET", "POST"])
@desk(SIGNED_IN)
def connections_page() -> ResponseReturnValue:
    bodies = {body.code: name(body.names) for body in list_bodies(edge.reader())}
    form = InterestForm()
    _offer(form.body_code, bodies)
    few = None
    if form.validate_on_submit():
        few = _too_few_left(form)
    if form.is_submitted() and not form.errors and few is None:
        declare_interest(edge.session(), actor=acting(), body_code=form.body_code.data, now=edge.now())
        return redirect(url_for("accounts.connections_page"), 303)
    page = render_template(
        "accounts/connections.html",
        form=form,
        end_form=EndInterestForm(formdata=None),
        connections=connections_of(edge.reader(), current().person.id),
        bodies=bodies,
        few=few,
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.post("/desk/connections/<connection_id>/end")
@desk(SIGNED_IN)
def end_interest_page(connection_id: str) -> ResponseReturnValue:
    if not EndInterestForm().validate_on_submit():
        raise Conflict(N_("This page was open for too long, or belongs to another session. Open it again."))
    end_connection(edge.session(), connection_id=connection_id, actor=acting(), now=edge.now())
    return redirect(url_for("accounts.connections_page"), 303)


leads_on(blueprint, "/desk/connections/<connection_id>/end", "accounts.connections_page")


def _too_few_left(form: InterestForm) -> int | None:
    """How many could still receive reports about the body: where they are too few, and that was not said yet."""
    if form.sure.data:
        return None
    return left_too_few(
        edge.reader(),
        person_id=current().person.id,
        body_code=form.body_code.data,
        anchors=load_anchors(edge.settings().var),
        at=edge.now(),
    )


def _offer(field: SelectField, bodies: dict[str, str]) -> None:
    field.choices = [("", _("Choose a body")), *sorted(bodies.items(), key=lambda pair: pair[1])]
