"""Notices: a mark beside a published figure that its value is being looked at, withdrawn, or neither any more.

A withdrawn value is one that the office no longer vouches for. It stays in the log and in what cites it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from portal.audit.services import record
from portal.audit.values import MAIN
from portal.duties.services import countersign, propose
from portal.duties.values import Proposal
from portal.foundation.actor import Actor
from portal.foundation.i18n import N_, message
from portal.publishing.errors import CorrectionRefused, NoSuchFigure, NoticeStands
from portal.publishing.permissions import PublishingPermission
from portal.publishing.services import guarding
from portal.publishing.services.acts import propose_act
from portal.publishing.services.naming import figure_names
from portal.publishing.services.texts import salt_text
from portal.publishing.standing import figure_standing, hold_still, notice_standing
from portal.publishing.statements import notice_statement
from portal.publishing.values import ActKind, FigureKey, NoticeState

PROPOSAL = "publishing.notice"
WITHIN = timedelta(days=7)


def place_notice(
    session: Session,
    *,
    figure: FigureKey,
    state: NoticeState,
    actor: Actor,
    now: datetime,
    approved_by: str | None = None,
    reason: str = "",
    chain: str = MAIN,
) -> str:
    """Mark a figure as under review or withdrawn, or lift the mark; returns the act's id.

    Whoever calls has decided it by two people: `actor` and `approved_by`. A decision on a case gives its
    audit `chain`, so that the main record does not tell who handles it.
    Raises NoSuchFigure, or NoticeStands when the figure is marked so already; what is decided on a case is marked
    anew beside a mark that connected people placed, and that they could lift again.
    """
    hold_still(session)
    if figure_standing(session, figure) is None:
        raise NoSuchFigure(message(N_("There is no published figure {figure}."), figure=str(figure)))
    anew = chain != MAIN and not guarding.is_guarded(session, figure)
    if (notice_standing(session, figure) or NoticeState.LIFTED) is state and not anew:
        raise NoticeStands(N_("The figure is already marked so."))
    digest = salt_text(session, reason.strip()) if reason.strip() else None
    act_id = propose_act(
        session,
        kind=ActKind.NOTICE,
        statements=[notice_statement(figure, state, digest)],
        proposed_by=actor.person_id,
        approved_by=approved_by,
        now=now,
    )
    details = {"act": act_id, "state": state.value}
    record(
        session,
        actor=actor,
        act="publishing.notice",
        subject=f"figure:{figure}",
        details=details,
        now=now,
        chain=chain,
    )
    return act_id


def propose_notice(
    session: Session, *, figure: FigureKey, state: NoticeState, reason: str, actor: Actor, now: datetime
) -> Proposal:
    """Put a mark forward for approval by somebody else; `reason` is published with a withdrawn figure.

    Raises Forbidden, NoSuchFigure, NoticeStands, MarkGuarded, CorrectionRefused without a reason, AlreadyProposed.
    """
    actor.require(PublishingPermission.PROPOSE_CORRECTION)
    guarding.require_distance(session, figure, {actor.person_id: now})
    if figure_standing(session, figure) is None:
        raise NoSuchFigure(message(N_("There is no published figure {figure}."), figure=str(figure)))
    if (notice_standing(session, figure) or NoticeState.LIFTED) is state:
        raise NoticeStands(N_("The figure is already marked so."))
    if state is NoticeState.WITHDRAWN and not reason.strip():
        refusal = message(N_("Say why nobody vouches for the value any more; the reason is published."))
        raise CorrectionRefused(refusal, {"reason": refusal})
    return propose(
        session,
        kind=PROPOSAL,
        subject=f"figure:{figure}",
        title=message(_TITLES[state], figure=figure_names(session, figure)),
        address="/desk/notices",
        payload={"figure": str(figure), "state": state.value},
        reason=reason.strip(),
        actor=actor,
        permission=PublishingPermission.APPROVE_CORRECTION,
        due_at=now + WITHIN,
        now=now,
    )


def approve_notice(session: Session, *, proposal_id: str, actor: Actor, now: datetime) -> str:
    """Publish a mark that somebody else put forward; returns the act's id.

    Raises Forbidden, NoSuchProposal, OwnProposal, AlreadyDecided, NoticeStands, MarkGuarded.
    """
    actor.require(PublishingPermission.APPROVE_CORRECTION)
    proposal = countersign(session, proposal_id=proposal_id, actor=actor, now=now)
    state, figure = NoticeState(proposal.payload["state"]), FigureKey.parse(proposal.payload["figure"])
    hold_still(session)
    guarding.require_distance(session, figure, {proposal.proposer_id: now, actor.person_id: now})
    return place_notice(
        session,
        figure=figure,
        state=state,
        actor=Actor(proposal.proposer_id, proposal.proposer_name, frozenset()),
        approved_by=actor.person_id,
        reason=proposal.reason if state is NoticeState.WITHDRAWN else "",
        now=now,
    )


_TITLES = {
    NoticeState.UNDER_REVIEW: N_("Mark the figure {figure} as under review"),
    NoticeState.WITHDRAWN: N_("Withdraw the figure {figure}"),
    NoticeState.LIFTED: N_("Lift the mark from the figure {figure}"),
}
