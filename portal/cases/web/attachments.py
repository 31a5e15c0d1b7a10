"""Attachments on the desk: a page about each, its cleaned copy, and the original. None is ever shown in a page."""

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.web.guard import desk
from portal.cases import queries
from portal.cases.errors import FileNotWhole, NoSuchCase
from portal.cases.permissions import CasesPermission
from portal.cases.services import copies
from portal.cases.values import SentFile
from portal.cases.web import uploads
from portal.cases.web.desk import id_of, officer
from portal.cases.web.forms.desk import CleanForm, OriginalForm
from portal.web import edge
from portal.web.words import say

blueprint = Blueprint("case_files", __name__, url_prefix="/desk/cases/<ref>/files/<file_id>")


@blueprint.route("", methods=["GET", "POST"])
@desk(CasesPermission.READ)
def page(ref: str, file_id: str) -> ResponseReturnValue:
    """What came of cleaning it. Sent, it makes the copy; the file is opened before anything is written."""
    case_id, now = id_of(ref), edge.office_now()
    file, made = queries.get_file(edge.reader(), case_id=case_id, file_id=file_id, officer=officer(), now=now)
    form, status = CleanForm(), 200
    if form.validate_on_submit():
        try:
            if made is None:
                copy = copies.clean(uploads.store(), file, day=now.date())
                copies.keep(edge.session(), case_id=case_id, copy=copy, officer=officer(), now=now)
            return redirect(url_for("case_files.page", ref=ref, file_id=file_id), 303)
        except FileNotWhole as error:
            form.form_errors.append(say(error.message))
            status = error.status
    elif form.is_submitted():
        status = 422
    return render_template("cases/desk/file.html", ref=ref, file=file, copy=made, form=form), status


@blueprint.get("/copy")
@desk(CasesPermission.READ)
def copy(ref: str, file_id: str) -> ResponseReturnValue:
    """The cleaned copy."""
    _, made = queries.get_file(
        edge.reader(), case_id=id_of(ref), file_id=file_id, officer=officer(), now=edge.office_now()
    )
    if made is None or made.file is None:
        raise NoSuchCase
    return _sent(made.file)


@blueprint.route("/original", methods=["GET", "POST"])
@desk(CasesPermission.HANDLE)
def original(ref: str, file_id: str) -> ResponseReturnValue:
    """The original as it was sent, bit for bit; taking it is on record."""
    case_id, now = id_of(ref), edge.office_now()
    file, _ = queries.get_file(edge.reader(), case_id=case_id, file_id=file_id, officer=officer(), now=now)
    form = OriginalForm()
    if form.validate_on_submit():
        return _sent(
            copies.take_original(edge.session(), case_id=case_id, file_id=file_id, officer=officer(), now=now)
        )
    status = 422 if form.is_submitted() else 200
    return render_template("cases/desk/original.html", ref=ref, file=file, form=form), status


def _sent(file: SentFile) -> Response:
    """Bytes to save, never to show: no browser takes them for a page, a picture or a script of ours."""
    content = uploads.store().open(file.id, key=file.key, size=file.size)
    response = Response(content, mimetype="application/octet-stream")
    response.headers.set("Content-Disposition", "attachment", filename=uploads.safe_name(file.name))
    return response
