"""Imports at the desk: send a file, see what it would change, settle what is open, make the draft."""

from __future__ import annotations

import hashlib
import io
from typing import Any

from flask import redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.web.guard import acting, desk
from portal.foundation.errors import Conflict, Invalid, NotFound
from portal.foundation.i18n import N_
from portal.foundation.paging import Page
from portal.publishing.errors import NoSuchUpload
from portal.publishing.imports.concerns import KIND_WORDS
from portal.publishing.imports.decisions import TO_LOOK, Decisions
from portal.publishing.imports.marking import marked_sheet
from portal.publishing.imports.preview import ChangeKind
from portal.publishing.permissions import PublishingPermission
from portal.publishing.services import saved_mappings, uploads
from portal.publishing.web.desk.base import desk_pages
from portal.publishing.web.desk.forms import POINT, ConfirmForm, UploadForm
from portal.publishing.web.desk.uploading import (
    is_sheet,
    keep_file,
    keep_upload,
    look_again,
    marked_words,
    refusal_of,
    said,
)
from portal.publishing.web.public.paged import page_number
from portal.registry import queries as registry
from portal.web import edge

PAGE_SIZE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS = {
    ChangeKind.ADDED: N_("New"),
    ChangeKind.COMPLETED: N_("Completed"),
    ChangeKind.CORRECTED: N_("Changed"),
    ChangeKind.REMOVED: N_("Not in the file"),
    ChangeKind.UNCHANGED: N_("Unchanged"),
}
VALUES = {
    "target": N_("Target"),
    "actual": N_("Result"),
    "numerator": N_("Numerator"),
    "denominator": N_("Denominator"),
    "obs_status": N_("Status"),
}


@desk_pages.get("/releases/new")
@desk(PublishingPermission.PREPARE)
def upload() -> ResponseReturnValue:
    return render_template("publishing/desk/upload.html", form=_upload_form(), kept=None)


@desk_pages.post("/releases/new")
@desk(PublishingPermission.PREPARE)
def send_upload() -> ResponseReturnValue:
    form = _upload_form()
    if form.validate_on_submit():
        try:
            upload_id = keep_upload(form)
            page = "columns" if form.mapping.data == POINT else "preview_upload"
            return redirect(url_for(f"publishing_desk.{page}", upload_id=upload_id), 303)
        except Conflict as error:
            form.refuse("slug", error.message)
        except NoSuchUpload:
            form.refuse("file", N_("Choose the file of figures."))
        except Invalid as error:
            form.take(error)
    keep_file(form)
    kept = uploads.get_upload(edge.session(), form.kept.data) if form.kept.data else None
    return render_template("publishing/desk/upload.html", form=form, kept=kept), 422


@desk_pages.get("/imports/<upload_id>")
@desk(PublishingPermission.PREPARE)
def preview_upload(upload_id: str) -> ResponseReturnValue:
    return _page(upload_id, ConfirmForm())


@desk_pages.post("/imports/<upload_id>")
@desk(PublishingPermission.PREPARE)
def act_on_upload(upload_id: str) -> ResponseReturnValue:
    form = ConfirmForm()
    if not form.validate_on_submit():
        return _page(upload_id, form), 422
    match request.form.get("act"):
        case "drop":
            uploads.drop(edge.session(), upload_id)
            return redirect(url_for("publishing_desk.overview"), 303)
        case "look":
            look_again(upload_id)
            return redirect(url_for("publishing_desk.preview_upload", upload_id=upload_id), 303)
        case "confirm":
            return _confirm(upload_id, form)
    raise NotFound(N_("There is no such act."))


@desk_pages.get("/imports/<upload_id>/marked.xlsx")
@desk(PublishingPermission.PREPARE)
def marked_upload(upload_id: str) -> ResponseReturnValue:
    session = edge.reader()
    upload, data = uploads.get_upload(session, upload_id), uploads.get_data(session, upload_id)
    refusal = refusal_of(upload, data)
    if refusal is None or not is_sheet(upload, data):
        raise NotFound(N_("There is nothing to mark in this file."))
    sheet = marked_sheet(upload.file, data, upload.mapping, refusal, words=marked_words(), say=said)
    name = f"{upload.file.rsplit('.', 1)[0]}-marked.xlsx"
    return send_file(io.BytesIO(sheet), mimetype=XLSX, as_attachment=True, download_name=name)


def _confirm(upload_id: str, form: ConfirmForm) -> ResponseReturnValue:
    """The file is read and compared once more, as decided, before the writing begins."""
    reader, now = edge.reader(), edge.now()
    upload, data = uploads.get_upload(reader, upload_id), uploads.get_data(reader, upload_id)
    decided = form.decisions
    looking = Decisions(decided.cause or TO_LOOK.cause, decided.absent, decided.reason)
    try:
        looked = uploads.look(reader, upload, data, looking, now)
        if looked.planned.is_empty:
            raise Invalid(N_("Everything in this file is published already."))
        looked.review.go_through()
        slug = uploads.confirm(
            edge.session(),
            upload,
            looked,
            digest=hashlib.sha256(data).hexdigest(),
            decisions=decided,
            actor=acting(),
            now=now,
        )
        return redirect(url_for("publishing_desk.release", slug=slug), 303)
    except Conflict as error:
        form.form_errors.append(said(error.message))
    except Invalid as error:
        form.take(error)
    return _page(upload_id, form), 422


def _page(upload_id: str, form: ConfirmForm) -> str:
    session = edge.reader()
    upload = uploads.get_upload(session, upload_id)
    shown: dict[str, Any] = {"upload": upload, "form": form, "kinds": KINDS, "values": VALUES}
    if upload.against is None:
        data = uploads.get_data(session, upload_id)
        refusal, readable = refusal_of(upload, data), is_sheet(upload, data)
        return render_template("publishing/desk/faulty.html", refusal=refusal, is_sheet=readable, **shown)
    kind, body = _chosen_kind(upload.counts), request.args.get("body", "")[:80]
    _, total = uploads.list_changes(session, upload_id, kind=kind, body=body, limit=0)
    number = page_number(total, PAGE_SIZE)
    start = (number - 1) * PAGE_SIZE
    changes, _ = uploads.list_changes(session, upload_id, kind=kind, body=body, limit=PAGE_SIZE, offset=start)
    names = {one.code: one.names for one in registry.list_bodies(session)}
    return render_template(
        "publishing/desk/import.html",
        kind=kind,
        body=body,
        page=Page(changes, number, PAGE_SIZE, total),
        concerns=uploads.concerns_of_upload(session, upload_id),
        kind_words=KIND_WORDS,
        bodies=names,
        codes=uploads.bodies_changed(session, upload_id),
        indicators={one.code: one.names for one in registry.list_indicators(session)},
        is_empty=not (upload.counts["added"] + upload.counts["completed"] + upload.counts["corrected"])
        and not upload.counts["register"]
        and not upload.counts["absent"],
        **shown,
    )


def _chosen_kind(counts: Any) -> ChangeKind | None:
    """The kind asked for; without one, the first of which there is something that deserves a look."""
    asked = request.args.get("kind", "")
    if asked in set(ChangeKind):
        return ChangeKind(asked)
    first = (ChangeKind.CORRECTED, ChangeKind.REMOVED, ChangeKind.COMPLETED, ChangeKind.ADDED)
    return None if asked else next((kind for kind in first if counts[kind]), None)


def _upload_form() -> UploadForm:
    return UploadForm(saved=saved_mappings.list_mappings(edge.reader()))
