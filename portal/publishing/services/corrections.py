"""Corrections: a published value is replaced by another, for a named cause, by two people.

What is published stays: a correction adds a version that names the edition it replaces. It takes effect
with the edition it gets, never earlier; a figure has one pending correction at a time (ONS practice).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from portal.accounts.queries import is_connected_to
from portal.accounts.services import connect
from portal.accounts.values import ConnectionKind, Scope
from portal.audit.services import record
from portal.audit.values import MAIN
from portal.duties.queries import get_proposal
from portal.duties.services import countersign, decline, propose
from portal.duties.values import Proposal
from portal.foundation.actor import Actor
from portal.foundation.i18n import N_, Message, message
from portal.publishing.errors import CorrectionRefused, FigureMoved, NoSuchFigure, ProposerConnected
from portal.publishing.permissions import PublishingPermission
from portal.publishing.services import guarding
from portal.publishing.services.acts import propose_act
from portal.publishing.services.naming import figure_names
from portal.publishing.services.texts import salt_text
from portal.publishing.standing import Standing, figure_standing, hold_still, notice_standing
from portal.publishing.statements import figure_statement, notice_statement
from portal.publishing.values import (
    ActKind,
    Cause,
    FigureKey,
    NoticeState,
    ObsStatus,
    Statement,
    is_decimal,
)

PROPOSAL = "publishing.correction"
WITHIN = timedelta(days=7)
_JUST_BEFORE = timedelta(seconds=1)  # whoever proposes a correction becomes connected to the figure by doing so
NO_VALUE = ""
"""Given as a new value: there is none. (None means: as it was.)"""


@dataclass(frozen=True)
class PendingCorrection:
    """A correction that waits for its second person."""

    proposal_id: str
    figure: FigureKey
    cause: Cause
    old: Mapping[str, str | None]
    new: Mapping[str, str | None]
    replaces: int
    note: str | None
    reason: str
    proposer_id: str
    proposed_at: datetime
    chain: str


def propose_correction(
    session: Session,
    *,
    figure: FigureKey,
    cause: Cause,
    new_target: str | None = None,
    new_actual: str | None = None,
    reason: str = "",
    note: str | None = None,
    actor: Actor,
    now: datetime,
    chain: str = MAIN,
    may_stay: bool = False,
) -> Proposal:
    """Put a correction forward for approval by somebody else.

    New values are decimal strings with the digits to publish; None keeps the old one, NO_VALUE removes it.
    `reason` is for the colleague who approves, `note` is published with the figure. A case gives its audit
    `chain`; nobody connected to the figure approves what an upheld report led to. With `may_stay` the values may
    stay as they are: somebody set them right before, and the new version says for which cause.
    Raises Forbidden, NoSuchFigure, CorrectionRefused, MarkGuarded, and AlreadyProposed while another is pending.
    """
    actor.require(PublishingPermission.PROPOSE_CORRECTION)
    standing = _standing(session, figure)
    _require_cause(cause)
    if not _is_found(cause):
        guarding.require_distance(session, figure, {actor.person_id: now})
    new = {
        "target": _new_value("new_target", new_target, standing.target),
        "actual": _new_value("new_actual", new_actual, standing.actual),
    }
    old = {"target": standing.target, "actual": standing.actual}
    if not may_stay and all(_same(new[name], old[name]) for name in new):
        raise CorrectionRefused(
            N_("The correction changes nothing."),
            {"new_actual": message(N_("Enter a value other than the published one."))},
        )
    proposal = propose(
        session,
        kind=PROPOSAL,
        subject=f"figure:{figure}",
        title=message(N_("Correct the figure {figure}"), figure=figure_names(session, figure)),
        address="/desk/corrections",
        payload={
            "figure": str(figure),
            "cause": cause.value,
            "old": old,
            "new": new,
            "replaces": standing.edition,
            "note": note or None,
        },
        reason=reason,
        actor=actor,
        permission=PublishingPermission.APPROVE_CORRECTION,
        about=Scope(figure.body, figure.indicator, figure.period) if _is_found(cause) else None,
        due_at=now + WITHIN,
        now=now,
        chain=chain,
    )
    if not _is_found(cause):
        _tie(session, figure, actor, ConnectionKind.ENTERED, now)
    _note_act(session, "publishing.propose-correction", figure, proposal.id, actor, now, chain)
    return proposal


def approve_correction(session: Session, *, proposal_id: str, actor: Actor, now: datetime) -> str:
    """Publish a correction that somebody else proposed; returns the act's id. Lifts any mark on the figure.

    Raises Forbidden, NoSuchProposal, OwnProposal, AlreadyDecided, MarkGuarded, FigureMoved when the figure has a
    newer version than the one the correction was to replace, and ProposerConnected when whoever found the value is
    connected to the figure by now.
    """
    actor.require(PublishingPermission.APPROVE_CORRECTION)
    pending = pending_correction(get_proposal(session, proposal_id, actor=actor, now=now))
    hold_still(session)
    standing = _standing(session, pending.figure)
    if standing.edition != pending.replaces:
        raise FigureMoved(N_("The figure has changed since this correction was proposed. Propose it anew."))
    _require_distance(session, pending, actor, now)
    countersign(session, proposal_id=proposal_id, actor=actor, now=now)
    act_id = propose_act(
        session,
        kind=ActKind.CORRECTION,
        statements=_statements(session, pending, standing),
        proposed_by=pending.proposer_id,
        approved_by=actor.person_id,
        now=now,
    )
    if not _is_found(pending.cause):
        _tie(session, pending.figure, actor, ConnectionKind.SIGNED, now)
    _note_act(session, "publishing.approve-correction", pending.figure, proposal_id, actor, now, pending.chain)
    return act_id


def decline_correction(session: Session, *, proposal_id: str, actor: Actor, now: datetime) -> None:
    """Refuse a correction, or take one's own back; the figure may then be corrected otherwise."""
    pending = pending_correction(get_proposal(session, proposal_id, actor=actor, now=now))
    decline(session, proposal_id=proposal_id, actor=actor, now=now)
    _note_act(session, "publishing.decline-correction", pending.figure, proposal_id, actor, now, pending.chain)


def pending_correction(proposal: Proposal) -> PendingCorrection:
    """What a proposal of this kind proposes. Raises ValueError for one of another kind."""
    if proposal.kind != PROPOSAL:
        raise ValueError(f"{proposal.kind} is no correction")
    payload = proposal.payload
    return PendingCorrection(
        proposal_id=proposal.id,
        figure=FigureKey.parse(payload["figure"]),
        cause=Cause(payload["cause"]),
        old=payload["old"],
        new=payload["new"],
        replaces=payload["replaces"],
        note=payload["note"],
        reason=proposal.reason,
        proposer_id=proposal.proposer_id,
        proposed_at=proposal.proposed_at,
        chain=proposal.chain,
    )


def _statements(session: Session, pending: PendingCorrection, standing: Standing) -> list[Statement]:
    """The new version, and the end of its review when it was under review."""
    actual = pending.new["actual"]
    kept = standing.numbers if _same(actual, standing.actual) else {"numerator": None, "denominator": None}
    was_missing = standing.obs_status is not None and ObsStatus(standing.obs_status).means_missing
    status: str | None = standing.obs_status
    if actual is None:
        status = ObsStatus.MISSING_VALUE.value
    elif was_missing:
        status = ObsStatus.NORMAL.value
    statements = [
        figure_statement(
            pending.figure,
            {**kept, **pending.new},
            obs_status=status,
            note_digest=salt_text(session, pending.note) if pending.note else None,
            cause=pending.cause,
            replaces=pending.replaces,
        )
    ]
    if notice_standing(session, pending.figure) in (NoticeState.UNDER_REVIEW, NoticeState.WITHDRAWN):
        statements.append(notice_statement(pending.figure, NoticeState.LIFTED))
    return statements


def _standing(session: Session, figure: FigureKey) -> Standing:
    standing = figure_standing(session, figure)
    if standing is None:
        raise NoSuchFigure(message(N_("There is no published figure {figure}."), figure=str(figure)))
    if standing.edition is None:
        raise FigureMoved(N_("The figure is being published this very moment. Try again in a few seconds."))
    return standing


def _require_cause(cause: Cause) -> None:
    if cause is Cause.SCHEDULED:
        refusal = message(N_("A correction needs a cause."))
        raise CorrectionRefused(refusal, {"cause": refusal})


def _new_value(field: str, given: str | None, old: str | None) -> str | None:
    if given is None:
        return old
    if given == NO_VALUE:
        return None
    if not is_decimal(given) or len(given) > 40:
        refusal: Message = message(N_("Enter a number such as 12 or 8.5."))
        raise CorrectionRefused(refusal, {field: refusal})
    return given


def _same(one: str | None, other: str | None) -> bool:
    if one is None or other is None:
        return one is other
    return Decimal(one) == Decimal(other)


def _require_distance(session: Session, pending: PendingCorrection, actor: Actor, now: datetime) -> None:
    """That nobody has a hand in it who may not. Raises MarkGuarded, ProposerConnected."""
    figure = pending.figure
    if not _is_found(pending.cause):
        guarding.require_distance(
            session, figure, {pending.proposer_id: pending.proposed_at - _JUST_BEFORE, actor.person_id: now}
        )
        return
    scope = Scope(figure.body, figure.indicator, figure.period)
    if is_connected_to(session, person_id=pending.proposer_id, scope=scope, at=now):
        raise ProposerConnected(N_("Whoever proposed this is connected to the figure by now. Propose it anew."))


def _is_found(cause: Cause) -> bool:
    """Whether two unconnected officers found the value: deciding a case connects nobody to the figure."""
    return cause is Cause.UPHELD_REPORT


def _tie(session: Session, figure: FigureKey, actor: Actor, kind: ConnectionKind, now: datetime) -> None:
    connect(
        session,
        person_id=actor.person_id,
        body_code=figure.body,
        indicator_code=figure.indicator,
        period=figure.period,
        kind=kind,
        now=now,
    )


def _note_act(
    session: Session,
    act: str,
    figure: FigureKey,
    proposal_id: str,
    actor: Actor,
    now: datetime,
    chain: str = MAIN,
) -> None:
    details = {"proposal": proposal_id}
    record(session, actor=actor, act=act, subject=f"figure:{figure}", details=details, now=now, chain=chain)
