"""Attachments on the desk: a page about each, its copy, and the original. None is ever shown in a page.

Where the case is masked, what is said here of a file and what comes down is what its readers get; what they do not
get comes to those who may read it, by an address of its own, and each time goes on the record.
"""

from collections.abc import Iterable

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.web.guard import desk
from portal.cases import queries
from portal.cases.errors import FileNotWhole, NoSuchCase
from portal.cases.permissions import CasesPermission
from portal.cases.services import copies, masks
from portal.cases.values import Attachment, CleanedCopy, Shown
from portal.cases.web import uploads
from portal.cases.web.desk import id_of, officer
from portal.cases.web.forms.desk import CleanForm, OriginalForm
from portal.cases.web.forms.masking import UnmaskForm
from portal.web import edge
from portal.web.words import say

blueprint = Blueprint("case_files", __name__, url_prefix="/desk/cases/<ref>/files/<file_id>")


@blueprint.route("", methods=["GET", "POST"])
@desk(CasesPermission.READ)
def page(ref: str, file_id: str) -> ResponseReturnValue:
    """What came of cleaning it. Sent, it makes the copy; the file is opened before anything is written."""
    found, now = _get(ref, file_id), edge.office_now()
    form, status = CleanForm(), 200
    if form.validate_on_submit():
        try:
            if not found.is_cleaned:
                sealed = found if found.file.key else _get(ref, file_id, original=True)
                copy = copies.clean(uploads.store(), sealed.file, day=now.date())
                copies.keep(edge.session(), case_id=id_of(ref), copy=copy, officer=officer(), now=now)
            return redirect(url_for("case_files.page", ref=ref, file_id=file_id), 303)
        except FileNotWhole as error:
            form.form_errors.append(say(error.message))
            status = error.status
    elif form.is_submitted():
        status = 422
    return render_template("cases/desk/file.html", ref=ref, found=found, form=form), status


@blueprint.get("/copy")
@desk(CasesPermission.READ)
def copy(ref: str, file_id: str) -> ResponseReturnValue:
    """The cleaned copy, or what readers get in its place."""
    return _sent_copy(_get(ref, file_id))


@blueprint.get("/grid")
@desk(CasesPermission.READ)
def grid(ref: str, file_id: str) -> ResponseReturnValue:
    """The same picture with a grid over it."""
    return _sent_grid(_get(ref, file_id))


@blueprint.get("/proposed")
@desk(CasesPermission.READ)
def proposed(ref: str, file_id: str) -> ResponseReturnValue:
    """What readers would get, for the second officer to look at. What would be shown whole is shown elsewhere."""
    found = queries.get_proposed_file(
        edge.reader(), case_id=id_of(ref), file_id=file_id, officer=officer(), now=edge.office_now()
    )
    if found.copy is None or found.copy.shown not in (Shown.WORDS, Shown.COVERED):
        raise NoSuchCase
    return _sent_copy(found)


@blueprint.route("/unmasked", methods=["GET", "POST"])
@desk(CasesPermission.READ)
def unmasked(ref: str, file_id: str) -> ResponseReturnValue:
    """The cleaned copy without the mask, for whoever may read what is masked; taking it is on record."""
    found, whole = _get(ref, file_id), _get(ref, file_id, original=True)
    if not found.may_unmask:
        raise NoSuchCase
    form = UnmaskForm()
    if form.validate_on_submit():
        masks.note_reading(
            edge.session(), case_id=id_of(ref), file_id=file_id, officer=officer(), now=edge.office_now()
        )
        return _sent_grid(whole) if request.form.get("as") == "grid" else _sent_copy(whole)
    status = 422 if form.is_submitted() else 200
    return render_template("cases/desk/unmasked_file.html", ref=ref, found=whole, form=form), status


@blueprint.route("/original", methods=["GET", "POST"])
@desk(CasesPermission.HANDLE)
def original(ref: str, file_id: str) -> ResponseReturnValue:
    """The original as it was sent, bit for bit; taking it is on record."""
    found = _get(ref, file_id)
    if not found.may_take_original:
        raise NoSuchCase
    form = OriginalForm()
    if form.validate_on_submit():
        file = copies.take_original(
            edge.session(), case_id=id_of(ref), file_id=file_id, officer=officer(), now=edge.office_now()
        )
        content = uploads.store().open(file.id, key=file.key, size=file.size)
        return _sent(content, file.name)
    status = 422 if form.is_submitted() else 200
    return render_template("cases/desk/original.html", ref=ref, file=found.file, form=form), status


def _get(ref: str, file_id: str, *, original: bool = False) -> Attachment:
    get = queries.get_original_file if original else queries.get_file
    return get(edge.reader(), case_id=id_of(ref), file_id=file_id, officer=officer(), now=edge.office_now())


def _sent_copy(found: Attachment) -> Response:
    copy = _there(found)
    return _sent(copies.content_of(uploads.store(), copy, found.marks), copy.file.name if copy.file else "")


def _sent_grid(found: Attachment) -> Response:
    copy = _there(found)
    if copy.file is None or not copy.is_picture:
        raise NoSuchCase
    return _sent([copies.with_grid(uploads.store(), copy)], f"grid-{copy.file.name}")


def _there(found: Attachment) -> CleanedCopy:
    if found.copy is None or found.copy.file is None:
        raise NoSuchCase
    return found.copy


def _sent(content: Iterable[bytes], name: str) -> Response:
    """Bytes to save, never to show: no browser takes them for a page, a picture or a script of ours."""
    response = Response(content, mimetype="application/octet-stream")
    response.headers.set("Content-Disposition", "attachment", filename=uploads.safe_name(name))
    return response
