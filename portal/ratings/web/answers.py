"""The office's side of answers: moderators read them before the rater does, somebody chases what is overdue."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.web.guard import acting, desk, leads_on
from portal.duties.queries import get_waiting
from portal.duties.values import Proposal
from portal.ratings import asked, services
from portal.ratings.answers import STEP_WORDS
from portal.ratings.details import REASON_WORDS
from portal.ratings.permissions import RatingsPermission
from portal.ratings.rules.answering import Terms
from portal.ratings.services.answering import REPLY
from portal.ratings.web.services_known import find_services, named_services
from portal.web import edge
from portal.web.words import name

blueprint = Blueprint("ratings_answers", __name__)


@blueprint.get("/desk/answers")
@desk(RatingsPermission.RECONCILE)
def overdue() -> ResponseReturnValue:
    today = Terms.of(edge.settings()).calendar.day_of(edge.now())
    known = {one.code: one for one in find_services()}
    return render_template(
        "ratings/desk/overdue.html",
        overdue=asked.overdue_answers(edge.session(), today),
        services={code: name(one.names) for code, one in known.items()},
        bodies={code: name(one.body_names) for code, one in known.items()},
    )


@blueprint.get("/desk/answers/<answer_id>")
@desk(RatingsPermission.MODERATE)
def reply(answer_id: str) -> ResponseReturnValue:
    waiting = _waiting(answer_id)
    found = asked.get_asked(edge.session(), answer_id)
    return render_template(
        "ratings/desk/reply.html",
        asked=found,
        service=name(named_services().get(found.service, {"en": found.service})),
        waiting=waiting,
        steps=STEP_WORDS,
        reasons=REASON_WORDS,
    )


@blueprint.post("/desk/answers/<answer_id>/show")
@desk(RatingsPermission.MODERATE)
def show(answer_id: str) -> ResponseReturnValue:
    terms = Terms.of(edge.settings())
    services.let_through(
        edge.session(), proposal_id=_waiting(answer_id).id, terms=terms, actor=acting(), now=edge.now()
    )
    return _on()


@blueprint.post("/desk/answers/<answer_id>/send-back")
@desk(RatingsPermission.MODERATE)
def send_back(answer_id: str) -> ResponseReturnValue:
    services.send_back(edge.session(), proposal_id=_waiting(answer_id).id, actor=acting(), now=edge.now())
    return _on()


for _act in ("show", "send-back"):
    leads_on(blueprint, f"/desk/answers/<answer_id>/{_act}", "ratings_answers.reply")


def _on() -> ResponseReturnValue:
    return redirect(url_for("ratings_desk.comments"), 303)


def _waiting(answer_id: str) -> Proposal:
    """The body's words that wait, as far as they exist for whoever is signed in. Raises NoSuchProposal."""
    return get_waiting(edge.session(), kind=REPLY, subject=answer_id, actor=acting(), now=edge.now())
