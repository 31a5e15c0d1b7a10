"""What a body says in public about a month of its ratings: its own words, read by a moderator first.

Numbers and addresses of people are masked as in comments, and so are the names that the moderator points out. A
reply stands only beside a month whose numbers are shown; a later one follows it, and both stay, dated.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts.queries import employers_of
from portal.accounts.values import Scope
from portal.audit.services import record
from portal.duties import services as signing
from portal.duties.values import Proposal
from portal.foundation.actor import Actor
from portal.foundation.i18n import N_, Message
from portal.foundation.ids import new_id
from portal.publishing.services import propose_act, salt_text
from portal.publishing.values import ActKind
from portal.ratings.errors import MonthNotShown, NotYourService
from portal.ratings.models import PublicReplyRow, RollUpRow
from portal.ratings.permissions import RatingsPermission
from portal.ratings.rules import texts
from portal.ratings.services.reading_duty import DAYS_TO_READ
from portal.ratings.statements import reply_statement
from portal.registry.queries import get_service

PUBLIC_REPLY = "ratings.public-reply"


def propose_public_reply(
    session: Session, *, service: str, period: str, words: str, actor: Actor, now: datetime
) -> Proposal:
    """Put a body's words before a moderator. Raises Forbidden, NotYourService, MonthNotShown, AlreadyProposed."""
    actor.require(RatingsPermission.ANSWER)
    body = get_service(session, service).body_code
    if body not in employers_of(session, person_id=actor.person_id, at=now):
        raise NotYourService(N_("This service belongs to another body."))
    require_shown(session, service, period)
    row = PublicReplyRow(id=new_id(), service=service, period=period, words=words)
    proposal = signing.propose(
        session,
        kind=PUBLIC_REPLY,
        subject=subject_of(service, period),
        title=Message(N_("A public reply to ratings: read it before it is published")),
        address=f"/desk/public-replies/{service}/{period}",
        payload={"reply": row.id},
        reason="",
        actor=actor,
        permission=RatingsPermission.MODERATE,
        about=Scope(body),
        due_at=now + DAYS_TO_READ,
        now=now,
    )
    session.add(row)
    session.flush()
    return proposal


def publish_reply(
    session: Session, *, proposal_id: str, names: Collection[str], actor: Actor, now: datetime
) -> str:
    """Publish the words without numbers and addresses of people and without `names`; return the act's id.

    Raises as `countersign`, and Forbidden, MonthNotShown.
    """
    actor.require(RatingsPermission.MODERATE)
    proposal = signing.countersign(session, proposal_id=proposal_id, actor=actor, now=now)
    row = session.get_one(PublicReplyRow, proposal.payload["reply"])
    require_shown(session, row.service, row.period)
    body = get_service(session, row.service).body_code
    digest = salt_text(session, texts.masked(row.words, names))
    act_id = propose_act(
        session,
        kind=ActKind.REPLY,
        statements=[reply_statement(row.service, body, row.period, digest)],
        proposed_by=proposal.proposer_id,
        approved_by=actor.person_id,
        now=now,
    )
    session.delete(row)
    _note(session, "ratings.reply-published", proposal, actor, now)
    return act_id


def return_reply(session: Session, *, proposal_id: str, actor: Actor, now: datetime) -> None:
    """Do not publish it; nothing of it is kept. Raises as `decline`, and Forbidden."""
    actor.require(RatingsPermission.MODERATE)
    proposal = signing.decline(session, proposal_id=proposal_id, actor=actor, now=now)
    session.delete(session.get_one(PublicReplyRow, proposal.payload["reply"]))
    _note(session, "ratings.reply-returned", proposal, actor, now)


def words_of(session: Session, proposal: Proposal) -> str:
    """What waits to be read."""
    return session.get_one(PublicReplyRow, proposal.payload["reply"]).words


def shown_months(session: Session, services: Collection[str], *, most: int = 12) -> tuple[tuple[str, str], ...]:
    """Services and months that a reply can stand beside, the newest month first."""
    shown = select(RollUpRow.service, RollUpRow.period).where(
        RollUpRow.service.in_(services), RollUpRow.suppressed.is_(False)
    )
    rows = session.execute(shown.order_by(RollUpRow.period.desc(), RollUpRow.service).limit(most))
    return tuple((service, period) for service, period in rows)


def subject_of(service: str, period: str) -> str:
    """How a reply's proposal names what it is about."""
    return f"{service}/{period}"


def require_shown(session: Session, service: str, period: str) -> None:
    """Raises MonthNotShown."""
    row = session.get(RollUpRow, (service, period))
    if row is None or row.suppressed:
        raise MonthNotShown(N_("A public reply stands beside published numbers; of this month none are shown."))


def _note(session: Session, act: str, proposal: Proposal, actor: Actor, now: datetime) -> None:
    record(session, actor=actor, act=act, subject=proposal.subject, details={"proposal": proposal.id}, now=now)
