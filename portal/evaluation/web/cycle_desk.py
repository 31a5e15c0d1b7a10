"""A cycle on the desk: its matrix, its bodies, its evaluators, and changing weights by two people."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from portal.accounts.queries import people_with
from portal.accounts.web.guard import acting, desk, leads_on
from portal.duties.queries import find_waiting
from portal.evaluation import queries, services
from portal.evaluation.errors import BadWeights, CycleClosed, NotInGroup
from portal.evaluation.permissions import EvaluationPermission
from portal.evaluation.values import Cycle, Group
from portal.evaluation.web.forms import MemberForm, SignForm, weights_form
from portal.evaluation.web.reading import read_indicators, read_method
from portal.foundation.i18n import N_
from portal.registry.queries import list_bodies
from portal.web import edge
from portal.web.words import name

blueprint = Blueprint("evaluation_cycle_desk", __name__)


@blueprint.get("/desk/evaluation/<code>")
@desk(EvaluationPermission.READ)
def cycle(code: str) -> ResponseReturnValue:
    return _page(queries.get_cycle(edge.session(), code), SignForm())


@blueprint.route("/desk/evaluation/<code>/weights", methods=["GET", "POST"])
@desk(EvaluationPermission.MANAGE)
def weights(code: str) -> ResponseReturnValue:
    found = queries.get_cycle(edge.session(), code)
    names = _bodies()
    form = weights_form(found.method, [(body, name(names[body])) for body in found.bodies])
    if form.validate_on_submit():
        try:
            services.propose_weights(
                edge.session(),
                cycle=code,
                method=read_method(form, found.method),
                indicators=read_indicators(form, found.bodies),
                reason=form.reason.data or "",
                actor=acting(),
                now=edge.now(),
            )
        except BadWeights as error:
            form.take(error)
        else:
            return redirect(url_for(".cycle", code=code), 303)
    page = render_template("evaluation/desk/weights.html", form=form, cycle=found)
    return page, 422 if form.is_submitted() else 200


@blueprint.post("/desk/evaluation/<code>/weights/sign")
@desk(EvaluationPermission.APPROVE)
def sign_weights(code: str) -> ResponseReturnValue:
    """Approve or decline the weights that wait; the button says which."""
    found, form = queries.get_cycle(edge.session(), code), SignForm()
    waiting = find_waiting(edge.session(), kind=services.WEIGHTS, subject=f"cycle:{code}")
    if not form.validate_on_submit():
        return _page(found, form), 422
    if waiting is None:
        raise CycleClosed(N_("No weights wait for a second signature any more."))
    act = services.approve_weights if request.form.get("act") == "approve" else services.decline_weights
    act(edge.session(), proposal_id=waiting.id, actor=acting(), now=edge.now())
    return redirect(url_for(".cycle", code=code), 303)


leads_on(blueprint, "/desk/evaluation/<code>/weights/sign", "evaluation_cycle_desk.cycle")


@blueprint.route("/desk/evaluation/<code>/members", methods=["GET", "POST"])
@desk(EvaluationPermission.MANAGE)
def appoint(code: str) -> ResponseReturnValue:
    found, form, names = queries.get_cycle(edge.session(), code), MemberForm(), _bodies()
    people = people_with(edge.session(), EvaluationPermission.MARK)
    form.person.choices = [SelectChoice(person.id, person.name) for person in people]
    form.body.choices = [SelectChoice("", ""), *(SelectChoice(body, name(names[body])) for body in found.bodies)]
    if form.validate_on_submit():
        try:
            services.appoint_member(
                edge.session(),
                person_id=form.person.data,
                group=Group(form.group.data),
                body=form.body.data or None,
                actor=acting(),
                now=edge.now(),
            )
        except NotInGroup as error:
            form.refuse("body", error.message)
        else:
            return redirect(url_for(".cycle", code=code), 303)
    page = render_template("evaluation/desk/members.html", form=form, cycle=found)
    return page, 422 if form.is_submitted() else 200


@blueprint.post("/desk/evaluation/<code>/members/dismiss")
@desk(EvaluationPermission.MANAGE)
def dismiss(code: str) -> ResponseReturnValue:
    """End the membership the pressed button names."""
    found, form = queries.get_cycle(edge.session(), code), SignForm()
    if not form.validate_on_submit():
        return _page(found, form), 422
    asked = (request.form.get("person", ""), request.form.get("group", ""), request.form.get("body") or None)
    for one in queries.members(edge.session()):
        if (one.person_id, one.group.value, one.body) == asked:
            services.dismiss_member(
                edge.session(),
                person_id=one.person_id,
                group=one.group,
                body=one.body,
                actor=acting(),
                now=edge.now(),
            )
    return redirect(url_for(".cycle", code=code), 303)


leads_on(blueprint, "/desk/evaluation/<code>/members/dismiss", "evaluation_cycle_desk.cycle")


def _page(cycle: Cycle, form: SignForm) -> str:
    session, actor = edge.session(), acting()
    names = {person.id: person.name for person in people_with(session, EvaluationPermission.MARK)}
    return render_template(
        "evaluation/desk/cycle.html",
        cycle=cycle,
        form=form,
        bodies=_bodies(),
        states={body: queries.object_state(session, cycle.code, body) for body in cycle.bodies},
        members=[one for one in queries.members(session) if one.body is None or one.body in cycle.bodies],
        people=names,
        waiting=find_waiting(session, kind=services.WEIGHTS, subject=f"cycle:{cycle.code}"),
        actor_id=actor.person_id,
        manages=actor.may(EvaluationPermission.MANAGE),
        approves=actor.may(EvaluationPermission.APPROVE),
    )


def _bodies() -> dict[str, dict[str, str]]:
    return {body.code: dict(body.names) for body in list_bodies(edge.session())}
