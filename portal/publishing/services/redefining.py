"""Changing the published entry of an indicator: its name, definition, unit, direction, weight or criteria.

What figures mean changes only by an act of two people that names a cause and a reason; the change then stands
among the corrections, and as a break in every series of the indicator.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from portal.audit.services import record
from portal.duties.queries import get_proposal
from portal.duties.services import countersign, decline, propose
from portal.duties.values import Proposal
from portal.foundation.actor import Actor
from portal.foundation.i18n import N_, message
from portal.publishing.changes import FieldChange, between
from portal.publishing.errors import CorrectionRefused, FigureMoved
from portal.publishing.permissions import PublishingPermission
from portal.publishing.services import guarding
from portal.publishing.services.acts import propose_act
from portal.publishing.services.naming import indicator_names
from portal.publishing.services.texts import salt_text
from portal.publishing.standing import hold_still, statements_standing
from portal.publishing.statements import indicator_statement
from portal.publishing.values import ActKind, Cause, Statement
from portal.registry import queries as registry
from portal.registry import services as register
from portal.registry.permissions import RegistryPermission
from portal.registry.values import Direction, Indicator, Kind

PROPOSAL = "publishing.redefinition"
WITHIN = timedelta(days=14)


def propose_redefinition(
    session: Session, *, indicator: Indicator, cause: Cause, reason: str, actor: Actor, now: datetime
) -> Proposal:
    """Put forward what the entry of a published indicator is to say. `reason` is published.

    Raises Forbidden, CorrectionRefused (nothing changes, no cause, no reason), AlreadyProposed, and MarkGuarded to
    whoever is connected to a figure of the indicator that unconnected people marked.
    """
    actor.require(RegistryPermission.MAINTAIN)
    actor.require(PublishingPermission.PROPOSE_CORRECTION)
    before = _published(session, indicator.code)
    after = indicator_statement(indicator)
    if not between(before, after):
        raise CorrectionRefused(N_("The change changes nothing."))
    if cause in (Cause.SCHEDULED, Cause.UPHELD_REPORT):
        refusal = message(N_("Choose why the entry changes."))
        raise CorrectionRefused(refusal, {"cause": refusal})
    if not reason.strip():
        refusal = message(N_("Say why the entry changes; the reason is published."))
        raise CorrectionRefused(refusal, {"reason": refusal})
    guarding.require_distance_to_all(session, indicator.code, {actor.person_id: now})
    proposal = propose(
        session,
        kind=PROPOSAL,
        subject=f"indicator:{indicator.code}",
        title=message(
            N_("Change the entry of the indicator {code}"), code=indicator_names(session, indicator.code)
        ),
        address="/desk/register",
        payload={"before": dict(before), "after": dict(after), "cause": cause.value},
        reason=reason.strip(),
        actor=actor,
        permission=PublishingPermission.APPROVE_CORRECTION,
        due_at=now + WITHIN,
        now=now,
    )
    _note(session, "propose-redefinition", indicator.code, proposal.id, actor, now)
    return proposal


def approve_redefinition(session: Session, *, proposal_id: str, actor: Actor, now: datetime) -> str:
    """Publish a change of an entry that somebody else put forward, and take it into the register.

    Raises Forbidden, NoSuchProposal, OwnProposal, AlreadyDecided, FigureMoved when the entry was changed since,
    and MarkGuarded when one of its figures was marked, meanwhile too, and either of the two is connected to it.
    """
    actor.require(PublishingPermission.APPROVE_CORRECTION)
    proposal = get_proposal(session, proposal_id, actor=actor, now=now)
    before, after, cause = pending_redefinition(proposal)
    hold_still(session)
    if between(_published(session, after["code"]), before):
        raise FigureMoved(N_("The entry has changed since this was proposed. Propose it anew."))
    people = {proposal.proposer_id: proposal.proposed_at, actor.person_id: now}
    guarding.require_distance_to_all(session, after["code"], people)
    countersign(session, proposal_id=proposal_id, actor=actor, now=now)
    register.upsert_indicator(session, _indicator(session, after), actor=actor, now=now)
    kept = registry.get_indicator(session, after["code"])
    statement = indicator_statement(kept, cause=cause, reason_digest=salt_text(session, proposal.reason))
    act_id = propose_act(
        session,
        kind=ActKind.REGISTER,
        statements=[statement],
        proposed_by=proposal.proposer_id,
        approved_by=actor.person_id,
        now=now,
    )
    _note(session, "approve-redefinition", after["code"], proposal_id, actor, now)
    return act_id


def decline_redefinition(session: Session, *, proposal_id: str, actor: Actor, now: datetime) -> None:
    """Refuse a change of an entry, or take one's own back."""
    _, after, _ = pending_redefinition(get_proposal(session, proposal_id, actor=actor, now=now))
    decline(session, proposal_id=proposal_id, actor=actor, now=now)
    _note(session, "decline-redefinition", after["code"], proposal_id, actor, now)


def pending_redefinition(proposal: Proposal) -> tuple[Statement, Statement, Cause]:
    """The entry as it was and as it is to be, and the cause. Raises ValueError for another kind of proposal."""
    if proposal.kind != PROPOSAL:
        raise ValueError(f"{proposal.kind} is no change of the register")
    return proposal.payload["before"], proposal.payload["after"], Cause(proposal.payload["cause"])


def unpublished_changes(session: Session) -> tuple[tuple[Indicator, tuple[FieldChange, ...]], ...]:
    """Indicators of the working register that say something else than what is published of them, by code."""
    indicators = {one.code: one for one in registry.list_indicators(session)}
    published = statements_standing(session, "indicator", indicators)
    found = (
        (indicators[code], between(published[code], indicator_statement(indicators[code])))
        for code in sorted(published)
    )
    return tuple((indicator, changed) for indicator, changed in found if changed)


def _published(session: Session, code: str) -> Statement:
    found = statements_standing(session, "indicator", [code]).get(code)
    if found is None:
        refusal = message(N_("No indicator is published under the code {code}."), code=code)
        raise CorrectionRefused(refusal, {"code": refusal})
    return found


def _indicator(session: Session, said: Mapping[str, Any]) -> Indicator:
    """The register's entry that says it: what no statement carries stays as the register has it."""
    kept = registry.get_indicator(session, said["code"])
    unit = said["unit"]
    return replace(
        kept,
        names=said["names"],
        definition=said["definition"] or {},
        unit=unit if isinstance(unit, dict) else {"en": unit, "zh_Hans": unit} if unit else {},
        direction=Direction(said["direction"]),
        kind=Kind(said["kind"]),
        weight=None if said.get("weight") is None else Decimal(said["weight"]),
        criteria=said.get("criteria") or {},
    )


def _note(session: Session, act: str, code: str, proposal_id: str, actor: Actor, now: datetime) -> None:
    details = {"proposal": proposal_id}
    record(session, actor=actor, act=f"publishing.{act}", subject=f"indicator:{code}", details=details, now=now)
