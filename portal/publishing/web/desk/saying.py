"""What is said about figures, at the desk: marks, replies, withdrawn words. Each is put forward by one person
and decided by another on the same page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.web.guard import SIGNED_IN, acting, desk, leads_on
from portal.duties.errors import AlreadyProposed, NoSuchProposal
from portal.duties.queries import get_proposal, proposed_by, signatures_waiting_for
from portal.duties.services import decline
from portal.duties.values import Proposal
from portal.foundation.errors import Conflict, Forbidden, Invalid, NotFound
from portal.foundation.i18n import N_
from portal.publishing.permissions import PublishingPermission
from portal.publishing.services import notices, replies, withdrawing
from portal.publishing.values import FigureKey, Ground, NoticeState
from portal.publishing.web.desk.base import desk_pages
from portal.publishing.web.desk.saying_forms import NoticeForm, ReplyForm, SayingActForm, WithdrawalForm
from portal.publishing.web.words import GROUND, NOTICE
from portal.web import edge
from portal.web.forms import PortalForm
from portal.web.wording import gettext

Rows = list[tuple[str, str]]


@desk_pages.get("/notices")
@desk(PublishingPermission.SEE_CORRECTIONS)
def notices_page() -> ResponseReturnValue:
    return _page("notices", NoticeForm(data={"figure": request.args.get("figure", "")[:200]}))


@desk_pages.post("/notices")
@desk(PublishingPermission.PROPOSE_CORRECTION)
def propose_notice() -> ResponseReturnValue:
    form = NoticeForm()

    def put_forward() -> None:
        state, reason = NoticeState(form.state.data), form.reason.data or ""
        notices.propose_notice(
            edge.session(), figure=_key(form), state=state, reason=reason, actor=acting(), now=edge.now()
        )

    return _put_forward("notices", form, put_forward)


@desk_pages.get("/replies")
@desk(SIGNED_IN)
def replies_page() -> ResponseReturnValue:
    return _page("replies", ReplyForm(data={"figure": request.args.get("figure", "")[:200]}))


@desk_pages.post("/replies")
@desk(PublishingPermission.ENTER_VALUES)
def propose_reply() -> ResponseReturnValue:
    form = ReplyForm()

    def put_forward() -> None:
        text, signed_by = form.text.data or "", form.signed_by.data
        replies.propose_reply(
            edge.session(), figure=_key(form), text=text, signed_by=signed_by, actor=acting(), now=edge.now()
        )

    return _put_forward("replies", form, put_forward)


@desk_pages.get("/withdrawals")
@desk(PublishingPermission.SEE_CORRECTIONS)
def withdrawals_page() -> ResponseReturnValue:
    return _page("withdrawals", WithdrawalForm(data={"digest": request.args.get("digest", "")[:64]}))


@desk_pages.post("/withdrawals")
@desk(PublishingPermission.PROPOSE_WITHDRAWAL)
def propose_withdrawal() -> ResponseReturnValue:
    form = WithdrawalForm()

    def put_forward() -> None:
        withdrawing.propose_withdrawal(
            edge.session(),
            digest=form.digest.data,
            ground=Ground(form.ground.data),
            reason=form.reason.data or "",
            actor=acting(),
            now=edge.now(),
        )

    return _put_forward("withdrawals", form, put_forward)


@desk_pages.post("/<any(notices, replies, withdrawals):what>/<proposal_id>")
@desk(SIGNED_IN)
def decide(what: str, proposal_id: str) -> ResponseReturnValue:
    if not SayingActForm().validate_on_submit():
        return _page(what, _FORMS[what](formdata=None)), 422
    session, who, now = edge.session(), acting(), edge.now()
    if get_proposal(session, proposal_id, actor=who, now=now).kind != _KINDS[what]:
        raise NoSuchProposal
    act = _ACTS[what] if request.form.get("act") == "approve" else _DECLINE[what]
    act(session, proposal_id=proposal_id, actor=who, now=now)
    return redirect(url_for(_PAGES[what]), 303)


for _what in ("notices", "replies", "withdrawals"):
    leads_on(desk_pages, f"/{_what}/<proposal_id>", f"publishing_desk.{_what}_page")


_FORMS: dict[str, type[PortalForm]] = {
    "notices": NoticeForm,
    "replies": ReplyForm,
    "withdrawals": WithdrawalForm,
}
_KINDS = {"notices": notices.PROPOSAL, "replies": replies.PROPOSAL, "withdrawals": withdrawing.PROPOSAL}
_PAGES = {what: f"publishing_desk.{what}_page" for what in _KINDS}
_ACTS: dict[str, Callable[..., object]] = {
    "notices": notices.approve_notice,
    "replies": replies.approve_reply,
    "withdrawals": withdrawing.approve_withdrawal,
}
_DECLINE: dict[str, Callable[..., object]] = {
    "notices": decline,
    "replies": replies.decline_reply,
    "withdrawals": withdrawing.decline_withdrawal,
}
_RIGHTS = {
    "notices": PublishingPermission.PROPOSE_CORRECTION,
    "replies": PublishingPermission.ENTER_VALUES,
    "withdrawals": PublishingPermission.PROPOSE_WITHDRAWAL,
}


def _put_forward(what: str, form: Any, act: Callable[[], None]) -> ResponseReturnValue:
    """Do it and come back to the page, or show the form again with what is wrong in it."""
    about = "digest" if what == "withdrawals" else "figure"
    if form.validate_on_submit():
        try:
            act()
            return redirect(url_for(_PAGES[what]), 303)
        except Invalid as error:
            form.take(error)
        except AlreadyProposed:
            form.refuse(about, N_("Another one about this is waiting for its second person."))
        except (Conflict, NotFound, Forbidden) as error:
            form.refuse(about, error.message)
    return _page(what, form), 422


def _key(form: Any) -> FigureKey:
    """Raises Invalid when it is not three codes."""
    try:
        return FigureKey.parse(form.figure.data)
    except ValueError:
        wrong = N_("Enter body, indicator and period with / between them.")
        raise Invalid(wrong, {"figure": NotFound(wrong).message}) from None


def _page(what: str, form: Any) -> str:
    session, who, now = edge.reader(), acting(), edge.now()
    waiting = [one for one in signatures_waiting_for(session, who, now=now) if one.kind == _KINDS[what]]
    own = [one for one in proposed_by(session, who, now=now) if one.kind == _KINDS[what]]
    return render_template(
        f"publishing/desk/{what}.html",
        what=what,
        form=form,
        step=SayingActForm(formdata=None),
        waiting=[(one, _rows(one)) for one in waiting],
        own=[(one, _rows(one)) for one in own],
        may_propose=who.may(_RIGHTS[what]),
    )


def _rows(proposal: Proposal) -> Rows:
    """What would happen, as names and words."""
    if proposal.kind == notices.PROPOSAL:
        state = NoticeState(proposal.payload["state"])
        return [
            (gettext("Figure"), proposal.payload["figure"]),
            (gettext("What is put forward"), str(NOTICE[state])),
            (gettext("Reason"), proposal.reason or "–"),
        ]
    if proposal.kind == replies.PROPOSAL:
        pending = replies.pending_reply(edge.reader(), proposal)
        taken_back = gettext("The standing reply is taken back.")
        return [
            (gettext("Figure"), str(pending.figure)),
            (gettext("What the body says"), pending.text or taken_back),
        ]
    digest, ground = withdrawing.pending_withdrawal(proposal)
    return [
        (gettext("Text"), withdrawing.words_of(edge.reader(), digest)),
        (gettext("Legal ground"), str(GROUND[ground])),
        (gettext("Reason"), proposal.reason or "–"),
    ]
