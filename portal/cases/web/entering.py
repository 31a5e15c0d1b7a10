"""Reports that came by letter, telephone or in person: an officer enters them and hands the seven words over.

The pages ask what the reporter's own ask, file the same case, and keep what is typed in a draft of the same kind.
It lies under a secret made of the officer's session: nobody else opens it, nor they in another session. It stays
the same while the secret in their cookie is replaced.
"""

from dataclasses import replace
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.web.guard import current, desk
from portal.cases.errors import OwnConnection, ReportingClosed, TooFewKeepers
from portal.cases.permissions import CasesPermission
from portal.cases.services import drafts, entering, holders, identities
from portal.cases.values import MOST_PARTS, QUESTIONS, Channel, Draft, HolderKind, Matter, Subject
from portal.cases.web import parts, subjects, uploads
from portal.cases.web.desk import officer
from portal.cases.web.forms.entering import CHANNELS, EnterCheckForm, EnterFiguresForm, EnterFilesForm, EnterForm
from portal.cases.web.forms.questions import said
from portal.cases.web.forms.report import MATTERS
from portal.foundation.crypto import hkdf
from portal.foundation.errors import PortalError
from portal.foundation.i18n import N_
from portal.web import edge
from portal.web.forms import PortalForm
from portal.web.wording import gettext as _
from portal.web.words import say

_NO_KEEPERS = N_("Their name cannot be sealed safely: too few people may open it. Take it out.")

blueprint = Blueprint("case_entry", __name__, url_prefix=uploads.ENTERING)


@blueprint.route("", methods=["GET", "POST"])
@desk(CasesPermission.INTAKE)
def enter() -> ResponseReturnValue:
    """What they say: saved, it leads to what else it is about, to files, or to the summary.

    Who chooses another kind sees its questions before going on.
    """
    draft = _draft() or Draft(id="", subject=Subject())
    form = EnterForm(data=_shown(draft))
    outside, choosing = _fit(form, draft)
    shown: dict[str, Any] = {"outside": outside, "choosing": choosing}
    if form.validate_on_submit():
        answers = _answers(form, draft, choosing)
        refused, kind = _wrong_with(form, answers), answers["matter"]
        if refused is not None:
            return _page("enter", draft, form, status=refused.status, kind=kind, changed=False, **shown)
        _keep(**answers)
        if request.form.get("asked", kind) == kind or not QUESTIONS[kind]:
            then = request.form.get("then", "")
            return _to(then if then in ("about", "files") else "check")
        return _page("enter", replace(draft, **answers), form, status=200, kind=kind, changed=True, **shown)
    kind = draft.meant if form.errors.get("matter") else form.chosen() or draft.meant
    return _page("enter", draft, form, kind=kind, changed=False, **shown)


@blueprint.route("/about", methods=["GET", "POST"])
@desk(CasesPermission.INTAKE)
def about() -> ResponseReturnValue:
    """Figures and bodies are searched for, added, and taken out again."""
    draft = _draft()
    if draft is None:
        return _to("enter")
    form = EnterFiguresForm()
    found = parts.offer_figures(form)
    names = [subjects.named(one) for one in draft.subject.parts]
    shown: dict[str, Any] = {"found": found, "most": MOST_PARTS, "names": names, "searched": False}
    if not form.validate_on_submit():
        return _page("about", draft, form, **shown)
    then = request.form.get("then", "")
    if then == "search":
        return _page("about", draft, form, status=200, **shown | {"searched": True})
    if then == "on":
        return _to("check")
    subject = parts.changed(draft.subject, form.chosen.data or (), request.form.get("remove", ""))
    refused = _connected(form, subject)
    if refused is not None:
        return _page("about", draft, form, status=refused.status, **shown)
    _keep(subject=subject)
    return _to("about")


@blueprint.route("/files", methods=["GET", "POST"])
@desk(CasesPermission.INTAKE)
def files() -> ResponseReturnValue:
    draft = _draft()
    if draft is None:
        return _to("enter")
    form = EnterFilesForm()
    then = parts.take_file(form, _secret()) if form.validate_on_submit() else None
    if then is not None:
        return _to("files" if then == "files" else "check")
    return _page("files", draft, form, limit=edge.settings().upload_limit_mb)


@blueprint.route("/check", methods=["GET", "POST"])
@desk(CasesPermission.INTAKE)
def check() -> ResponseReturnValue:
    """All answers; sent, the page with the words, which is never shown again."""
    form, status, draft = EnterCheckForm(), 200, _draft()
    if form.validate_on_submit():
        try:
            code = entering.enter(
                edge.session(),
                secret=_secret(),
                submission=form.submission_id,
                officer=officer(),
                keys=edge.keys(),
                now=edge.office_now(),
            )
            return render_template("cases/desk/entered.html", code=code, settings=edge.settings())
        except (OwnConnection, ReportingClosed, TooFewKeepers) as error:
            form.form_errors.append(_(_NO_KEEPERS) if isinstance(error, TooFewKeepers) else say(error.message))
            status = error.status
    if draft is None:
        return _to("enter")
    people = subjects.receivers(draft)
    outside = [one.name for one in people if one.holder is HolderKind.OUTSIDE]
    bodies = dict(subjects.body_choices()) if draft.bodies else {}
    more: dict[str, Any] = {
        "outside": outside,
        "inside": len(people) - len(outside),
        "bodies": bodies,
        "said": said(draft.details),
    }
    return _page("check", draft, form, status=None if status == 200 else status, **more)


@blueprint.post("/leave")
@desk(CasesPermission.INTAKE)
def leave() -> ResponseReturnValue:
    """Stop: what was typed is forgotten."""
    drafts.discard(edge.session(), secret=_secret(), now=edge.office_now())
    return redirect(url_for("cases.queue"), 303)


@blueprint.errorhandler(413)
def too_large(_error: Exception) -> ResponseReturnValue:
    uploads.drain(request)
    return render_template("cases/desk/entry_too_large.html", limit=edge.settings().upload_limit_mb), 413


def _fit(form: EnterForm, draft: Draft) -> tuple[str | None, bool]:
    """Leave out what cannot be asked; who the outside recipient is, and whether a body is chosen on this page."""
    outside = holders.outside_recipient(edge.reader(), settings=edge.settings())
    choosing = draft.subject.indicator is None and draft.subject.service is None
    form.offer(subjects.body_choices())
    if not choosing:
        del form.body
    if outside is None:
        del form.outside_only
    everybody = holders.candidates(
        edge.reader(),
        permission=CasesPermission.INTAKE,
        scopes=(),
        settings=edge.settings(),
        now=edge.office_now(),
    )
    if not draft.identity and not identities.can_be_kept(edge.reader(), everybody):
        del form.identity
    return outside, choosing


def _shown(draft: Draft) -> dict[str, Any]:
    return {
        "channel": draft.channel.value,
        "body": draft.subject.body or "",
        "matter": draft.matter.value if draft.matter else None,
        "what": draft.what,
        "how": draft.how,
        "names": draft.names,
        "bodies": list(draft.bodies),
        "outside_only": draft.outside_only,
        "identity": draft.identity,
        "wrongs": draft.details.wrongs,
        **{question.value: text for question, text in draft.details.said},
    }


def _answers(form: EnterForm, draft: Draft, choosing: bool) -> dict[str, Any]:
    known = {code for code, _name in subjects.body_choices()}
    subject = draft.subject
    if choosing:
        chosen = subjects.about_body(form.body.data)
        subject = Subject.of([chosen, *subject.more]) if subject.more else chosen
    return {
        "channel": Channel(form.channel.data),
        "subject": subject,
        "matter": Matter(form.matter.data),
        "details": form.details(draft.details, request.form),
        "what": form.what.data or "",
        "how": form.how.data or "",
        "names": form.names.data or "",
        "bodies": tuple(code for code in form.bodies.data or () if code in known),
        "outside_only": bool(form.outside_only and form.outside_only.data),
        "identity": (form.identity.data or "").strip() if form.identity else "",
    }


def _wrong_with(form: EnterForm, answers: dict[str, Any]) -> PortalError | None:
    """What stands in the way of these answers; the form then says it."""
    draft = Draft(id="", **answers)
    if draft.identity and not identities.can_be_kept(edge.reader(), subjects.receivers(draft)):
        form.refuse("identity", _NO_KEEPERS)
        return TooFewKeepers()
    return _connected(form, draft.subject)


def _connected(form: PortalForm, subject: Subject) -> PortalError | None:
    try:
        entering.require_unconnected(edge.reader(), subject, officer=officer(), now=edge.office_now())
    except OwnConnection as error:
        form.form_errors.append(say(error.message))
        return error
    return None


def _secret() -> str:
    """Of the draft: it follows from the session's own key. The cookie's secret opens that, but does not last."""
    return hkdf(current().key, "gongping entered report 1").hex()


def _draft() -> Draft | None:
    return drafts.find(edge.reader(), secret=_secret(), now=edge.office_now())


def _keep(**answers: Any) -> None:
    drafts.write_down(edge.session(), secret=_secret(), settings=edge.settings(), now=edge.office_now(), **answers)


def _page(
    name: str, draft: Draft, form: PortalForm, status: int | None = None, **more: Any
) -> ResponseReturnValue:
    page = render_template(
        f"cases/desk/{'enter' if name == 'enter' else f'entry_{name}'}.html",
        form=form,
        draft=draft,
        about=subjects.describe(draft.subject),
        channels=CHANNELS,
        matters=MATTERS,
        **more,
    )
    return page, status or (422 if form.is_submitted() else 200)


def _to(step: str) -> ResponseReturnValue:
    return redirect(url_for(f"case_entry.{step}"), 303)
