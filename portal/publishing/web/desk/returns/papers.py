"""The evidence beside a value."""

from __future__ import annotations

import io

from flask import Response, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from portal.accounts.web.guard import SIGNED_IN, acting, desk, leads_on
from portal.foundation.errors import Conflict, Invalid
from portal.publishing.services import evidence
from portal.publishing.web.desk.base import desk_pages
from portal.publishing.web.desk.collecting_forms import EntryForm, FileForm
from portal.publishing.web.desk.returns.own import ENTER, require_own, value_of
from portal.publishing.web.desk.returns.values import show_value
from portal.web import edge
from portal.web.words import say


@desk_pages.post("/returns/<slug>/<body>/<indicator>/evidence")
@desk(ENTER)
def add_evidence(slug: str, body: str, indicator: str) -> ResponseReturnValue:
    require_own(body)
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
    shown = EntryForm.showing(value_of(slug, body, indicator))
    return show_value(slug, body, indicator, shown, file=form), 422


leads_on(desk_pages, "/returns/<slug>/<body>/<indicator>/evidence", "publishing_desk.value_page")


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
