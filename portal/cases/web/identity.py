"""Who a reporter is, for one of the two who opened it: each time it is shown goes on the record of the case."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.accounts.web.guard import desk, fresh
from portal.cases import queries
from portal.cases.errors import NoSuchCase
from portal.cases.permissions import CasesPermission
from portal.cases.services import identities
from portal.cases.web.desk import id_of, officer
from portal.cases.web.forms.desk import ReadIdentityForm
from portal.web import edge

blueprint = Blueprint("case_identity", __name__, url_prefix="/desk/cases/<ref>/who")


@blueprint.route("", methods=["GET", "POST"])
@desk(CasesPermission.READ)
@fresh
def page(ref: str) -> ResponseReturnValue:
    case_id, now = id_of(ref), edge.office_now()
    found = queries.read_case(edge.reader(), case_id=case_id, officer=officer(), now=now)
    if found.identity is None or not found.identity.can_read:
        raise NoSuchCase
    form, text = ReadIdentityForm(), None
    if form.validate_on_submit():
        text = identities.read(edge.session(), case_id=case_id, officer=officer(), now=now)
    status = 422 if form.is_submitted() and text is None else 200
    return render_template("cases/desk/who.html", ref=ref, form=form, text=text), status
