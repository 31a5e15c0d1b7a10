"""The moderator's desk: comments that wait to be read, one decision each."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.web.guard import desk
from portal.foundation.actor import Actor
from portal.foundation.i18n import N_
from portal.ratings import queries, services
from portal.ratings.permissions import RatingsPermission
from portal.ratings.values import HIDE_REASON_WORDS, LEVEL_WORDS, Comment, CommentState
from portal.ratings.web.forms import DecisionForm
from portal.ratings.web.services_known import find_services
from portal.web import edge

blueprint = Blueprint("ratings_desk", __name__)

STATE_WORDS = {
    CommentState.WAITING: N_("To be read"),
    CommentState.APPROVED: N_("Approved"),
    CommentState.HIDDEN: N_("Hidden"),
}
_WORDS: dict[str, Any] = {"states": STATE_WORDS, "levels": LEVEL_WORDS, "reasons": HIDE_REASON_WORDS}


@blueprint.get("/desk/comments")
@desk(RatingsPermission.MODERATE)
def comments() -> ResponseReturnValue:
    state = next((each for each in CommentState if each == request.args.get("state")), CommentState.WAITING)
    number = min(max(request.args.get("page", 1, type=int), 1), 100_000)
    page = queries.list_comments(edge.session(), state=state, number=number)
    names = {service.code: service.names for service in find_services()}
    return render_template("ratings/comments.html", page=page, state=state, services=names, **_WORDS)


@blueprint.get("/desk/comments/<comment_id>")
@desk(RatingsPermission.MODERATE)
def comment(comment_id: str) -> ResponseReturnValue:
    return _page(queries.get_comment(edge.session(), comment_id), DecisionForm())


@blueprint.post("/desk/comments/<comment_id>")
@desk(RatingsPermission.MODERATE)
def decide(comment_id: str) -> ResponseReturnValue:
    form = DecisionForm()
    if not form.validate_on_submit():
        return _page(queries.get_comment(edge.session(), comment_id), form), 422
    reason, actor = form.hidden_for, _actor()
    if reason is None:
        services.approve_comment(edge.session(), comment_id=comment_id, actor=actor, now=edge.now())
    else:
        services.hide_comment(edge.session(), comment_id=comment_id, reason=reason, actor=actor, now=edge.now())
    return redirect(url_for("ratings_desk.comments"), 303)


def _page(comment: Comment, form: DecisionForm) -> str:
    names = {service.code: service.names for service in find_services()}
    service = names.get(comment.service, {"en": comment.service})
    return render_template("ratings/comment.html", comment=comment, service=service, form=form, **_WORDS)


def _actor() -> Actor:
    actor = edge.actor()
    assert actor is not None  # noqa: S101  (the guard let nobody else pass)
    return actor
