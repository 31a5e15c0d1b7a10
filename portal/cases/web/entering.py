"""Reports that came by letter, telephone or in person: an officer enters them and hands the seven words over."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.accounts.web.guard import desk
from portal.cases.errors import OwnConnection, ReportingClosed
from portal.cases.permissions import CasesPermission
from portal.cases.services import intake
from portal.cases.values import Channel, Draft, Matter
from portal.cases.web import subjects
from portal.cases.web.desk import officer
from portal.cases.web.forms.entering import EnterForm
from portal.web import edge
from portal.web.words import say

blueprint = Blueprint("case_entry", __name__, url_prefix="/desk/cases/enter")


@blueprint.route("", methods=["GET", "POST"])
@desk(CasesPermission.INTAKE)
def enter() -> ResponseReturnValue:
    """The form; sent, the page with the words, which is never shown again."""
    form, status = EnterForm(), 200
    form.offer(subjects.body_choices())
    if form.validate_on_submit():
        try:
            code = intake.enter(
                edge.session(),
                draft=_draft(form),
                channel=Channel(form.channel.data),
                submission=form.submission_id,
                officer=officer(),
                keys=edge.keys(),
                now=edge.now(),
            )
            return render_template("cases/desk/entered.html", code=code, settings=edge.settings())
        except (OwnConnection, ReportingClosed) as error:
            form.form_errors.append(say(error.message))
            status = error.status
    elif form.is_submitted():
        status = 422
    return render_template("cases/desk/enter.html", form=form), status


def _draft(form: EnterForm) -> Draft:
    return Draft(
        id="",
        subject=subjects.about_body(form.body.data),
        matter=Matter(form.matter.data),
        what=form.what.data or "",
        how=form.how.data or "",
        names=form.names.data or "",
    )
