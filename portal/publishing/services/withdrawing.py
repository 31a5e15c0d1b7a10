"""Withdrawing the words of a person: two people, a legal ground, an act in the log; salt and text go for good.

The digest stays in every act that cites it and tells nothing; pages and files then say which act withdrew it.
Figures are never withdrawn this way: numbers cannot be taken out of the log.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from portal.audit.services import record
from portal.duties.queries import get_proposal
from portal.duties.services import countersign, decline, propose
from portal.duties.values import Proposal
from portal.foundation.actor import Actor
from portal.foundation.i18n import N_, message
from portal.publishing.errors import WithdrawalRefused
from portal.publishing.models import Act, ActText, SaltedText
from portal.publishing.permissions import PublishingPermission
from portal.publishing.services.acts import propose_act
from portal.publishing.services.forgetting import forget_copies
from portal.publishing.values import ActKind, Ground

PROPOSAL = "publishing.withdrawal"
WITHIN = timedelta(days=3)


def propose_withdrawal(
    session: Session, *, digest: str, ground: Ground, reason: str, actor: Actor, now: datetime
) -> Proposal:
    """Put forward that a published text is withdrawn. `reason` is for the colleague and is not published.

    Raises Forbidden, WithdrawalRefused, AlreadyProposed.
    """
    actor.require(PublishingPermission.PROPOSE_WITHDRAWAL)
    _require_public(session, digest)
    proposal = propose(
        session,
        kind=PROPOSAL,
        subject=f"text:{digest}",
        title=message(N_("Withdraw a published text")),
        address="/desk/withdrawals",
        payload={"digest": digest, "ground": ground.value},
        reason=reason.strip(),
        actor=actor,
        permission=PublishingPermission.APPROVE_WITHDRAWAL,
        due_at=now + WITHIN,
        now=now,
    )
    _note(session, "propose-withdrawal", digest, proposal.id, actor, now)
    return proposal


def approve_withdrawal(session: Session, *, proposal_id: str, actor: Actor, now: datetime) -> str:
    """Withdraw what somebody else put forward; returns the act's id.

    Raises Forbidden, NoSuchProposal, OwnProposal, AlreadyDecided, WithdrawalRefused.
    """
    actor.require(PublishingPermission.APPROVE_WITHDRAWAL)
    proposal = get_proposal(session, proposal_id, actor=actor, now=now)
    digest, ground = pending_withdrawal(proposal)
    _require_public(session, digest)
    countersign(session, proposal_id=proposal_id, actor=actor, now=now)
    act_id = propose_act(
        session,
        kind=ActKind.WITHDRAWAL,
        statements=[{"t": "withdrawal", "digest": digest, "ground": ground.value}],
        proposed_by=proposal.proposer_id,
        approved_by=actor.person_id,
        now=now,
    )
    forget_copies(session, digest=digest)
    _note(session, "approve-withdrawal", digest, proposal_id, actor, now)
    return act_id


def decline_withdrawal(session: Session, *, proposal_id: str, actor: Actor, now: datetime) -> None:
    """Refuse a withdrawal, or take one's own back."""
    digest, _ = pending_withdrawal(get_proposal(session, proposal_id, actor=actor, now=now))
    decline(session, proposal_id=proposal_id, actor=actor, now=now)
    _note(session, "decline-withdrawal", digest, proposal_id, actor, now)


def pending_withdrawal(proposal: Proposal) -> tuple[str, Ground]:
    """The text's digest and the ground. Raises ValueError for a proposal of another kind."""
    if proposal.kind != PROPOSAL:
        raise ValueError(f"{proposal.kind} is no withdrawal")
    return proposal.payload["digest"], Ground(proposal.payload["ground"])


def words_of(session: Session, digest: str) -> str:
    """The words that would go; nothing once they are gone."""
    return session.scalar(select(SaltedText.text).where(SaltedText.digest == digest)) or ""


def _require_public(session: Session, digest: str) -> None:
    public = (
        exists()
        .where(ActText.digest == SaltedText.digest, Act.id == ActText.act_id)
        .where(Act.edition.is_not(None))
    )
    row = session.execute(select(SaltedText.withdrawn_in).where(SaltedText.digest == digest, public)).first()
    if row is None:
        refusal = message(N_("No published text has this digest."))
    elif row[0] is not None:
        refusal = message(N_("This text was withdrawn already by act {n}."), n=str(row[0]))
    else:
        return
    raise WithdrawalRefused(refusal, {"digest": refusal})


def _note(session: Session, act: str, digest: str, proposal_id: str, actor: Actor, now: datetime) -> None:
    details = {"proposal": proposal_id}
    record(session, actor=actor, act=f"publishing.{act}", subject=f"text:{digest}", details=details, now=now)
