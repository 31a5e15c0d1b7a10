"""A body answers to a low rating: what it may see of it, and its words."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.web.guard import acting, desk
from portal.duties.queries import find_waiting
from portal.foundation.i18n import N_
from portal.ratings import asked, services
from portal.ratings.answers import ANSWER_WORDS, STEP_WORDS, Step
from portal.ratings.details import REASON_WORDS
from portal.ratings.errors import NoSuchAnswer
from portal.ratings.permissions import RatingsPermission
from portal.ratings.rules.answering import steps_from
from portal.ratings.services.answering import REPLY
from portal.ratings.web.answer_forms import ReplyForm
from portal.ratings.web.services_known import own_services
from portal.web import edge
from portal.web.words import name

blueprint = Blueprint("ratings_own_answers", __name__)


@blueprint.route("/desk/own-ratings/answers/<answer_id>", methods=["GET", "POST"])
@desk(RatingsPermission.ANSWER)
def own_answer(answer_id: str) -> ResponseReturnValue:
    own, session = own_services(), edge.session()
    found = asked.get_asked(session, answer_id)
    if found.service not in own:
        raise NoSuchAnswer(N_("There is no such answer."))
    form = ReplyForm()
    form.offer(found.state)
    if form.validate_on_submit():
        services.propose_reply(
            session,
            answer_id=answer_id,
            step=Step(form.step.data),
            words=form.words.data or "",
            actor=acting(),
            now=edge.now(),
        )
        return redirect(url_for(".own_answer", answer_id=answer_id), 303)
    page = render_template(
        "ratings/desk/own_answer.html",
        asked=found,
        service=name(own[found.service].names),
        waiting=find_waiting(session, kind=REPLY, subject=answer_id),
        form=form,
        may_answer=bool(steps_from(found.state)),
        states=ANSWER_WORDS,
        steps=STEP_WORDS,
        reasons=REASON_WORDS,
    )
    return page, 422 if form.is_submitted() else 200
