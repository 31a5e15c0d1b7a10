"""A body's public words about its ratings: written at its own desk, read by a moderator before they appear."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.web.guard import acting, desk, leads_on
from portal.duties.queries import find_waiting, get_waiting
from portal.duties.values import Proposal
from portal.foundation.i18n import N_
from portal.publishing.queries import current_edition, rating_replies
from portal.publishing.readings import RatingReply
from portal.ratings import services
from portal.ratings.errors import NotYourService
from portal.ratings.permissions import RatingsPermission
from portal.ratings.rules.texts import masked
from portal.ratings.services.public_replies import PUBLIC_REPLY, require_shown, subject_of, words_of
from portal.ratings.web.answer_forms import PublicReplyForm, ReadReplyForm
from portal.ratings.web.services_known import named_services, own_services
from portal.web import edge
from portal.web.words import name

blueprint = Blueprint("ratings_public_replies", __name__)


@blueprint.route("/desk/own-ratings/replies/<service>/<period>", methods=["GET", "POST"])
@desk(RatingsPermission.ANSWER)
def write(service: str, period: str) -> ResponseReturnValue:
    own, form = own_services(), PublicReplyForm()
    if service not in own:
        raise NotYourService(N_("This service belongs to another body."))
    require_shown(edge.session(), service, period)
    if form.validate_on_submit():
        services.propose_public_reply(
            edge.session(),
            service=service,
            period=period,
            words=form.words.data or "",
            actor=acting(),
            now=edge.now(),
        )
        return redirect(url_for(".write", service=service, period=period), 303)
    page = render_template(
        "ratings/desk/own_public_reply.html",
        service=name(own[service].names),
        period=period,
        said=_said(service, period),
        waiting=find_waiting(edge.session(), kind=PUBLIC_REPLY, subject=subject_of(service, period)),
        form=form,
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.get("/desk/public-replies/<service>/<period>")
@desk(RatingsPermission.MODERATE)
def read(service: str, period: str) -> ResponseReturnValue:
    words = words_of(edge.session(), _waiting(service, period))
    return render_template(
        "ratings/desk/public_reply.html",
        service=name(named_services().get(service, {"en": service})),
        code=service,
        period=period,
        words=words,
        shown=masked(words),
        form=ReadReplyForm(),
    )


@blueprint.post("/desk/public-replies/<service>/<period>/publish")
@desk(RatingsPermission.MODERATE)
def publish(service: str, period: str) -> ResponseReturnValue:
    waiting, form = _waiting(service, period), ReadReplyForm()
    form.validate()
    names = (form.names.data or "").splitlines()
    services.publish_reply(edge.session(), proposal_id=waiting.id, names=names, actor=acting(), now=edge.now())
    return redirect(url_for("ratings_desk.comments"), 303)


@blueprint.post("/desk/public-replies/<service>/<period>/send-back")
@desk(RatingsPermission.MODERATE)
def send_back(service: str, period: str) -> ResponseReturnValue:
    waiting = _waiting(service, period)
    services.return_reply(edge.session(), proposal_id=waiting.id, actor=acting(), now=edge.now())
    return redirect(url_for("ratings_desk.comments"), 303)


for _act in ("publish", "send-back"):
    leads_on(blueprint, f"/desk/public-replies/<service>/<period>/{_act}", "ratings_public_replies.read")


def _said(service: str, period: str) -> list[RatingReply]:
    """What stands in public about the month, the latest first."""
    found = rating_replies(edge.reader(), service, edition=current_edition(edge.reader()).n)
    return [one for one in found if one.period == period]


def _waiting(service: str, period: str) -> Proposal:
    """The words that wait, as far as they exist for whoever is signed in. Raises NoSuchProposal."""
    subject = subject_of(service, period)
    return get_waiting(edge.session(), kind=PUBLIC_REPLY, subject=subject, actor=acting(), now=edge.now())
