"""The register of training: one's own certificates; for whoever records them, everybody's."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from portal.accounts.errors import NotOnThatDay, OwnCertificate
from portal.accounts.permissions import AccountsPermission
from portal.accounts.queries import certificates, courses, list_people, roles_by_course
from portal.accounts.services import record_certificate, withdraw_certificate
from portal.accounts.web.blueprint import blueprint
from portal.accounts.web.forms import CertificateForm, WithdrawCertificateForm
from portal.accounts.web.guard import SIGNED_IN, acting, current, desk, leads_on
from portal.accounts.web.role_names import role_name
from portal.foundation.errors import Conflict, Invalid
from portal.foundation.i18n import N_
from portal.web import edge
from portal.web.wording import gettext as _

COURSES = {"reports": N_("Handling reports"), "evaluation": N_("Evaluating")}


@blueprint.get("/desk/training")
@desk(SIGNED_IN)
def training_page() -> ResponseReturnValue:
    return _page(_form())


@blueprint.post("/desk/training")
@desk(AccountsPermission.RECORD_TRAINING)
def record_certificate_page() -> ResponseReturnValue:
    form = _form()
    if form.validate_on_submit():
        try:
            record_certificate(
                edge.session(),
                person_id=form.person.data,
                course=form.course.data,
                issued_on=form.issued_on.data,
                actor=acting(),
                now=edge.now(),
            )
            return redirect(url_for("accounts.training_page", done="recorded"), 303)
        except (NotOnThatDay, OwnCertificate) as refused:
            form.take(Invalid(refused.message))
    return _page(form), 422


@blueprint.post("/desk/training/<certificate_id>/withdraw")
@desk(AccountsPermission.RECORD_TRAINING)
def withdraw_certificate_page(certificate_id: str) -> ResponseReturnValue:
    if not WithdrawCertificateForm().validate_on_submit():
        raise Conflict(N_("This page was open for too long, or belongs to another session. Open it again."))
    withdraw_certificate(edge.session(), certificate_id=certificate_id, actor=acting(), now=edge.now())
    return redirect(url_for("accounts.training_page", done="withdrawn"), 303)


leads_on(blueprint, "/desk/training/<certificate_id>/withdraw", "accounts.training_page")


def _form() -> CertificateForm:
    form, me = CertificateForm(), current().person.id
    people = [one for one in list_people(edge.reader()) if one.is_active and one.id != me]
    form.person.choices = [SelectChoice("", _("Choose a person")), *(SelectChoice(p.id, p.name) for p in people)]
    form.course.choices = [SelectChoice(code, _(COURSES.get(code, code))) for code in courses()]
    return form


def _page(form: CertificateForm) -> str:
    records = acting().may(AccountsPermission.RECORD_TRAINING)
    session, me = edge.reader(), current().person
    return render_template(
        "accounts/training.html",
        form=form,
        withdraw_form=WithdrawCertificateForm(formdata=None),
        records=records,
        held_back=[role_name(one) for one in me.held_back],
        own=certificates(session, me.id),
        everybody=certificates(session) if records else (),
        needed={course: [role_name(one) for one in roles] for course, roles in roles_by_course().items()},
        names={code: _(COURSES.get(code, code)) for code in courses()},
        months=courses(),
        today=edge.now().date(),
        done=request.args.get("done", ""),
    )
