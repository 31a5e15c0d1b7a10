"""What is masked in a case, for whoever may read it: each time it is shown goes on the record of the case."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.accounts import queries as accounts
from portal.accounts.web.guard import desk
from portal.cases import queries
from portal.cases.errors import NoSuchCase
from portal.cases.permissions import CasesPermission
from portal.cases.services import masks
from portal.cases.web.desk import id_of, officer
from portal.cases.web.forms.masking import UnmaskForm
from portal.cases.web.forms.questions import said
from portal.web import edge

blueprint = Blueprint("case_original", __name__, url_prefix="/desk/cases/<ref>/unmasked")


@blueprint.route("", methods=["GET", "POST"])
@desk(CasesPermission.READ)
def page(ref: str) -> ResponseReturnValue:
    found = queries.read_original(edge.reader(), case_id=id_of(ref), officer=officer(), now=edge.office_now())
    if not found.masking.marks:
        raise NoSuchCase
    form, shown, people, answers = UnmaskForm(), None, {}, None
    if form.validate_on_submit():
        masks.note_reading(edge.session(), case_id=found.summary.id, officer=officer(), now=edge.office_now())
        authors = {entry.author for entry in found.entries if entry.author}
        shown, people = found, {one: accounts.name_of(edge.reader(), one) for one in authors}
        answers = said(found.report.details)
    status = 422 if form.is_submitted() and shown is None else 200
    page = render_template("cases/desk/unmasked.html", ref=ref, form=form, case=shown, people=people, said=answers)
    return page, status
