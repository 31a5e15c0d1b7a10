"""The first page of the evaluation desk, one's own marks, and opening a cycle."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice

from portal.accounts.web.guard import acting, desk
from portal.evaluation import queries, services
from portal.evaluation.errors import BadCycle, BadMark, CycleExists, NoSuchCycle
from portal.evaluation.permissions import EvaluationPermission
from portal.evaluation.queries import MarkTask
from portal.evaluation.web.forms import CycleForm, MarkForm
from portal.foundation.errors import Invalid
from portal.foundation.i18n import N_, Message
from portal.registry.queries import get_body, list_bodies
from portal.web import edge
from portal.web.words import name

blueprint = Blueprint("evaluation_desk", __name__)


@blueprint.get("/desk/evaluation")
@desk(EvaluationPermission.SEE)
def first_page() -> ResponseReturnValue:
    session, actor = edge.session(), acting()
    reads = actor.may(EvaluationPermission.READ)
    return render_template(
        "evaluation/desk/first.html",
        tasks=queries.mark_tasks(session, actor.person_id) if actor.may(EvaluationPermission.MARK) else (),
        cycles=queries.list_cycles(session) if reads else (),
        reads=reads,
        manages=actor.may(EvaluationPermission.MANAGE),
        bodies={body.code: body.names for body in list_bodies(session)},
    )


@blueprint.route("/desk/evaluation/open", methods=["GET", "POST"])
@desk(EvaluationPermission.MANAGE)
def open_cycle() -> ResponseReturnValue:
    form = CycleForm()
    form.bodies.choices = [SelectChoice(body.code, name(body.names)) for body in list_bodies(edge.session())]
    if not form.validate_on_submit():
        return render_template("evaluation/desk/open.html", form=form), 422 if form.is_submitted() else 200
    try:
        with edge.session().begin_nested():
            cycle = services.open_cycle(
                edge.session(),
                code=(form.code.data or "").strip(),
                names={"en": form.name_en.data or "", "zh_Hans": form.name_zh_hans.data or ""},
                period=(form.period.data or "").strip(),
                ratings_from=(form.ratings_from.data or "").strip(),
                ratings_until=(form.ratings_until.data or "").strip(),
                bodies=form.bodies.data or [],
                actor=acting(),
                now=edge.now(),
            )
    except BadCycle as error:
        fields = {"name_en" if field == "names" else field: fault for field, fault in error.fields.items()}
        form.take(Invalid(error.message, fields))
    except CycleExists as error:
        form.refuse("code", error.message)
    else:
        return redirect(url_for("evaluation_cycle_desk.cycle", code=cycle.code), 303)
    return render_template("evaluation/desk/open.html", form=form), 422


@blueprint.route("/desk/evaluation/<cycle>/<body>/mark/<element>/<group>", methods=["GET", "POST"])
@desk(EvaluationPermission.MARK)
def mark(cycle: str, body: str, element: str, group: str) -> ResponseReturnValue:
    task = _task(cycle, body, element, group)
    given = task.mark
    form = MarkForm(data={"value": str(given.value), "reason": given.reason} if given else None)
    if form.validate_on_submit():
        try:
            services.enter_mark(
                edge.session(),
                cycle=cycle,
                body=body,
                element=task.element,
                group=task.group,
                value=form.value.data or "",
                reason=form.reason.data or "",
                actor=acting(),
                now=edge.now(),
            )
        except BadMark as error:
            form.take(error)
        else:
            return redirect(url_for("evaluation_desk.first_page"), 303)
    owner = get_body(edge.session(), body)
    page = render_template("evaluation/desk/mark.html", form=form, task=task, body=owner)
    return page, 422 if form.is_submitted() else 200


def _task(cycle: str, body: str, element: str, group: str) -> MarkTask:
    """The signed-in evaluator's own task. Raises NoSuchCycle for anything that is not theirs to mark."""
    for task in queries.mark_tasks(edge.session(), acting().person_id):
        if (task.cycle.code, task.body, task.element, task.group) == (cycle, body, element, group):
            return task
    raise NoSuchCycle(Message(N_("There is nothing for you to mark here.")))
