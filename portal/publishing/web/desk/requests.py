"""Requests for figures at the desk: read before they appear, answered by two people."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.web.guard import acting, desk
from portal.duties.calendar import WorkingDays
from portal.duties.queries import find_waiting
from portal.foundation.errors import Conflict, Forbidden, Invalid, NotFound
from portal.foundation.i18n import N_
from portal.publishing.asking import RequestState
from portal.publishing.permissions import PublishingPermission
from portal.publishing.queries import asking as queries
from portal.publishing.services import asking
from portal.publishing.web.desk.base import desk_pages
from portal.publishing.web.desk.collecting_forms import ReplyForm, ScreenForm
from portal.registry import queries as registry
from portal.web import edge
from portal.web.words import say

SEE = PublishingPermission.SEE_REQUESTS
DONE = (RequestState.ANSWERED, RequestState.REFUSED)


@desk_pages.get("/requests")
@desk(SEE)
def requests_page() -> ResponseReturnValue:
    return render_template(
        "publishing/desk/requests.html",
        waiting=queries.queue(edge.session()),
        done=queries.queue(edge.session(), states=DONE),
    )


@desk_pages.route("/requests/<reference>", methods=["GET", "POST"])
@desk(SEE)
def request_page(reference: str) -> ResponseReturnValue:
    screen, reply = ScreenForm(), ReplyForm()
    if screen.is_submitted():
        try:
            if _act(reference, screen, reply):
                return redirect(url_for("publishing_desk.requests_page"), 303)
        except Invalid as error:
            reply.take(error)
        except (Conflict, Forbidden) as error:
            reply.form_errors.append(say(error.message))
    found = queries.get_request(edge.session(), reference)
    proposal = find_waiting(edge.session(), kind=asking.PROPOSAL, subject=f"request:{reference}")
    page = render_template(
        "publishing/desk/request.html",
        found=found,
        body=registry.find_body(edge.session(), found.body) if found.body else None,
        proposal=proposal,
        screen=screen,
        reply=reply,
        shown_form=screen if screen.errors else reply,
        may=PublishingPermission,
        states=RequestState,
    )
    return page, 422 if screen.is_submitted() else 200


def _act(reference: str, screen: ScreenForm, reply: ReplyForm) -> bool:
    """Do what was asked; False when a form says what is wrong."""
    session, who, now = edge.session(), acting(), edge.now()
    act = request.form.get("act")
    form = reply if act == "answer" else screen
    if not form.validate():
        return False
    match act:
        case "publish":
            asking.publish_request(session, reference=reference, actor=who, now=now)
        case "refuse":
            refusal = screen.chosen
            if refusal is None:
                screen.refuse("refusal", N_("Choose a reason: whoever asked reads it under the follow-up code."))
                return False
            asking.refuse_request(session, reference=reference, refusal=refusal, actor=who, now=now)
        case "answer":
            drafted = reply.drafted()
            if drafted is None:
                return False
            asking.propose_answer(session, reference=reference, drafted=drafted, actor=who, now=now)
        case "approve":
            calendar = WorkingDays.of(edge.settings())
            asking.publish_answer(session, reference=reference, calendar=calendar, actor=who, now=now)
        case "back":
            asking.take_answer_back(session, reference=reference, actor=who, now=now)
        case _:
            raise NotFound(N_("There is no such act."))
    return True
