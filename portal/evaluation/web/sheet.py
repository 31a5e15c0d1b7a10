"""A body's sheet: its score as of now, opened into its evidence; proposing it and signing it."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.queries import name_of
from portal.accounts.web.guard import acting, desk, leads_on
from portal.duties.queries import find_waiting
from portal.evaluation import queries, services
from portal.evaluation.errors import CycleClosed
from portal.evaluation.permissions import EvaluationPermission
from portal.evaluation.queries import Computed
from portal.evaluation.rules.scoring import LEAST_SCORED
from portal.evaluation.values import CycleState
from portal.evaluation.web.forms import ProposeForm, SignForm
from portal.evaluation.web.public import names_in
from portal.foundation.errors import Conflict, Invalid
from portal.foundation.i18n import N_
from portal.publishing.values import FigureKey
from portal.registry.queries import get_body
from portal.web import edge

blueprint = Blueprint("evaluation_sheet", __name__)


@blueprint.get("/desk/evaluation/<cycle>/<body>")
@desk(EvaluationPermission.READ)
def sheet(cycle: str, body: str) -> ResponseReturnValue:
    return _page(queries.compute(edge.session(), cycle=cycle, body=body), SignForm())


@blueprint.route("/desk/evaluation/<cycle>/<body>/propose", methods=["GET", "POST"])
@desk(EvaluationPermission.MANAGE)
def propose(cycle: str, body: str) -> ResponseReturnValue:
    form = ProposeForm()
    computed = queries.compute(edge.session(), cycle=cycle, body=body)
    if form.validate_on_submit():
        try:
            with edge.session().begin_nested():
                services.propose_result(
                    edge.session(),
                    cycle=cycle,
                    body=body,
                    reason=form.reason.data or "",
                    actor=acting(),
                    now=edge.now(),
                )
        except (Invalid, Conflict) as error:
            form.take(error if isinstance(error, Invalid) else Invalid(error.message))
        else:
            return redirect(url_for(".sheet", cycle=cycle, body=body), 303)
    owner = get_body(edge.session(), body)
    page = render_template("evaluation/desk/propose.html", form=form, computed=computed, body=owner)
    return page, 422 if form.is_submitted() else 200


@blueprint.post("/desk/evaluation/<cycle>/<body>/sign")
@desk(EvaluationPermission.READ)
def sign(cycle: str, body: str) -> ResponseReturnValue:
    """Publish or decline the result that waits; the proposer may take it back. The button says which."""
    session, form = edge.session(), SignForm()
    if not form.validate_on_submit():
        return _page(queries.compute(session, cycle=cycle, body=body), form), 422
    waiting = find_waiting(session, kind=services.PUBLISH, subject=f"evaluation:{cycle}/{body}")
    if waiting is None:
        raise CycleClosed(N_("No result of this body waits for a second signature any more."))
    if request.form.get("act") == "publish":
        services.publish_result(session, proposal_id=waiting.id, actor=acting(), now=edge.now())
    else:
        services.decline_result(session, proposal_id=waiting.id, actor=acting(), now=edge.now())
    return redirect(url_for(".sheet", cycle=cycle, body=body), 303)


leads_on(blueprint, "/desk/evaluation/<cycle>/<body>/sign", "evaluation_sheet.sheet")


def _page(computed: Computed, form: SignForm) -> str:
    session, actor = edge.session(), acting()
    cycle, body = computed.cycle.code, computed.body
    before = [computed.previous.score.whole] if computed.previous else []
    marks = queries.marks_of(session, cycle, body)
    return render_template(
        "evaluation/desk/sheet.html",
        computed=computed,
        body=get_body(session, body),
        form=form,
        marks=marks,
        people={mark.person_id: name_of(session, mark.person_id) for mark in marks},
        named=names_in(computed.score.whole, *before, n=computed.as_of),
        waiting=find_waiting(session, kind=services.PUBLISH, subject=f"evaluation:{cycle}/{body}"),
        actor_id=actor.person_id,
        manages=actor.may(EvaluationPermission.MANAGE),
        approves=actor.may(EvaluationPermission.APPROVE),
        may_propose=_may_propose(computed),
        least=LEAST_SCORED,
        figure_key=FigureKey.parse,
        texts={},
    )


def _may_propose(computed: Computed) -> bool:
    enough = computed.score.value is not None and computed.score.scored_share >= LEAST_SCORED
    return enough and computed.is_news and computed.state is not CycleState.SCORED
