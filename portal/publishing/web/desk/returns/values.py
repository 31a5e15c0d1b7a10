"""One value at a time: entered, or stood by when the office asked."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.web.guard import acting, desk, leads_on
from portal.foundation.errors import Conflict, Invalid
from portal.publishing.collecting import ReturnState, ValueState
from portal.publishing.queries import rounds as queries
from portal.publishing.services import evidence, returns
from portal.publishing.web.desk.base import desk_pages
from portal.publishing.web.desk.collecting_forms import AnswerForm, EntryForm, FileForm
from portal.publishing.web.desk.returns.own import ENTER, require_own, value_of
from portal.publishing.web.desk.rounds import value_facts
from portal.web import edge
from portal.web.words import say


@desk_pages.route("/returns/<slug>/<body>/<indicator>", methods=["GET", "POST"])
@desk(ENTER)
def value_page(slug: str, body: str, indicator: str) -> ResponseReturnValue:
    require_own(body)
    form = EntryForm() if request.method == "POST" else EntryForm.showing(value_of(slug, body, indicator))
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
    return show_value(slug, body, indicator, form), 422 if form.is_submitted() else 200


@desk_pages.post("/returns/<slug>/<body>/<indicator>/answer")
@desk(ENTER)
def answer_value(slug: str, body: str, indicator: str) -> ResponseReturnValue:
    require_own(body)
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
    shown = EntryForm.showing(value_of(slug, body, indicator))
    return show_value(slug, body, indicator, shown, answer=form), 422


leads_on(desk_pages, "/returns/<slug>/<body>/<indicator>/answer", "publishing_desk.value_page")


def show_value(
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
