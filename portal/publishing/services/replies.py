"""The right of reply: a body's own words beside its figure. They cannot change the figure.

A person of the body writes; a second person of the body signs, or the office approves the form alone (that no
person is named). Every version stays, dated; the newest stands beside the figure until it is taken back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.accounts.queries import employed_people_with, employers_of
from portal.audit.services import record
from portal.duties.queries import get_proposal
from portal.duties.services import countersign, decline, propose
from portal.duties.values import Proposal
from portal.foundation.actor import Actor
from portal.foundation.errors import Forbidden
from portal.foundation.i18n import N_, message
from portal.publishing.errors import FigureMoved, NoSuchFigure, ReplyRefused
from portal.publishing.models import SaltedText
from portal.publishing.permissions import PublishingPermission
from portal.publishing.services.acts import propose_act
from portal.publishing.services.naming import figure_names
from portal.publishing.services.texts import salt_text
from portal.publishing.standing import figure_standing, statements_standing
from portal.publishing.statements import reply_statement
from portal.publishing.values import ActKind, FigureKey

PROPOSAL = "publishing.reply"
WITHIN = timedelta(days=14)
LONGEST = 2000
BODY, OFFICE = "body", "office"


@dataclass(frozen=True)
class PendingReply:
    """A reply that waits for its second person; without a digest the standing one is taken back. Its words are
    kept where those of published texts are, so that nothing of them stays elsewhere once they are withdrawn."""

    figure: FigureKey
    edition: int
    digest: str | None
    text: str
    signed: str


def propose_reply(
    session: Session, *, figure: FigureKey, text: str, signed_by: str, actor: Actor, now: datetime
) -> Proposal:
    """Put a reply forward; an empty text takes the standing one back. `signed_by` is BODY or OFFICE: who gives
    the second signature.

    Raises Forbidden to whoever does not work for the body, NoSuchFigure, FigureMoved, ReplyRefused,
    AlreadyProposed.
    """
    actor.require(PublishingPermission.ENTER_VALUES)
    if figure.body not in employers_of(session, person_id=actor.person_id, at=now):
        raise Forbidden(N_("Only people of the body reply to its figures."))
    edition = _edition(session, figure)
    _require_words(session, figure, text)
    people = None
    if signed_by == BODY:
        signers = employed_people_with(session, PublishingPermission.SIGN_RETURNS, figure.body, at=now)
        people = [one.id for one in signers if one.id != actor.person_id]
        if not people:
            refusal = message(N_("Nobody else of the body can sign. Ask the office to approve its form."))
            raise ReplyRefused(refusal, {"signed_by": refusal})
    digest = salt_text(session, text.strip()) if text.strip() else None
    proposal = propose(
        session,
        kind=PROPOSAL,
        subject=f"figure:{figure}",
        title=message(N_("Reply to the figure {figure}"), figure=figure_names(session, figure)),
        address="/desk/replies",
        payload={"figure": str(figure), "text": digest, "signed": signed_by, "edition": edition},
        reason="",
        actor=actor,
        permission=None if signed_by == BODY else PublishingPermission.APPROVE_CORRECTION,
        people=people,
        due_at=now + WITHIN,
        now=now,
    )
    _note(session, "propose-reply", figure, proposal.id, actor, now)
    return proposal


def approve_reply(session: Session, *, proposal_id: str, actor: Actor, now: datetime) -> str:
    """Publish a reply that somebody else wrote, as it was written; returns the act's id.

    Raises NoSuchProposal, OwnProposal, AlreadyDecided, NoSuchFigure.
    """
    proposal = get_proposal(session, proposal_id, actor=actor, now=now)
    pending = pending_reply(session, proposal)
    figure = pending.figure
    _edition(session, figure)
    countersign(session, proposal_id=proposal_id, actor=actor, now=now)
    act_id = propose_act(
        session,
        kind=ActKind.REPLY,
        statements=[reply_statement(figure, pending.edition, pending.digest, pending.signed)],
        proposed_by=proposal.proposer_id,
        approved_by=actor.person_id,
        now=now,
    )
    _note(session, "approve-reply", figure, proposal_id, actor, now)
    return act_id


def decline_reply(session: Session, *, proposal_id: str, actor: Actor, now: datetime) -> None:
    """Refuse a reply, or take one's own back before it is public."""
    pending = pending_reply(session, get_proposal(session, proposal_id, actor=actor, now=now))
    decline(session, proposal_id=proposal_id, actor=actor, now=now)
    session.execute(delete(SaltedText).where(SaltedText.digest == pending.digest))
    _note(session, "decline-reply", pending.figure, proposal_id, actor, now)


def pending_reply(session: Session, proposal: Proposal) -> PendingReply:
    """What a proposal of this kind proposes. Raises ValueError for one of another kind."""
    if proposal.kind != PROPOSAL:
        raise ValueError(f"{proposal.kind} is no reply")
    payload = proposal.payload
    kept = session.get(SaltedText, payload["text"]) if payload["text"] else None
    return PendingReply(
        figure=FigureKey.parse(payload["figure"]),
        edition=payload["edition"],
        digest=payload["text"],
        text=kept.text or "" if kept else "",
        signed=payload["signed"],
    )


def _edition(session: Session, figure: FigureKey) -> int:
    """The edition of the version replied to."""
    standing = figure_standing(session, figure)
    if standing is None:
        raise NoSuchFigure(message(N_("There is no published figure {figure}."), figure=str(figure)))
    if standing.edition is None:
        raise FigureMoved(N_("The figure is being published this very moment. Try again in a few seconds."))
    return standing.edition


def _require_words(session: Session, figure: FigureKey, text: str) -> None:
    standing = statements_standing(session, "reply", [str(figure)]).get(str(figure))
    if not text.strip() and (standing is None or standing["text"] is None):
        refusal = message(N_("Write what the body says; there is no reply to take back."))
    elif len(text) > LONGEST:
        refusal = message(N_("Use {most} characters or fewer."), most=str(LONGEST))
    else:
        return
    raise ReplyRefused(refusal, {"text": refusal})


def _note(session: Session, act: str, figure: FigureKey, proposal_id: str, actor: Actor, now: datetime) -> None:
    details = {"proposal": proposal_id}
    record(session, actor=actor, act=f"publishing.{act}", subject=f"figure:{figure}", details=details, now=now)
