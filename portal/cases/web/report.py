"""Reporting: one question a page, no account, no script, addresses that are the same for everybody."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.cases.errors import ReportingClosed, TooFewKeepers
from portal.cases.services import drafts, holders, identities, intake
from portal.cases.values import MOST_PARTS, QUESTIONS, Draft, HolderKind, Question, Subject
from portal.cases.web import cookies, parts, subjects, uploads
from portal.cases.web.forms.questions import said
from portal.cases.web.forms.report import MATTERS, CheckForm, FiguresForm, FilesForm, HowForm, WhatForm, WhoForm
from portal.web import edge, giving_back
from portal.web.forms import PortalForm, bind
from portal.web.words import say

TYPED = frozenset({"what", "how", "names", "identity", *Question})
"""The fields of these forms that hold words."""

blueprint = Blueprint("report", __name__, url_prefix="/report")


@blueprint.get("")
def door() -> ResponseReturnValue:
    return render_template(
        "cases/door.html",
        outside=holders.outside_recipient(edge.reader(), settings=edge.settings()),
        settings=edge.settings(),
    )


@blueprint.post("")
def start() -> ResponseReturnValue:
    """From a figure, a service or the general door. Hidden fields that name nothing published are passed over."""
    secret = drafts.start(
        edge.session(),
        subject=subjects.sent(request.form),
        secret=cookies.read(cookies.DRAFT),
        settings=edge.settings(),
        now=edge.office_now(),
    )
    return cookies.give(_to("what"), cookies.DRAFT, secret)


@blueprint.route("/what", methods=["GET", "POST"])
def what() -> ResponseReturnValue:
    """The kind, its questions, and what happened. Who chooses another kind sees its questions before going on."""
    draft = _draft()
    if draft is None:
        return _ended()
    shown = {"what": draft.what, "body": draft.subject.body or "", "matter": draft.meant.value}
    answered = {question.value: text for question, text in draft.details.said} | {"wrongs": draft.details.wrongs}
    form = WhatForm(data={**shown, **answered})
    choosing = draft.subject.indicator is None and draft.subject.service is None
    if choosing:
        form.offer(subjects.body_choices())
    else:
        del form.body
    elsewhere = request.form.get("then") == "figures"
    if form.is_kept_for_later() if elsewhere else form.validate_on_submit():
        if parts.give_code_away(form):
            return _page("what", draft, form, choosing=choosing, kind=draft.meant, asked_anew=False)
        details = form.details(draft.details, request.form)
        changes: dict[str, Any] = {"what": form.what.data, "matter": form.chosen(), "details": details}
        if choosing:
            about = subjects.about_body(form.body.data)
            changes["subject"] = Subject.of([about, *draft.subject.more]) if draft.subject.more else about
        kept = _save(changes) or draft
        if elsewhere:
            return _to("figures")
        kind = kept.meant
        if request.form.get("asked", kind) == kind or not QUESTIONS[kind]:
            return _onward("how")
        return _to("what")  # never the answer itself: a browser keeps what was typed to be able to send it again
    kind = draft.meant if form.errors.get("matter") else form.chosen() or draft.meant
    asked_anew = draft.what != "" and not form.errors and not any(answered.get(one) for one in QUESTIONS[kind])
    return _page("what", draft, form, choosing=choosing, kind=kind, asked_anew=asked_anew)


@blueprint.route("/figures", methods=["GET", "POST"])
def figures() -> ResponseReturnValue:
    """What the report is about: further figures and bodies are searched for, added, and taken out again."""
    draft = _draft()
    if draft is None:
        return _ended()
    form = FiguresForm()
    found = parts.offer_figures(form)
    names = [subjects.named(one) for one in draft.subject.parts]
    shown: dict[str, Any] = {"found": found, "most": MOST_PARTS, "names": names, "searched": False}
    if not form.validate_on_submit():
        return _page("figures", draft, form, **shown)
    then = request.form.get("then", "")
    if then == "search":
        return _page("figures", draft, form, status=200, **shown | {"searched": True})
    if then != "on":
        _keep_subject(parts.changed(draft.subject, form.chosen.data or (), request.form.get("remove", "")))
        return _to("figures")
    return _to("check" if draft.what else "what")


def _keep_subject(subject: Subject) -> None:
    _save({"subject": subject})


@blueprint.route("/how", methods=["GET", "POST"])
def how() -> ResponseReturnValue:
    draft = _draft()
    if draft is None:
        return _ended()
    form = HowForm(data={"how": draft.how})
    if form.validate_on_submit() and not parts.give_code_away(form):
        return _keep("files", {"how": form.how.data})
    return _page("how", draft, form)


@blueprint.route("/files", methods=["GET", "POST"])
def files() -> ResponseReturnValue:
    draft = _draft()
    if draft is None:
        return _ended()
    form = FilesForm()
    then = parts.take_file(form, _secret()) if form.validate_on_submit() else None
    if then is not None:
        return _to(then if then in ("files", "check") else "who")
    return _page("files", draft, form, limit=edge.settings().upload_limit_mb)


@blueprint.route("/who", methods=["GET", "POST"])
def who() -> ResponseReturnValue:
    draft = _draft()
    if draft is None:
        return _ended()
    outside = holders.outside_recipient(edge.reader(), settings=edge.settings())
    shown = {"names": draft.names, "bodies": list(draft.bodies), "outside_only": draft.outside_only}
    form = WhoForm(data=shown | {"identity": draft.identity})
    form.offer(subjects.body_choices())
    if outside is None:
        del form.outside_only
    if not draft.identity and not identities.can_be_kept(edge.reader(), subjects.receivers(draft)):
        del form.identity
    if form.validate_on_submit() and not parts.give_code_away(form):
        known = {code for code, _name in subjects.body_choices()}
        changes: dict[str, Any] = {
            "names": form.names.data,
            "bodies": tuple(code for code in form.bodies.data or () if code in known),
            "outside_only": bool(outside and form.outside_only.data),
            "identity": (form.identity.data or "").strip() if form.identity else "",
        }
        kept = identities.can_be_kept(edge.reader(), subjects.receivers(replace(draft, **changes)))
        if changes["identity"] and not kept:
            form.refuse("identity", TooFewKeepers().message.msgid)
            return _page("who", draft, form, outside=outside)
        return _keep("check", changes)
    return _page("who", draft, form, outside=outside)


@blueprint.route("/check", methods=["GET", "POST"])
def check() -> ResponseReturnValue:
    draft = _draft()
    if draft is None:
        return _ended()
    if draft.sent:
        return _to("done")
    form, shut = CheckForm(), False
    if draft.what and form.validate_on_submit():
        try:
            intake.send_by_itself(
                edge.database(),
                secret=_secret(),
                keys=edge.keys(),
                settings=edge.settings(),
                now=edge.office_now(),
            )
            return _to("done")
        except ReportingClosed:
            shut = True
        except TooFewKeepers as error:
            form.form_errors.append(say(error.message))
    people = () if shut else subjects.receivers(draft)
    outside = [one.name for one in people if one.holder is HolderKind.OUTSIDE]
    shown: dict[str, Any] = {
        "bodies": dict(subjects.body_choices()) if draft.bodies else {},
        "matters": MATTERS,
        "said": said(draft.details),
        "inside": len(people) - len(outside),
    }
    return _page("check", draft, form, is_open=bool(people) or None, outside=outside, **shown)


@blueprint.get("/done")
def done() -> ResponseReturnValue:
    draft = _draft()
    if draft is None:
        return _ended()
    if not draft.sent:
        return _to("check")
    return render_template("cases/done.html", code=draft.code, settings=edge.settings())


@blueprint.post("/leave")
def leave() -> ResponseReturnValue:
    """Stop, or leave after sending: what this browser held of the report is forgotten."""
    drafts.discard(edge.session(), secret=cookies.read(cookies.DRAFT), now=edge.office_now())
    return cookies.clear_site_data(cookies.take(_to("left"), cookies.DRAFT))


@blueprint.get("/leave")
def leave_page() -> ResponseReturnValue:
    """Where leaving failed, and its page is over: what there is of a report, or that there is none."""
    return _to("what")


@blueprint.get("/left")
def left() -> ResponseReturnValue:
    """Asks nothing of the browser: any page of anybody can have it fetched, and would sign people out."""
    return render_template("cases/left.html")


@blueprint.get("/again")
def again() -> ResponseReturnValue:
    """What was sent was far too large, or could not be answered (`web.parking`); nothing more is known of it."""
    return render_template("cases/again.html", limit=edge.settings().upload_limit_mb)


@blueprint.errorhandler(413)
def too_large(_error: Exception) -> ResponseReturnValue:
    uploads.drain(request)
    limit = edge.settings().upload_limit_mb
    return render_template("cases/too_large.html", limit=limit), 413


def _secret() -> str:
    return cookies.read(cookies.DRAFT) or ""


def _draft() -> Draft | None:
    """The draft this browser holds; its forms' tokens are good for it alone."""
    found = drafts.read(edge.database().read_alone, secret=cookies.read(cookies.DRAFT), now=edge.office_now())
    if found is None:
        return None
    bind(_secret().encode())
    setattr(edge.noted(), subjects.FOUND, found)
    return found.draft


def _keep(following: str, changes: Mapping[str, Any]) -> ResponseReturnValue:
    _save(changes)
    return _onward(following)


def _save(changes: Mapping[str, Any]) -> Draft | None:
    return drafts.save(
        edge.session(), secret=_secret(), settings=edge.settings(), now=edge.office_now(), **changes
    )


def _onward(following: str) -> Response:
    return _to("check" if request.form.get("then") == "check" else following)


def _page(
    name: str,
    draft: Draft,
    form: PortalForm,
    status: int | None = None,
    is_open: bool | None = None,
    **more: Any,
) -> ResponseReturnValue:
    """`is_open`: whether somebody would receive a report about this, for whoever knows it already."""
    if draft.sent:
        return _to("done")
    status = status or (422 if form.is_submitted() else 200)
    about = subjects.describe(draft.subject)
    shut = not (subjects.is_open(draft) if is_open is None else is_open)
    if shut and not draft.what and draft.subject.body:
        return render_template("cases/closed.html", about=about), status
    shut = shut and draft.what != ""
    page = render_template(f"cases/{name}.html", form=form, draft=draft, about=about, shut=shut, **more)
    return page, status


def _ended() -> ResponseReturnValue:
    """No draft (any more). What was typed on this page is given back, to be copied."""
    typed = giving_back.words_in(request.form.items(multi=True))
    status = 410 if typed or request.method == "POST" else 404
    return render_template("cases/ended.html", typed=typed), status


def _to(step: str) -> Response:
    return make_response(redirect(url_for(f"report.{step}"), 303))
