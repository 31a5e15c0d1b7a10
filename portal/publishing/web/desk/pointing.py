"""Pointing at columns: an uploaded sheet, what its columns are, and the figures that come of it."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from flask import redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.web.guard import acting, desk
from portal.foundation.errors import Conflict, Invalid
from portal.foundation.faults import ImportRefused
from portal.foundation.grids import read_grid
from portal.foundation.i18n import N_
from portal.foundation.layouts import Table, letter
from portal.foundation.tables import parse_table
from portal.publishing.imports.checked import Checked
from portal.publishing.imports.checks import check_table
from portal.publishing.imports.guessing import likely_header_rows, likely_locale
from portal.publishing.imports.mapping import Mapping as FigureMapping
from portal.publishing.imports.mapping import default_mapping
from portal.publishing.imports.pointed import Pointed, from_mapping, to_mapping
from portal.publishing.imports.reading import stated_unit, with_stated_unit
from portal.publishing.imports.writing import write_toml
from portal.publishing.permissions import PublishingPermission
from portal.publishing.services import saved_mappings, uploads
from portal.publishing.services.uploads import MOST_CELLS, UploadedFile
from portal.publishing.web.desk.base import desk_pages
from portal.publishing.web.desk.pointing_form import CHOICES, FIELD_WORDS, PointingForm, as_data
from portal.publishing.web.desk.uploading import look_again, said
from portal.registry import queries as registry
from portal.web import edge

ROWS_SHOWN = 15
ROWS_TRIED = 200
FIGURES_SHOWN = 20
COLUMNS_SHOWN = 60


@dataclass
class Sheet:
    """What is shown of a sheet: its first lines as they stand, and its headings as they are read."""

    lines: Sequence[tuple[int, Sequence[str]]]
    headers: Sequence[str]
    letters: Sequence[str]
    sheets: Sequence[str]
    table: Table | None
    unit: str | None
    refusal: ImportRefused | None = None
    checked: Checked | None = None


@desk_pages.get("/imports/<upload_id>/columns")
@desk(PublishingPermission.PREPARE)
def columns(upload_id: str) -> ResponseReturnValue:
    upload, data = _upload(upload_id)
    mapping = _proposed(upload, data)
    pointed = from_mapping(mapping, _sheet(upload, data, mapping).headers)
    form = PointingForm(formdata=None, data=as_data(pointed))
    return _page(upload, data, form, pointed, mapping)


@desk_pages.post("/imports/<upload_id>/columns")
@desk(PublishingPermission.PREPARE)
def point_at_columns(upload_id: str) -> ResponseReturnValue:
    upload, data = _upload(upload_id)
    form = PointingForm()
    pointed, mapping = Pointed(), upload.mapping
    if form.validate_on_submit():
        try:
            pointed = form.pointed
            # the headings may be others now: the unit above them is looked for where they stand
            laid = to_mapping(replace(pointed, columns={}, unit_line=False), upload.mapping)
            mapping = to_mapping(pointed, upload.mapping, _sheet(upload, data, laid).unit)
            if request.form.get("act") == "use":
                return _use(upload_id, form, mapping)
        except ValueError:
            form.refuse("header_rows", N_("Enter the numbers of the header rows, such as 1, or 3 4."))
        except Conflict as error:
            form.form_errors.append(said(error.message))
        except Invalid as error:
            form.take(error)
    wrong = bool(form.errors or form.form_errors)
    return _page(upload, data, form, pointed, mapping), 422 if wrong else 200


@desk_pages.get("/mappings")
@desk(PublishingPermission.PREPARE)
def mappings() -> ResponseReturnValue:
    session = edge.reader()
    return render_template(
        "publishing/desk/mappings.html",
        mappings=saved_mappings.list_mappings(session, every_version=True),
        bodies={one.code: one.names for one in registry.list_bodies(session)},
    )


@desk_pages.get("/mappings/<code>/<int:version>.toml")
@desk(PublishingPermission.PREPARE)
def mapping_file(code: str, version: int) -> ResponseReturnValue:
    saved = saved_mappings.get_mapping(edge.reader(), code, version)
    name = f"{saved.code}-v{saved.version}.toml"
    body = io.BytesIO(saved.toml.encode())
    return send_file(body, mimetype="application/toml", as_attachment=True, download_name=name)


def _proposed(upload: UploadedFile, data: bytes) -> FigureMapping:
    """The reading so far; while nobody pointed, with the headings where they probably stand."""
    if upload.mapping != default_mapping():
        return upload.mapping
    rows = likely_header_rows(_sheet(upload, data, upload.mapping).lines)
    found = _laid(upload.mapping, header_rows=rows)
    return _laid(found, locale=likely_locale(_sheet(upload, data, found).headers))


def _laid(mapping: FigureMapping, **layout: object) -> FigureMapping:
    return mapping.model_copy(update={"file": mapping.file.model_copy(update=layout)})


def _use(upload_id: str, form: PointingForm, mapping: FigureMapping) -> ResponseReturnValue:
    """Read the file so from now on, and keep the reading under a name when one is given."""
    look_again(upload_id, mapping)
    if form.save_name.data:
        saved_mappings.save_mapping(
            edge.session(),
            name=form.save_name.data,
            body=form.save_body.data or None,
            toml=write_toml(mapping),
            actor=acting(),
            now=edge.now(),
        )
    return redirect(url_for("publishing_desk.preview_upload", upload_id=upload_id), 303)


def _upload(upload_id: str) -> tuple[UploadedFile, bytes]:
    session = edge.reader()
    return uploads.get_upload(session, upload_id), uploads.get_data(session, upload_id)


def _page(upload: UploadedFile, data: bytes, form: PointingForm, pointed: Pointed, mapping: FigureMapping) -> str:
    sheet = _sheet(upload, data, mapping, try_it=True)
    bodies = registry.list_bodies(edge.reader())
    form.sheet.choices = [("", "–"), *((name, name) for name in sheet.sheets)]
    form.save_body.choices = [("", said(N_("Every body"))), *((one.code, one.code) for one in bodies)]
    chosen = pointed.columns or _typed()
    return render_template(
        "publishing/desk/columns.html",
        upload=upload,
        form=form,
        sheet=sheet,
        chosen=chosen,
        choices=CHOICES,
        words=FIELD_WORDS,
        figures=list(islice(sheet.checked.figures.values(), FIGURES_SHOWN)) if sheet.checked else [],
        tried=min(ROWS_TRIED, len(sheet.table.rows)) if sheet.table else 0,
        toml=write_toml(mapping),
        hidden_columns=max(0, len(sheet.headers) - COLUMNS_SHOWN),
    )


def _typed() -> Mapping[str, str]:
    """What was chosen on a page that could not be read: nothing of it is lost."""
    return {
        request.form.get(f"heading-{name.removeprefix('column-')}", ""): value
        for name, value in request.form.items()
        if name.startswith("column-")
    }


def _sheet(upload: UploadedFile, data: bytes, mapping: FigureMapping, *, try_it: bool = False) -> Sheet:
    """The first lines of the sheet, its headings, and with `try_it` the figures of its first rows."""
    form = mapping.file
    reading = {"encoding": form.encoding, "sheet": form.sheet, "most_cells": MOST_CELLS}
    try:
        grid = read_grid(upload.file, data, **reading)  # type: ignore[arg-type]
        lines = list(islice(grid.lines, max((0, *form.header_rows)) + ROWS_SHOWN))
    except ImportRefused as refusal:
        return Sheet([], [], [], [], None, None, refusal)
    shown = Sheet(lines, [], [], grid.sheets, None, None)
    try:
        # without what may hide a heading: the headings are those of the whole sheet
        table = parse_table(upload.file, data, layout=replace(form.layout, letters=True), **reading)  # type: ignore[arg-type]
        shown.table, shown.headers, shown.unit = table, table.headers[:COLUMNS_SHOWN], stated_unit(table)
        shown.letters = [letter(place) for place in range(len(shown.headers))]
        if try_it:
            few = replace(table, rows=table.rows[:ROWS_TRIED])
            shown.checked = check_table(few, with_stated_unit(table, mapping))
    except ImportRefused as refusal:
        shown.refusal = refusal
    return shown
