"""The same values in a spreadsheet, sent back with its cells marked when something is wrong."""

from __future__ import annotations

import io

from flask import Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from portal.accounts.web.guard import acting, desk
from portal.foundation.errors import Conflict, Invalid
from portal.foundation.faults import ImportRefused
from portal.foundation.grids import read_grid
from portal.foundation.i18n import N_
from portal.foundation.marked import Words, marked_workbook, marks_of
from portal.foundation.tables import parse_table
from portal.publishing.queries import rounds as queries
from portal.publishing.services import returns
from portal.publishing.sheets import COLUMNS, read_sheet, sheet_csv, sheet_xlsx
from portal.publishing.web.desk.base import desk_pages
from portal.publishing.web.desk.collecting_forms import SheetForm
from portal.publishing.web.desk.returns.own import ENTER, named_in, require_own
from portal.registry import queries as registry
from portal.web import edge
from portal.web.wording import gettext as _
from portal.web.words import say

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@desk_pages.get("/sheets/<slug>/<body>/return.<any(xlsx, csv):form>")
@desk(ENTER)
def sheet(slug: str, body: str, form: str) -> Response:
    """The return to be filled in, with all that is known."""
    require_own(body)
    values, named = queries.values_of(edge.session(), slug, body), named_in(body)
    data = sheet_xlsx(values, named) if form == "xlsx" else sheet_csv(values, named)
    reply = send_file(
        io.BytesIO(data),
        mimetype=XLSX if form == "xlsx" else "text/csv",
        as_attachment=True,
        download_name=f"{slug}-{body}.{form}",
        etag=False,
    )
    reply.headers["Cache-Control"] = "no-store"
    return reply


@desk_pages.route("/sheets/<slug>/<body>", methods=["GET", "POST"])
@desk(ENTER)
def upload_sheet(slug: str, body: str) -> ResponseReturnValue:
    require_own(body)
    form, refusal = SheetForm(), None
    if form.validate_on_submit():
        sent = form.file.data
        try:
            if not isinstance(sent, FileStorage) or not sent.filename:
                raise Invalid(N_("Choose the spreadsheet."))
            data = sent.stream.read()
            try:
                table = parse_table(sent.filename, data)
                entries = read_sheet(table, queries.values_of(edge.session(), slug, body))
            except ImportRefused as error:
                if request.form.get("act") == "marked":
                    return _marked(sent.filename, data, error)
                raise
            if not entries:
                raise Invalid(N_("No row of this sheet is filled in."))
            returns.enter_values(
                edge.session(), slug=slug, body=body, entries=entries, actor=acting(), now=edge.now()
            )
            return redirect(url_for(".return_page", slug=slug, body=body), 303)
        except ImportRefused as error:
            refusal = error
            form.refuse("file", N_("Nothing was taken. What is wrong in the sheet is listed below."))
        except Invalid as error:
            form.refuse("file", error.message)
        except Conflict as error:
            form.form_errors.append(say(error.message))
    page = render_template(
        "publishing/desk/sheet.html",
        form=form,
        refusal=refusal,
        round=queries.get_round(edge.session(), slug),
        body=registry.get_body(edge.session(), body),
    )
    return page, 422 if form.is_submitted() else 200


def _marked(filename: str, data: bytes, refusal: ImportRefused) -> Response:
    """The same sheet with its faulty cells marked."""
    words = Words(_("What is wrong"), (_("Row"), _("Column"), _("Expected"), _("Found")))
    grid = read_grid(filename, data)
    headers = parse_header(filename, data)
    reply = send_file(
        io.BytesIO(marked_workbook(grid, marks_of(refusal.every, headers, say), words)),
        mimetype=XLSX,
        as_attachment=True,
        download_name="marked.xlsx",
        etag=False,
    )
    reply.headers["Cache-Control"] = "no-store"
    return reply


def parse_header(filename: str, data: bytes) -> tuple[str, ...]:
    """The columns of a sheet; ours when it cannot be read."""
    try:
        return tuple(parse_table(filename, data).headers)
    except ImportRefused:
        return COLUMNS
