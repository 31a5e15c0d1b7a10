"""Appeals at the desk: filing one, and deciding on it by two."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.web.guard import acting, desk, leads_on
from portal.duties.queries import find_waiting
from portal.evaluation.errors import NoAppeal
from portal.evaluation.permissions import EvaluationPermission
from portal.evaluation.services import appeals as service
from portal.evaluation.services import judging
from portal.evaluation.values import AppealState, Party
from portal.evaluation.web.forms import AppealForm, JudgeForm, SignForm
from portal.foundation.errors import Conflict, Invalid, NotFound
from portal.foundation.i18n import N_
from portal.publishing.values import FigureKey
from portal.registry.queries import find_body, find_indicator
from portal.web import edge
from portal.web.forms import PortalForm
from portal.web.words import name

blueprint = Blueprint("evaluation_appeals", __name__, url_prefix="/desk/appeals")


def figure_name(figure: str) -> str:
    """Body, indicator and period in the reader's language."""
    key = FigureKey.parse(figure)
    body, indicator = find_body(edge.session(), key.body), find_indicator(edge.session(), key.indicator)
    names = (
        name(found.names) if found else code for found, code in ((body, key.body), (indicator, key.indicator))
    )
    return " · ".join([*names, key.period])


@blueprint.get("")
@desk(EvaluationPermission.APPEAL)
def listed() -> ResponseReturnValue:
    session, actor, now = edge.session(), acting(), edge.now()
    return render_template(
        "evaluation/desk/appeals.html",
        open_to=service.open_to(session, actor=actor, settings=edge.settings(), now=now),
        appeals=service.appeals_of(session, actor=actor, now=now),
        figure_name=figure_name,
    )


@blueprint.route("/file/<party>/<path:figure>", methods=["GET", "POST"])
@desk(EvaluationPermission.APPEAL)
def file(party: str, figure: str) -> ResponseReturnValue:
    open_to = service.open_to(edge.session(), actor=acting(), settings=edge.settings(), now=edge.now())
    due_on = {(one, who.value): due for one, who, due in open_to}.get((figure, party))
    if due_on is None:
        raise NotFound(N_("There is nothing here to appeal against, or the time for it is over."))
    form = AppealForm()
    if form.validate_on_submit():
        appeal_id = service.file_appeal(
            edge.session(),
            figure=figure,
            party=Party(party),
            words=form.words.data or "",
            actor=acting(),
            settings=edge.settings(),
            now=edge.now(),
        )
        return redirect(url_for(".one", appeal_id=appeal_id), 303)
    return render_template(
        "evaluation/desk/appeal_file.html",
        form=form,
        figure=figure_name(figure),
        due_on=due_on,
        party=Party(party),
    ), 422 if form.is_submitted() else 200


@blueprint.get("/<appeal_id>")
@desk(EvaluationPermission.APPEAL)
def one(appeal_id: str) -> ResponseReturnValue:
    return _page(appeal_id, JudgeForm())


@blueprint.post("/<appeal_id>/propose")
@desk(EvaluationPermission.JUDGE)
def propose(appeal_id: str) -> ResponseReturnValue:
    form = JudgeForm()
    if not form.validate_on_submit():
        return _page(appeal_id, form), 422
    try:
        with edge.session().begin_nested():
            judging.propose_decision(
                edge.session(),
                appeal_id=appeal_id,
                outcome=AppealState(form.outcome.data),
                reason=form.reason.data or "",
                actor=acting(),
                now=edge.now(),
            )
    except (Invalid, Conflict) as error:
        form.take(error if isinstance(error, Invalid) else Invalid(error.message))
        return _page(appeal_id, form), error.status
    return redirect(url_for(".one", appeal_id=appeal_id), 303)


@blueprint.post("/<appeal_id>/sign")
@desk(EvaluationPermission.JUDGE)
def sign(appeal_id: str) -> ResponseReturnValue:
    """Agree with what a colleague proposed, or not; the button says which."""
    if not SignForm().validate_on_submit():
        return _page(appeal_id, JudgeForm()), 422
    act = judging.decide if request.form.get("act") == "agree" else judging.decline_decision
    act(edge.session(), appeal_id=appeal_id, actor=acting(), now=edge.now())
    return redirect(url_for(".one", appeal_id=appeal_id), 303)


for _act in ("propose", "sign"):
    leads_on(blueprint, f"/<appeal_id>/{_act}", "evaluation_appeals.one")


def _page(appeal_id: str, form: PortalForm) -> str:
    session, actor, now = edge.session(), acting(), edge.now()
    try:
        appeal = service.get_appeal(session, appeal_id=appeal_id, actor=actor, now=now)
    except NoAppeal as error:
        raise NotFound(error.message) from None
    return render_template(
        "evaluation/desk/appeal.html",
        appeal=appeal,
        figure=figure_name(appeal.figure),
        form=form,
        sign=SignForm(),
        judges=judging.may_decide(session, appeal_id=appeal_id, actor=actor, now=now),
        waiting=find_waiting(session, kind=judging.DECISION, subject=appeal_id),
        actor_id=actor.person_id,
    )
