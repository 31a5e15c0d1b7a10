"""Dismissing reports that were set aside together: proposing it, opening what was drawn, and signing."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import queries as accounts
from portal.accounts.web.guard import acting, desk, leads_on
from portal.cases.batches import MOST
from portal.cases.errors import NoSuchCase
from portal.cases.permissions import CasesPermission
from portal.cases.services import batches as service
from portal.cases.services.access import Officer
from portal.cases.values import Batch, Junk, case_id_of
from portal.cases.web import subjects
from portal.cases.web.desk import blueprint, end_answers, id_of, officer
from portal.cases.web.forms.batches import (
    JUNK,
    BatchForm,
    DrawnForm,
    RefuseBatchForm,
    SignBatchForm,
    TakeBackBatchForm,
)
from portal.cases.web.forms.questions import said
from portal.foundation.errors import Conflict, Unavailable
from portal.web import edge
from portal.web.forms import PortalForm
from portal.web.words import say


@blueprint.route("/batches", methods=["GET", "POST"])
@desk(CasesPermission.READ)
def list_batches() -> ResponseReturnValue:
    """What waits, and a form to propose more for whoever works on cases."""
    form, status = BatchForm(), 200
    names = dict(subjects.body_choices())
    form.offer(names)
    if form.validate_on_submit():
        try:
            return redirect(url_for("cases.batch", batch_id=_propose(form)), 303)
        except (Conflict, Unavailable) as error:
            form.form_errors.append(say(error.message))
            status = error.status
    elif form.is_submitted():
        status = 422
    found = service.waiting(edge.reader(), keys=edge.keys(), officer=officer(), now=edge.office_now())
    page = render_template(
        "cases/desk/batches.html",
        form=form,
        batches=found,
        names=names,
        junk=JUNK,
        people={one.proposed_by: accounts.name_of(edge.reader(), one.proposed_by) for one in found},
        may_propose=acting().may(CasesPermission.HANDLE),
        most=MOST,
    )
    return page, status


@blueprint.get("/batches/<batch_id>")
@desk(CasesPermission.READ)
def batch(batch_id: str) -> ResponseReturnValue:
    try:
        return _page(_get(batch_id))
    except NoSuchCase:
        return _answered(batch_id)


@blueprint.post("/batches/<batch_id>/sign")
@desk(CasesPermission.DECIDE)
def sign_batch(batch_id: str) -> ResponseReturnValue:
    found, form = _get(batch_id), SignBatchForm()
    if not form.validate_on_submit():
        return _page(found, form, status=422)
    try:
        with edge.session().begin_nested():
            service.sign(
                edge.session(), batch_id=batch_id, keys=edge.keys(), officer=officer(), now=edge.office_now()
            )
    except Conflict as error:
        form.form_errors.append(say(error.message))
        return _page(found, form, status=error.status)
    return redirect(url_for("cases.list_batches"), 303)


@blueprint.post("/batches/<batch_id>/refuse")
@desk(CasesPermission.READ)
def refuse_batch(batch_id: str) -> ResponseReturnValue:
    """Refused with a reason, or taken back by whoever proposed it."""
    found = _get(batch_id)
    own = acting().person_id == found.proposed_by
    form = TakeBackBatchForm() if own else RefuseBatchForm()
    if not form.validate_on_submit():
        return _page(found, refuse=form, status=422)
    service.refuse(
        edge.session(),
        batch_id=batch_id,
        reason="" if own else form["reason"].data or "",
        keys=edge.keys(),
        officer=officer(),
        now=edge.office_now(),
    )
    return redirect(url_for("cases.list_batches"), 303)


leads_on(blueprint, "/batches/<batch_id>/<any(sign, refuse):act>", "cases.batch")


@blueprint.route("/batches/<batch_id>/<ref>", methods=["GET", "POST"])
@desk(CasesPermission.DECIDE)
def drawn(batch_id: str, ref: str) -> ResponseReturnValue:
    """A report that was drawn, behind a button: showing it counts as opened, for whoever looks and nobody else."""
    found, case_id = _get(batch_id), id_of(ref)
    if case_id not in {one.case_id for one in found.sample}:
        raise NoSuchCase
    form, report, who = DrawnForm(), None, officer()
    if form.validate_on_submit():
        report = service.open_drawn(
            edge.session(),
            batch_id=batch_id,
            case_id=case_id,
            keys=edge.keys(),
            officer=who,
            now=edge.office_now(),
        )
    page = render_template(
        "cases/desk/drawn.html",
        form=form,
        batch=found,
        ref=ref,
        report=report,
        said=said(report.details) if report else (),
    )
    return page, 422 if form.is_submitted() and report is None else 200


def _propose(form: BatchForm) -> str:
    who: Officer = officer()
    return service.propose(
        edge.session(),
        body=form.body.data or "",
        day=form.day.data,
        like=case_id_of((form.like.data or "").strip()),
        why=Junk(form.why.data),
        keys=edge.keys(),
        officer=who,
        now=edge.office_now(),
    )


def _get(batch_id: str) -> Batch:
    return service.get(
        edge.reader(), batch_id=batch_id, keys=edge.keys(), officer=officer(), now=edge.office_now()
    )


def _answered(batch_id: str) -> ResponseReturnValue:
    """For whoever proposed it: what became of it. Raises NoSuchCase for everybody else."""
    found = service.answered(edge.reader(), batch_id=batch_id, officer=officer(), now=edge.office_now())
    end_answers(batch_id)
    return render_template(
        "cases/desk/batch_answered.html",
        batch=found,
        body=dict(subjects.body_choices()).get(found.body, found.body),
        by=accounts.name_of(edge.reader(), found.by),
        junk=JUNK,
    )


def _page(
    found: Batch, form: SignBatchForm | None = None, *, refuse: PortalForm | None = None, status: int = 200
) -> ResponseReturnValue:
    """`form` or `refuse` is the one that was sent."""
    own = acting().person_id == found.proposed_by
    page = render_template(
        "cases/desk/batch.html",
        form=form or SignBatchForm(),
        refuse=refuse or (TakeBackBatchForm() if own else RefuseBatchForm()),
        sent=refuse or form,
        batch=found,
        opened=sum(one.is_read for one in found.sample),
        body=dict(subjects.body_choices()).get(found.body, found.body),
        proposer=accounts.name_of(edge.reader(), found.proposed_by),
        junk=JUNK,
        own=own,
        may_sign=not own and acting().may(CasesPermission.DECIDE),
    )
    return page, status
