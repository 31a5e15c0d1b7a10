"""What the office asks a body, at the desk of the body's own people. It names no case, and says of no report."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.web.guard import acting, desk
from portal.cases.errors import KeysNotTrusted
from portal.cases.permissions import CasesPermission
from portal.cases.services import hearings
from portal.cases.services.hearings import Extract
from portal.cases.web import subjects
from portal.cases.web.forms.hearing import AnswerForm
from portal.foundation.errors import Conflict
from portal.web import edge
from portal.web.words import say

blueprint = Blueprint("asked", __name__, url_prefix="/desk/asked")


@blueprint.get("")
@desk(CasesPermission.ANSWER)
def listed() -> ResponseReturnValue:
    found = hearings.asked_of(edge.session(), actor=acting(), keys=edge.keys(), now=edge.office_now())
    names = dict(subjects.body_choices())
    return render_template("cases/desk/asked_list.html", found=found, names=names)


@blueprint.route("/<hearing_id>", methods=["GET", "POST"])
@desk(CasesPermission.ANSWER)
def one(hearing_id: str) -> ResponseReturnValue:
    """What was asked, and the answer, once. One that comes too late is shown to whoever typed it, to be copied."""
    _asked(hearing_id)
    form = AnswerForm()
    status = 422 if form.is_submitted() else 200
    if form.validate_on_submit():
        try:
            _answer(hearing_id, form)
            return redirect(url_for("asked.one", hearing_id=hearing_id), 303)
        except (Conflict, KeysNotTrusted) as error:
            form.form_errors.append(say(error.message))
            status = error.status
    asked, names = _asked(hearing_id), dict(subjects.body_choices())
    typed = [form.text.data] if form.text.data and asked.text is None else []
    return render_template("cases/desk/asked.html", asked=asked, form=form, names=names, typed=typed), status


def _asked(hearing_id: str) -> Extract:
    return hearings.get_asked(
        edge.session(), hearing_id=hearing_id, actor=acting(), keys=edge.keys(), now=edge.office_now()
    )


def _answer(hearing_id: str, form: AnswerForm) -> None:
    """Whole or not at all."""
    with edge.session().begin_nested():
        hearings.answer(
            edge.session(),
            hearing_id=hearing_id,
            text=form.text.data or "",
            actor=acting(),
            keys=edge.keys(),
            settings=edge.settings(),
            now=edge.office_now(),
        )
