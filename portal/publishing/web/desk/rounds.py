"""The office's side of a round: open it, see who hands in, ask, return, accept, and draft the release."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.queries import name_of
from portal.accounts.web.guard import acting, desk
from portal.duties.calendar import WorkingDays
from portal.foundation.errors import Conflict, Forbidden, Invalid, NotFound
from portal.foundation.i18n import N_
from portal.publishing.collecting import ValueState
from portal.publishing.permissions import PublishingPermission
from portal.publishing.queries import rounds as queries
from portal.publishing.services import checking, collected, rounds
from portal.publishing.services.imports import ReleaseFacts
from portal.publishing.services.round_facts import RoundFacts
from portal.publishing.services.standards import with_warnings
from portal.publishing.web.desk.base import desk_pages
from portal.publishing.web.desk.collecting_forms import (
    CheckForm,
    ReleaseFactsForm,
    RoundActForm,
    RoundForm,
    SignForm,
)
from portal.registry import queries as registry
from portal.registry.queries import is_code
from portal.web import edge
from portal.web.words import name

COLLECT = PublishingPermission.COLLECT


@desk_pages.get("/rounds")
@desk(COLLECT)
def rounds_page() -> ResponseReturnValue:
    return render_template("publishing/desk/rounds.html", rounds=queries.list_rounds(edge.session()))


@desk_pages.route("/rounds/new", methods=["GET", "POST"])
@desk(COLLECT)
def new_round() -> ResponseReturnValue:
    form = RoundForm()
    form.bodies.choices = [(one.code, name(one.names)) for one in registry.list_bodies(edge.session())]
    if form.validate_on_submit():
        try:
            facts = _facts(form)
            if facts is not None:
                made = rounds.open_round(
                    edge.session(), facts, calendar=_calendar(), actor=acting(), now=edge.now()
                )
                return redirect(url_for("publishing_desk.round_page", slug=made.slug), 303)
        except Invalid as error:
            form.take(error)
        except Conflict as error:
            form.refuse("slug", error.message)
    page = render_template("publishing/desk/new_round.html", form=form)
    return page, 422 if form.is_submitted() else 200


@desk_pages.route("/rounds/<slug>", methods=["GET", "POST"])
@desk(COLLECT)
def round_page(slug: str) -> ResponseReturnValue:
    form, facts = RoundActForm(), ReleaseFactsForm()
    act = request.form.get("act")
    if form.is_submitted():
        try:
            done = _draft(slug, facts) if act == "draft" else _act(slug, form, act)
            if done is not None:
                return redirect(done, 303)
        except Invalid as error:
            (facts if act == "draft" else form).take(error)
        except Conflict as error:
            (facts if act == "draft" else form).form_errors.append(str(error.message))
    found = queries.get_round(edge.session(), slug)
    page = render_template(
        "publishing/desk/round.html",
        round=found,
        returns=queries.returns_of(edge.session(), slug),
        accepted=len(queries.accepted_values(edge.session(), slug)),
        bodies={one.code: one.names for one in registry.list_bodies(edge.session())},
        form=form,
        facts=facts,
        shown_form=facts if act == "draft" else form,
        states=ValueState,
        is_due=found.due_at <= edge.now(),
    )
    return page, 422 if form.is_submitted() else 200


@desk_pages.route("/rounds/<slug>/<body>", methods=["GET", "POST"])
@desk(COLLECT)
def return_to_check(slug: str, body: str) -> ResponseReturnValue:
    form = SignForm()
    if form.validate_on_submit():
        checking.accept_rest(edge.session(), slug=slug, body=body, actor=acting(), now=edge.now())
        return redirect(url_for("publishing_desk.return_to_check", slug=slug, body=body), 303)
    values = queries.values_of(edge.session(), slug, body)
    page = render_template(
        "publishing/desk/check_return.html",
        round=queries.get_round(edge.session(), slug),
        found=queries.get_return(edge.session(), slug, body),
        values=with_warnings(edge.session(), values, jump_percent=edge.settings().jump_percent),
        evidence=queries.evidence_counts(edge.session(), slug, body),
        body=registry.get_body(edge.session(), body),
        indicators={one.code: one for one in registry.list_indicators(edge.session())},
        form=form,
        states=ValueState,
    )
    return page, 422 if form.is_submitted() else 200


@desk_pages.route("/rounds/<slug>/<body>/<indicator>", methods=["GET", "POST"])
@desk(COLLECT)
def value_to_check(slug: str, body: str, indicator: str) -> ResponseReturnValue:
    form = CheckForm()
    if form.validate_on_submit():
        try:
            if _check(slug, body, indicator, form):
                return redirect(url_for("publishing_desk.return_to_check", slug=slug, body=body), 303)
        except Invalid as error:
            form.take(error)
        except (Conflict, Forbidden) as error:
            form.form_errors.append(str(error.message))
    page = render_template(
        "publishing/desk/check_value.html", form=form, states=ValueState, **value_facts(slug, body, indicator)
    )
    return page, 422 if form.is_submitted() else 200


def value_facts(slug: str, body: str, indicator: str) -> dict[str, Any]:
    """All that is known of a value, for either side's page."""
    session = edge.session()
    value = queries.get_value(session, slug, body, indicator)
    (value,) = with_warnings(session, [value], jump_percent=edge.settings().jump_percent)
    versions = queries.handed_versions(session, slug, body, indicator)
    remarks = queries.remarks_on(session, slug, body, indicator)
    evidence = queries.evidence_for(session, slug, body, indicator)
    people = {one for version in versions for one in (version.entered_by, version.signed_by)}
    people |= {one.by for one in remarks} | {one.added_by for one in evidence}
    people |= {one for one in (value.entered_by, value.verified_by) if one}
    return {
        "round": queries.get_round(session, slug),
        "value": value,
        "versions": versions,
        "remarks": remarks,
        "evidence": evidence,
        "people": {one: name_of(session, one) for one in people},
        "body": registry.get_body(session, body),
        "indicator": registry.get_indicator(session, indicator),
    }


def _facts(form: RoundForm) -> RoundFacts | None:
    due = form.due
    try:
        targets = form.listed_targets
    except ValueError as error:
        form.refuse("targets", str(error.args[0]))
        form.refuse("targets", N_("This line is not body, indicator and target with commas between them."))
        return None
    if due is None:
        return None
    return RoundFacts(
        slug=form.slug.data or "",
        names={k: v for k, v in {"en": form.title_en.data, "zh_Hans": form.title_zh.data}.items() if v},
        period=form.period.data or "",
        due_at=due,
        bodies=form.bodies.data or [],
        indicators=form.listed_indicators,
        reminders=form.listed_reminders,
        targets=targets,
    )


def _act(slug: str, form: RoundActForm, act: str | None) -> str | None:
    """Do what was asked; where to go then, None when the form says what is wrong."""
    if not form.validate():
        return None
    session, who, now = edge.session(), acting(), edge.now()
    match act:
        case "extend":
            due = form.due
            if due is None:
                return None
            rounds.extend_round(session, slug=slug, due_at=due, calendar=_calendar(), actor=who, now=now)
        case "close":
            rounds.close_round(session, slug=slug, actor=who, now=now)
        case "cancel":
            rounds.cancel_round(session, slug=slug, actor=who, now=now)
        case _:
            raise NotFound(N_("There is no such act."))
    return url_for("publishing_desk.round_page", slug=slug)


def _draft(slug: str, form: ReleaseFactsForm) -> str | None:
    if not form.validate():
        return None
    names = {k: v for k, v in {"en": form.title_en.data, "zh_Hans": form.title_zh.data}.items() if v}
    for missing, field, words in (
        (
            not is_code(form.release.data or ""),
            "release",
            N_("Use letters A to Z, digits, hyphens and underscores only."),
        ),
        (not names, "title_en", N_("Enter a name for the release in at least one language.")),
        (not form.source.data, "source", N_("Say where the figures come from.")),
        (not form.licence.data, "licence", N_("Say under which licence the figures may be used.")),
    ):
        if missing:
            form.refuse(field, words)
    if form.errors:
        return None
    facts = ReleaseFacts(form.release.data or "", names, form.source.data or "", form.licence.data or "")
    made = collected.draft_collected(edge.session(), slug=slug, facts=facts, actor=acting(), now=edge.now())
    return url_for("publishing_desk.release", slug=made)


def _check(slug: str, body: str, indicator: str, form: CheckForm) -> bool:
    """Do what was asked of a value; False when the form says what is wrong."""
    which = {"slug": slug, "body": body, "indicator": indicator}
    session, who, now, text = edge.session(), acting(), edge.now(), form.text.data or ""
    match request.form.get("act"):
        case "accept":
            checking.accept_value(session, **which, actor=who, now=now)
        case "query":
            checking.query_value(session, **which, text=text, actor=who, now=now)
        case "return":
            checking.return_value(session, **which, text=text, actor=who, now=now)
        case "settle":
            entry = form.changed(queries.get_value(session, **which).entry)
            if entry is None:
                return False
            reason = form.reason.data or ""
            checking.settle_value(session, **which, entry=entry, reason=reason, actor=who, now=now)
        case _:
            raise NotFound(N_("There is no such act."))
    return True


def _calendar() -> WorkingDays:
    return WorkingDays.of(edge.settings())
