"""The desk: the queue of cases one was granted, a case, and each act on it on a page of its own."""

from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from portal.accounts import queries as accounts
from portal.accounts.errors import SignInIsOld
from portal.accounts.services import is_fresh
from portal.accounts.web.guard import acting, confirm_first, current, desk, private_keys
from portal.cases import queries
from portal.cases.errors import NoSuchCase, NotEligible, TooSoon, WrongState
from portal.cases.masking import masked
from portal.cases.permissions import CasesPermission
from portal.cases.rules import FEWEST_HANDLERS
from portal.cases.services import access, anchoring, answers, resealing
from portal.cases.services.access import Officer
from portal.cases.values import Asked, CaseFile, CleanedCopy, SentFile, Together, case_id_of, reference
from portal.cases.web import acts, subjects, uploads
from portal.cases.web.beginning import begin, masked_text
from portal.cases.web.forms.desk import ReplyableForm
from portal.cases.web.forms.entering import CHANNELS
from portal.cases.web.forms.mailbox import HANDLING
from portal.cases.web.forms.questions import said
from portal.cases.web.forms.report import MATTERS
from portal.cases.web.subjects import Described
from portal.foundation.errors import Conflict, Invalid, PortalError, Unavailable
from portal.web import edge
from portal.web.errors import error_response
from portal.web.forms import PortalForm
from portal.web.words import own_name, say

blueprint = Blueprint("cases", __name__, url_prefix="/desk/cases")


@blueprint.get("/cover")
@desk(CasesPermission.INTAKE)
def cover() -> ResponseReturnValue:
    """For which bodies reporting stands on too few people. Of cases it counts those alone that exist for whoever
    looks."""
    names = dict(subjects.body_choices())
    found = queries.cover(edge.reader(), bodies=names, officer=officer(), now=edge.office_now())
    facts = {"fewest": FEWEST_HANDLERS, "missed": anchoring.are_missed(edge.reader(), edge.settings())}
    return render_template("cases/desk/cover.html", cover=found, names=names, **facts)


@blueprint.get("/handling")
@desk(CasesPermission.READ)
def handling() -> ResponseReturnValue:
    """What reporters said of how they were dealt with, of the cases that exist for whoever looks."""
    found = queries.handling(edge.session(), officer=officer(), now=edge.office_now())
    return render_template("cases/desk/handling.html", found=found, levels=HANDLING)


@blueprint.get("/<ref>")
@desk(CasesPermission.READ)
def case(ref: str) -> ResponseReturnValue:
    found = _read(ref)
    end_answers(found.summary.id)
    together = _together(found)
    before = found.report.retaliation_for
    known = before and access.exists_for(edge.reader(), before, officer=officer(), now=edge.office_now())
    asked = Asked.of(request.args)
    previous, following = queries.beside(
        edge.reader(),
        case_id=found.summary.id,
        officer=officer(),
        asked=asked,
        matches=subjects.meaning_of(asked.words),
        now=edge.office_now(),
    )
    about = subjects.describe(found.summary.subject)
    authors = (entry.author for entry in found.entries)
    return render_template(
        "cases/desk/case.html",
        case=found,
        ref=ref,
        about=about,
        figures=_figures(about),
        matters=MATTERS,
        channels=CHANNELS,
        levels=HANDLING,
        said=said(found.report.details),
        asked=asked,
        previous=reference(previous) if previous else None,
        following=reference(following) if following else None,
        is_after_another=before is not None,
        retaliation_for=reference(before) if before and known else None,
        bodies=_body_names(),
        acts=acts.open_to(found, acting(), edge.reader(), together),
        too_soon=_too_soon(found),
        may_take=acting().person_id in found.export.signed_by,
        together=together,
        reference=reference,
        today=edge.office_now().date(),
        people=_names(
            (
                found.summary.assigned_to,
                found.proposed_by,
                found.extension_by,
                found.keeping.proposed_by,
                found.identity.asked_by if found.identity else None,
                found.export.asked_by,
                found.masking.asked_by,
                *(found.inspection.team if found.inspection else ()),
                *(file.by for file in found.files),
                *authors,
            )
        ),
    )


@blueprint.route("/<ref>/<name>", methods=["GET", "POST"])
@desk(CasesPermission.HANDLE)
def act(ref: str, name: str) -> ResponseReturnValue:
    found = _read(ref)
    together = _together(found)
    chosen = acts.open_to(found, acting(), edge.reader(), together).get(name)
    if chosen is None:
        raise WrongState if name in acts.ACTS and request.method == "POST" else NoSuchCase
    confirmed = name not in acts.GRAVE or is_fresh(current(), edge.now())
    if not confirmed and request.method in edge.SAFE_METHODS:
        return confirm_first()
    form = chosen.form()
    acts.offer(name, form, found, officer(), together)
    status = 200
    if form.validate_on_submit():
        refused = _try(chosen, form, found.summary.id, confirmed=confirmed)
        if refused is None:
            return redirect(_after(name, found.summary.id, ref), 303)
        status = refused.status
    elif form.is_submitted():
        status = 422
    elif isinstance(form, ReplyableForm):
        begin(form, found, request.args.get("reply", ""))
    elif name in ("hear", "letter") and request.args.get("begin") == "masked" and found.masking.marks:
        form["text"].data = masked_text(found)
    preview = _preview(found) if name == "mask-agree" else None
    asked_why = acts.asked_why(name, found)
    page = render_template(
        "cases/desk/act.html",
        form=form,
        act=chosen,
        case=found,
        ref=ref,
        name=name,
        own_name=own_name,
        preview=preview,
        preview_said=said(preview.report.details) if preview else (),
        too_soon=_too_soon(found) if name in ("decide", "correct") else "",
        files=_files_of(name, found),
        asked_body=_asked(name, found),
        asked_why=asked_why,
        people=_names([asked_why.author] if asked_why else []),
        figures=_figures(subjects.describe(found.summary.subject)) if name == "correct" else [],
        bodies=_body_names() if name in ("propose", "decide") else {},
        today=edge.office_now().date(),
        untold=[reference(one) for one in queries.untold(edge.reader(), found)] if name == "close" else [],
        begins_masked=name in ("hear", "letter") and bool(found.masking.marks),
    )
    return page, status


@blueprint.errorhandler(413)
def too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    """A file was: it comes alone, so that nothing that was typed is lost with it."""
    named = request.view_args or {}
    if named.get("name") != uploads.ATTACHING:
        return error_response(413)
    uploads.drain(request)
    ref, limit = named["ref"], edge.settings().upload_limit_mb
    return render_template("cases/desk/file_too_large.html", ref=ref, name=uploads.ATTACHING, limit=limit), 413


def end_answers(subject: str) -> None:
    """What became of this person's proposals is read by now, and waits for them no more."""
    if answers.wait(edge.reader(), subject, person_id=acting().person_id):
        with edge.portal().database.write() as session:
            answers.on_read(session, subject, person_id=acting().person_id)


def _after(name: str, case_id: str, ref: str) -> str:
    """Back to the case, or to the list when it is gone for whoever acted: who inspected loses it by closing.

    Whoever attached a file may have another.
    """
    if name == uploads.ATTACHING:
        return url_for("cases.act", ref=ref, name=name)
    leaves = name in acts.LEAVING or (
        name == "close"
        and not access.exists_for(edge.session(), case_id, officer=officer(), now=edge.office_now())
    )
    if name == "conflict":  # where it stands from now on: of the case nothing is left to see
        return url_for("accounts.connections_page")
    return url_for("cases.queue") if leaves else url_for("cases.case", ref=ref)


def _asked(name: str, case: CaseFile) -> str | None:
    """The body that is asked, or whose answer is entered, by name; where there are several the form says which."""
    if len(case.heard) > 1:
        return None
    return next((_body_names().get(code, code) for code in acts.bodies_of(name, case)), None)


def _too_soon(case: CaseFile) -> str:
    """From which day on what is next of it can be told in public; nothing, where that is today."""
    return say(TooSoon(case.too_soon_until).message) if case.too_soon_until else ""


def _figures(about: Described) -> list[tuple[Described, Described]]:
    """Each figure of the case as its reporter saw it, and as it is published now."""
    newest = subjects.as_published_now(about.subject)
    return [(then, now) for then, now in zip(about.every, newest.every, strict=True) if then.indicator]


def _body_names() -> dict[str, str]:
    return dict(subjects.body_choices())


def _preview(case: CaseFile) -> CaseFile:
    """The case as it would be read once what was proposed is masked."""
    original = queries.read_original(
        edge.reader(), case_id=case.summary.id, officer=officer(), now=edge.office_now()
    )
    return masked(original, original.masking.proposed)


def _files_of(name: str, case: CaseFile) -> list[tuple[SentFile, SentFile, CleanedCopy | None]]:
    """For the acts of masking: each file as it was sent and as readers would get it, with its copy."""
    if name not in ("mask", "mask-agree"):
        return []
    original = queries.read_original(
        edge.reader(), case_id=case.summary.id, officer=officer(), now=edge.office_now()
    )
    seen = masked(original, original.masking.proposed) if name == "mask-agree" else original
    return list(zip(original.files, seen.files, seen.copies_in_order, strict=True))


def _together(case: CaseFile) -> Together:
    return queries.together(edge.reader(), case_id=case.summary.id, officer=officer(), now=edge.office_now())


def _try(chosen: acts.DeskAct, form: PortalForm, case_id: str, *, confirmed: bool) -> PortalError | None:
    """Do it, whole or not at all. What stands in the way is shown above the form, with what was typed in it."""
    try:
        if not confirmed:
            raise SignInIsOld
        if chosen.prepare is not None:
            chosen.prepare(form, case_id, officer())
        with edge.session().begin_nested():
            chosen.run(form, case_id, officer())
    except Invalid as error:
        form.take(error)
        return error
    except (Conflict, NotEligible, SignInIsOld, Unavailable) as error:
        form.form_errors.append(say(error.message))
        return error
    return None


def officer() -> Officer:
    """Who acts, with their keys. While there is a former one, what it opens is sealed anew beside reading."""
    found = Officer(acting(), private_keys(), edge.settings())
    if found.keys.former and request.method in edge.SAFE_METHODS and "resealed" not in g:
        g.resealed = True
        changes = resealing.prepare(edge.reader(), officer=found)
        if changes:
            with edge.portal().database.write() as session:
                resealing.write(session, changes, officer=found)
    return found


def _read(ref: str) -> CaseFile:
    return queries.read_case(
        edge.reader(),
        case_id=id_of(ref),
        officer=officer(),
        now=edge.office_now(),
    )


def id_of(ref: str) -> str:
    """The id an address names. Raises NoSuchCase for anything that is not written as we write it."""
    case_id = case_id_of(ref)
    if reference(case_id) != ref:
        raise NoSuchCase
    return case_id


def _names(people: Any) -> dict[str, str]:
    return {one: accounts.name_of(edge.reader(), one) for one in people if one}
