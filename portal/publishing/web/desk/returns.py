"""A body at its own desk: its returns, each value, the spreadsheet, and the second person's signature."""

from __future__ import annotations

import io

from flask import Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from portal.accounts.queries import employers_of
from portal.accounts.web.guard import SIGNED_IN, acting, desk
from portal.duties.queries import find_waiting
from portal.foundation.errors import Conflict, Forbidden, Invalid, NotFound
from portal.foundation.faults import ImportRefused
from portal.foundation.grids import read_grid
from portal.foundation.i18n import N_, pick
from portal.foundation.marked import Words, marked_workbook, marks_of
from portal.foundation.tables import parse_table
from portal.publishing.collecting import ReturnState, Value, ValueState
from portal.publishing.permissions import PublishingPermission
from portal.publishing.queries import rounds as queries
from portal.publishing.services import evidence, returns
from portal.publishing.services.standards import with_warnings
from portal.publishing.sheets import COLUMNS, Named, read_sheet, sheet_csv, sheet_xlsx
from portal.publishing.web.desk.base import desk_pages
from portal.publishing.web.desk.collecting_forms import AnswerForm, EntryForm, FileForm, SheetForm, SignForm
from portal.publishing.web.desk.rounds import value_facts
from portal.registry import queries as registry
from portal.web import edge
from portal.web.words import say

ENTER = PublishingPermission.ENTER_VALUES
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@desk_pages.get("/returns")
@desk(ENTER)
def returns_page() -> ResponseReturnValue:
    session = edge.session()
    bodies = employers_of(session, person_id=acting().person_id, at=edge.now())
    return render_template(
        "publishing/desk/returns.html",
        returns=queries.returns_of_bodies(session, bodies),
        rounds={one.slug: one for one in queries.list_rounds(session)},
        bodies={one.code: one.names for one in registry.list_bodies(session) if one.code in bodies},
    )


@desk_pages.route("/returns/<slug>/<body>", methods=["GET", "POST"])
@desk(ENTER)
def return_page(slug: str, body: str) -> ResponseReturnValue:
    _require_own(body)
    form = SignForm()
    if form.validate_on_submit():
        try:
            _act(slug, body, form)
            return redirect(url_for("publishing_desk.return_page", slug=slug, body=body), 303)
        except (Conflict, Forbidden) as error:
            form.form_errors.append(say(error.message))
    return _return(slug, body, form), 422 if form.is_submitted() else 200


@desk_pages.route("/returns/<slug>/<body>/<indicator>", methods=["GET", "POST"])
@desk(ENTER)
def value_page(slug: str, body: str, indicator: str) -> ResponseReturnValue:
    _require_own(body)
    form = EntryForm() if request.method == "POST" else EntryForm.showing(_value(slug, body, indicator))
    if form.validate_on_submit():
        try:
            entry = form.entry()
            if entry is not None:
                returns.enter_values(
                    edge.session(),
                    slug=slug,
                    body=body,
                    entries={indicator: entry},
                    actor=acting(),
                    now=edge.now(),
                )
                return redirect(_after(slug, body, indicator), 303)
        except Invalid as error:
            fields = {field.rpartition(".")[2]: words for field, words in error.fields.items()}
            form.take(Invalid(error.message, fields))
        except Conflict as error:
            form.form_errors.append(say(error.message))
    return _value_page(slug, body, indicator, form), 422 if form.is_submitted() else 200


@desk_pages.post("/returns/<slug>/<body>/<indicator>/answer")
@desk(ENTER)
def answer_value(slug: str, body: str, indicator: str) -> ResponseReturnValue:
    _require_own(body)
    form = AnswerForm()
    if form.validate_on_submit():
        try:
            returns.answer_query(
                edge.session(),
                slug=slug,
                body=body,
                indicator=indicator,
                text=form.text.data or "",
                actor=acting(),
                now=edge.now(),
            )
            return redirect(_after(slug, body, indicator), 303)
        except Invalid as error:
            form.take(error)
        except Conflict as error:
            form.form_errors.append(say(error.message))
    shown = EntryForm.showing(_value(slug, body, indicator))
    return _value_page(slug, body, indicator, shown, answer=form), 422


@desk_pages.post("/returns/<slug>/<body>/<indicator>/evidence")
@desk(ENTER)
def add_evidence(slug: str, body: str, indicator: str) -> ResponseReturnValue:
    _require_own(body)
    form = FileForm()
    if form.validate_on_submit():
        sent = form.file.data
        try:
            if request.form.get("remove"):
                evidence.remove_evidence(
                    edge.session(),
                    evidence_id=request.form["remove"],
                    var=edge.settings().var,
                    actor=acting(),
                    now=edge.now(),
                )
            else:
                named = isinstance(sent, FileStorage) and sent.filename
                evidence.add_evidence(
                    edge.session(),
                    slug=slug,
                    body=body,
                    indicator=indicator,
                    name=sent.filename if named else "",
                    data=sent.stream.read() if named else b"",
                    limit_mb=edge.settings().evidence_limit_mb,
                    var=edge.settings().var,
                    keys=edge.keys(),
                    actor=acting(),
                    now=edge.now(),
                )
            return redirect(url_for(".value_page", slug=slug, body=body, indicator=indicator), 303)
        except Invalid as error:
            form.take(error)
        except Conflict as error:
            form.form_errors.append(say(error.message))
    shown = EntryForm.showing(_value(slug, body, indicator))
    return _value_page(slug, body, indicator, shown, file=form), 422


@desk_pages.get("/evidence/<evidence_id>")
@desk(SIGNED_IN)
def evidence_file(evidence_id: str) -> Response:
    """As a download under a neutral type: nothing of it ever runs or shows under our own origin."""
    found, data = evidence.open_evidence(
        edge.reader(),
        evidence_id=evidence_id,
        var=edge.settings().var,
        keys=edge.keys(),
        actor=acting(),
        now=edge.now(),
    )
    reply = send_file(
        io.BytesIO(data),
        mimetype="application/octet-stream",
        as_attachment=True,
        download_name=found.name,
        etag=False,
    )
    reply.headers["Cache-Control"] = "no-store"
    reply.headers["X-Content-Type-Options"] = "nosniff"
    return reply


@desk_pages.get("/sheets/<slug>/<body>/return.<any(xlsx, csv):form>")
@desk(ENTER)
def sheet(slug: str, body: str, form: str) -> Response:
    """The return to be filled in, with all that is known."""
    _require_own(body)
    values, named = queries.values_of(edge.session(), slug, body), _named(body)
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
    _require_own(body)
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


def _act(slug: str, body: str, form: SignForm) -> None:
    session, who, now = edge.session(), acting(), edge.now()
    match request.form.get("act"):
        case "forward":
            returns.put_forward(
                session,
                slug=slug,
                body=body,
                reason=form.reason.data or "",
                jump_percent=edge.settings().jump_percent,
                actor=who,
                now=now,
            )
        case "sign":
            returns.sign_return(session, slug=slug, body=body, actor=who, now=now)
        case "back":
            returns.take_return_back(session, slug=slug, body=body, actor=who, now=now)
        case _:
            raise NotFound(N_("There is no such act."))


def _return(slug: str, body: str, form: SignForm) -> str:
    session = edge.session()
    found = queries.get_return(session, slug, body)
    proposed = found.state is ReturnState.PROPOSED
    values = queries.values_of(session, slug, body)
    return render_template(
        "publishing/desk/return.html",
        round=queries.get_round(session, slug),
        found=found,
        values=with_warnings(session, values, jump_percent=edge.settings().jump_percent),
        evidence=queries.evidence_counts(session, slug, body),
        body=registry.get_body(session, body),
        indicators={one.code: one for one in registry.list_indicators(session)},
        proposal=find_waiting(session, kind=returns.SIGN, subject=f"round:{slug}/{body}") if proposed else None,
        entered_by=queries.enterers_of(session, slug, body),
        form=form,
        may=PublishingPermission,
        states=ValueState,
        now=edge.now(),
    )


def _value_page(
    slug: str,
    body: str,
    indicator: str,
    form: EntryForm,
    *,
    answer: AnswerForm | None = None,
    file: FileForm | None = None,
) -> str:
    facts = value_facts(slug, body, indicator)
    found = queries.get_return(edge.session(), slug, body)
    is_open = facts["round"].is_open and found.state is not ReturnState.PROPOSED
    shown = answer or file or form
    return render_template(
        "publishing/desk/value.html",
        form=form,
        answer=answer or AnswerForm(formdata=None),
        file=file or FileForm(formdata=None),
        shown_form=shown,
        open=is_open and facts["value"].state.is_with_body,
        states=ValueState,
        limit=edge.settings().evidence_limit_mb,
        kinds=", ".join(evidence.BEGINNINGS),
        **facts,
    )


def _after(slug: str, body: str, indicator: str) -> str:
    """The next value that waits for the body when that was asked for, else the return."""
    if request.form.get("act") == "next":
        waiting = [
            one.key.indicator
            for one in queries.values_of(edge.session(), slug, body)
            if one.state in (ValueState.EMPTY, ValueState.QUERIED, ValueState.RETURNED)
        ]
        later = [code for code in waiting if code > indicator] or waiting
        if later:
            return url_for(".value_page", slug=slug, body=body, indicator=later[0])
    return url_for(".return_page", slug=slug, body=body)


def _value(slug: str, body: str, indicator: str) -> Value:
    return queries.get_value(edge.session(), slug, body, indicator)


def _named(body: str) -> Named:
    locale = edge.locale()
    indicators = registry.list_indicators(edge.session())
    return Named(
        body=pick(registry.get_body(edge.session(), body).names, locale),
        indicators={one.code: pick(one.names, locale) for one in indicators},
        units={one.code: pick(one.unit, locale) for one in indicators},
    )


def _require_own(body: str) -> None:
    returns.require_own(edge.session(), acting(), body, ENTER, now=edge.now())
