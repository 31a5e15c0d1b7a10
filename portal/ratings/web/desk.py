"""The moderator's desk: comments that wait to be read, one decision each."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.web.guard import desk
from portal.foundation.actor import Actor
from portal.foundation.i18n import N_
from portal.ratings import queries, services
from portal.ratings.permissions import RatingsPermission
from portal.ratings.rules.texts import Flag, masked
from portal.ratings.values import CHANNEL_WORDS, HIDE_REASON_WORDS, LEVEL_WORDS, Channel, Comment, CommentState
from portal.ratings.web.forms import DecisionForm
from portal.ratings.web.services_known import named_services
from portal.web import edge

blueprint = Blueprint("ratings_desk", __name__)

STATE_WORDS = {
    CommentState.WAITING: N_("To be read"),
    CommentState.APPROVED: N_("Approved"),
    CommentState.HIDDEN: N_("Hidden"),
}
FLAG_WORDS = {
    Flag.PHONE: N_("Telephone number"),
    Flag.IDENTITY: N_("Identity number"),
    Flag.MAIL: N_("Mail address"),
    Flag.ABUSE: N_("Perhaps abuse"),
    Flag.OTHER_SCRIPT: N_("Another script"),
    Flag.LIKE_OTHERS: N_("Like many others"),
}
SHOWN = 20
_WORDS: dict[str, Any] = {
    "states": STATE_WORDS,
    "levels": LEVEL_WORDS,
    "reasons": HIDE_REASON_WORDS,
    "flags": FLAG_WORDS,
    "channels": CHANNEL_WORDS,
}


@blueprint.get("/desk/comments")
@desk(RatingsPermission.MODERATE)
def comments() -> ResponseReturnValue:
    state = next((each for each in CommentState if each == request.args.get("state")), CommentState.WAITING)
    only, after = _only(), request.args.get("after", "")[:40]
    found = queries.comment_queue(edge.session(), state=state, only=only, after=after, limit=SHOWN + 1)
    shown = found[:SHOWN]
    return render_template(
        "ratings/comments.html",
        comments=shown,
        after=f"{shown[-1].period}/{shown[-1].id}" if len(found) > SHOWN else None,
        state=state,
        only=only,
        asked=_asked(only),
        services=named_services(),
        **_WORDS,
    )


@blueprint.get("/desk/comments/<comment_id>")
@desk(RatingsPermission.MODERATE)
def comment(comment_id: str) -> ResponseReturnValue:
    return _page(queries.get_comment(edge.session(), comment_id), DecisionForm())


@blueprint.post("/desk/comments/<comment_id>")
@desk(RatingsPermission.MODERATE)
def decide(comment_id: str) -> ResponseReturnValue:
    form, session = DecisionForm(), edge.session()
    read = queries.get_comment(session, comment_id)
    if not form.validate_on_submit():
        return _page(read, form), 422
    reason, alike, actor, now = form.hidden_for, bool(form.alike.data), _actor(), edge.now()
    if reason is None:
        names = (form.names.data or "").splitlines()
        services.approve_comment(
            session, comment_id=comment_id, names=names, with_alike=alike, actor=actor, now=now
        )
    else:
        services.hide_comment(
            session, comment_id=comment_id, reason=reason, with_alike=alike, actor=actor, now=now
        )
    return redirect(_following(read) if request.form.get("then") == "next" else _list(), 303)


def _following(read: Comment) -> str:
    """The next one that waits, of the kind the moderator works through; the list when there is none."""
    only, waiting = _only(), CommentState.WAITING
    after = f"{read.period}/{read.id}"
    for one in queries.comment_queue(edge.session(), state=waiting, only=only, after=after, limit=1):
        return url_for("ratings_desk.comment", comment_id=one.id, **_asked(only))
    return _list()


def _list() -> str:
    return url_for("ratings_desk.comments", **_asked(_only()))


def _only() -> queries.CommentFilter:
    """Which comments the moderator works through, from the address."""
    asked = request.args
    return queries.CommentFilter(
        service=asked.get("service") or None,
        channel=next((one.value for one in Channel if one == asked.get("channel")), None),
        flag=next((one.value for one in Flag if one == asked.get("flag")), None),
    )


def _asked(only: queries.CommentFilter) -> dict[str, Any]:
    return {name: value for name, value in vars(only).items() if value}


def _page(comment: Comment, form: DecisionForm) -> str:
    service = named_services().get(comment.service, {"en": comment.service})
    return render_template(
        "ratings/comment.html",
        comment=comment,
        service=service,
        form=form,
        alike=queries.count_alike(edge.session(), comment.id) if comment.state is CommentState.WAITING else 0,
        shown=comment.masked or masked(comment.text),
        asked=_asked(_only()),
        **_WORDS,
    )


def _actor() -> Actor:
    actor = edge.actor()
    assert actor is not None  # noqa: S101  (the guard let nobody else pass)
    return actor
