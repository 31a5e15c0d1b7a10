"""The queue: what exists for whoever looks, narrowed down, a page at a time; and the views they keep of it."""

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts import queries as accounts
from portal.accounts.web.guard import acting, desk
from portal.cases import queries
from portal.cases.errors import TooManyViews
from portal.cases.permissions import CasesPermission
from portal.cases.services import views as kept
from portal.cases.values import Asked, Listed, Place
from portal.cases.web import subjects
from portal.cases.web.desk import blueprint, officer
from portal.cases.web.forms.queue import DUE, LANGUAGES, STATES, WHOSE, DropForm, ViewForm
from portal.cases.web.forms.report import MATTERS
from portal.web import edge
from portal.web.words import say


@blueprint.get("")
@desk(CasesPermission.READ)
def queue() -> ResponseReturnValue:
    asked = Asked.of(request.args)
    found = _listed(asked)
    return render_template(
        "cases/desk/queue.html",
        asked=asked,
        found=found,
        cases=found.cases,
        may_enter=acting().may(CasesPermission.INTAKE),
        may_handle=acting().may(CasesPermission.HANDLE),
        today=edge.office_now().date(),
        named=subjects.names_of(one.subject for one in found.cases),
        people={
            one.assigned_to: accounts.name_of(edge.reader(), one.assigned_to)
            for one in found.cases
            if one.assigned_to
        },
        views=kept.views_of(edge.reader(), officer=officer()),
        bodies=subjects.body_choices(),
        matters=MATTERS,
        states=STATES,
        dues=DUE,
        whose=WHOSE,
        languages=LANGUAGES,
    )


@blueprint.route("/views", methods=["GET", "POST"])
@desk(CasesPermission.READ)
def views() -> ResponseReturnValue:
    """Keep what the address asks for under a name; the views kept so far."""
    asked, form, status = Asked.of(request.args), ViewForm(), 200
    if form.validate_on_submit():
        try:
            view = kept.keep_view(edge.session(), name=form.name.data or "", asked=asked, officer=officer())
            return redirect(url_for("cases.queue", **view.asked.typed), 303)
        except TooManyViews as error:
            form.form_errors.append(say(error.message))
            status = error.status
    elif form.is_submitted():
        status = 422
    found = kept.views_of(edge.reader(), officer=officer())
    return render_template("cases/desk/views.html", form=form, drop=DropForm(), asked=asked, views=found), status


@blueprint.post("/views/<view_id>")
@desk(CasesPermission.READ)
def drop_view(view_id: str) -> ResponseReturnValue:
    if DropForm().validate_on_submit():
        kept.drop_view(edge.session(), view_id=view_id, officer=officer())
    return redirect(url_for("cases.views"), 303)


def _listed(asked: Asked) -> Listed:
    later, earlier = (Place.of(request.args.get(name, "")) for name in ("after", "before"))
    return queries.queue(
        edge.session(),
        officer=officer(),
        asked=asked,
        matches=subjects.meaning_of(asked.words),
        at=later or earlier,
        backwards=later is None and earlier is not None,
        now=edge.office_now(),
    )
