"""Asking for a figure that is not here, and every request with its answer or its days."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField, TextAreaField

from portal.duties.calendar import WorkingDays
from portal.foundation.errors import Invalid
from portal.foundation.i18n import N_
from portal.foundation.paging import Page
from portal.publishing import queries
from portal.publishing.asking import PublicRequest
from portal.publishing.queries.asking import get_public_request, get_request, public_requests
from portal.publishing.services import asking
from portal.publishing.web.public.base import CSV, JSON, edition, page, pages
from portal.publishing.web.public.formats import csv_reply, json_reply
from portal.publishing.web.public.paged import page_number
from portal.publishing.web.public.shapes import note_words
from portal.web import edge, limits
from portal.web.forms import PortalForm
from portal.web.wording import lazy_gettext as _l
from portal.web.words import name

PAGE_SIZE = 30
COLUMNS = (
    *("reference", "state", "body_code", "received", "due", "answered", "working_days", "answer", "reason"),
    *("expected", "figure", "release", "text", "words", "since_edition"),
)


class AskForm(PortalForm):
    text = TextAreaField(
        _l("Which figure are you looking for?"),
        description=_l(
            "Of which body, about what, for which years. It is published as you write it: name no person."
        ),
        render_kw={"rows": 5},
    )
    body = SelectField(_l("Body, if you know it"), validate_choice=False)


class FollowForm(PortalForm):
    code = StringField(_l("Follow-up code"), render_kw={"autocomplete": "off", "spellcheck": "false"})


@page("/requests", JSON, CSV, query=("page",))
def requests_list(form: str) -> ResponseReturnValue:
    found = public_requests(edge.reader(), edition=edition().n)
    if form == CSV:
        return csv_reply(COLUMNS, (_cells(one) for one in found), name="requests")
    if form == JSON:
        return json_reply({"requests": [dict(zip(COLUMNS, _cells(one), strict=True)) for one in found]})
    number = page_number(len(found), PAGE_SIZE)
    shown = found[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    return render_template(
        "publishing/requests.html",
        shown=Page(shown, number, PAGE_SIZE, len(found)),
        days=edge.settings().request_working_days,
        **_names(shown),
    )


@page("/requests/r/<reference>", JSON)
def one_request(reference: str, form: str) -> ResponseReturnValue:
    found = get_public_request(edge.reader(), reference, edition=edition().n)
    if form == JSON:
        return json_reply(dict(zip(COLUMNS, _cells(found), strict=True)))
    return render_template("publishing/request.html", one=found, **_names([found]))


@pages.route("/requests/new", methods=["GET", "POST"])
def ask() -> ResponseReturnValue:
    form = AskForm()
    # only bodies that are published: the working register may tell of a release that is not out yet
    published = queries.list_bodies(edge.reader(), edition=edition().n)
    bodies = sorted((name(one.names), one.code) for one in published)
    form.body.choices = [("", str(_l("I do not know"))), *((code, label) for label, code in bodies)]
    if form.is_submitted():
        wait = limits.hit("request")
        if wait is not None:
            form.form_errors.append(
                str(_l("Many requests came from here. Send it again in %(n)s minutes.", n=-(-wait // 60)))
            )
            return _private(render_template("publishing/ask.html", form=form, days=_days()), 429)
    if form.validate_on_submit():
        try:
            received = asking.send_request(
                edge.session(),
                submission=form.submission_id,
                text=form.text.data or "",
                body=form.body.data or None,
                keys=edge.keys(),
                calendar=WorkingDays.of(edge.settings()),
                working_days=_days(),
                now=edge.now(),
            )
            return _private(render_template("publishing/asked.html", received=received, days=_days()), 200)
        except Invalid as error:
            form.take(error)
    status = 422 if form.is_submitted() else 200
    return _private(render_template("publishing/ask.html", form=form, days=_days()), status)


@pages.route("/requests/follow", methods=["GET", "POST"])
def follow() -> ResponseReturnValue:
    form, found = FollowForm(), None
    if form.validate_on_submit():
        if limits.check("request-code") is not None:
            form.refuse("code", N_("Too many wrong codes came from here. Try again later."))
            return _private(render_template("publishing/follow.html", form=form, found=None), 429)
        reference = asking.find_by_code(edge.reader(), code=form.code.data or "", keys=edge.keys())
        if reference is None:
            limits.hit("request-code")
            form.refuse("code", N_("No request has this code. Check it letter by letter."))
        else:
            found = get_request(edge.reader(), reference)
    status = 422 if form.is_submitted() and found is None else 200
    return _private(render_template("publishing/follow.html", form=form, found=found), status)


@pages.get("/requests/<reference>")
def old_request_address(reference: str) -> Response:
    """The short address one says on the telephone."""
    return redirect(url_for("published.one_request", reference=reference), 302)


def _private(body: str, status: int) -> Response:
    reply = make_response(body, status)
    reply.headers["Cache-Control"] = "no-store"
    return reply


def _days() -> int:
    return edge.settings().request_working_days


def _names(shown: Any) -> dict[str, Any]:
    n = edition().n
    bodies = {one.body for one in shown if one.body} | {
        one.figure.partition("/")[0] for one in shown if one.figure
    }
    indicators = {one.figure.partition("/")[2] for one in shown if one.figure}
    return {
        "bodies": queries.bodies_named(edge.reader(), bodies, edition=n),
        "indicators": queries.indicators_named(edge.reader(), indicators, edition=n),
    }


def _cells(one: PublicRequest) -> tuple[Any, ...]:
    return (
        *(one.reference, one.state.value, one.body, str(one.received), str(one.due), _day(one.answered), one.days),
        *(one.answer.value if one.answer else None, one.reason.value if one.reason else None),
        *(_day(one.expected), one.figure, one.release, note_words(one.text), note_words(one.words), one.edition),
    )


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
