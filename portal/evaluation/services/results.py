"""Proposing and publishing a result: computed twice, signed by two people, neither connected to the body."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from portal.accounts.queries import is_connected_to
from portal.accounts.values import Scope
from portal.audit.services import record
from portal.duties import services as duties
from portal.duties.queries import get_proposal
from portal.duties.values import Proposal
from portal.evaluation.errors import (
    CycleClosed,
    NothingToPublish,
    NotInGroup,
    ResultOutdated,
    TooLittleScored,
)
from portal.evaluation.models import MarkRow, ObjectRow, ResultRow
from portal.evaluation.permissions import EvaluationPermission
from portal.evaluation.queries import Computed, compute, published_versions
from portal.evaluation.rules.scoring import LEAST_SCORED
from portal.evaluation.services.appeals import record_assessors
from portal.evaluation.services.reviews import PUBLISH, REVIEW, subject
from portal.evaluation.statements import score_from_json, score_to_json, statement
from portal.evaluation.values import CycleState
from portal.foundation.actor import Actor
from portal.foundation.errors import Invalid
from portal.foundation.i18n import N_, Message
from portal.foundation.ids import new_id
from portal.foundation.text import plain
from portal.publishing.services import propose_act, salt_text
from portal.publishing.values import ActKind
from portal.registry.queries import get_body

TIME_TO_SIGN = timedelta(days=7)


def propose_result(
    session: Session, *, cycle: str, body: str, reason: str, actor: Actor, now: datetime
) -> Proposal:
    """Compute the result as of the newest edition, keep it as a snapshot, and ask for a second signature.

    `reason` is published with it. Raises Forbidden, NoSuchCycle, NotInGroup for somebody connected to the
    body, CycleClosed while another proposal waits, NothingToPublish, TooLittleScored.
    """
    actor.require(EvaluationPermission.MANAGE)
    said = _reason(reason)
    object_ = _locked(session, cycle, body)
    computed = compute(session, cycle=cycle, body=body)
    about = Scope(body, period=computed.cycle.period, cycle=cycle)
    if is_connected_to(session, person_id=actor.person_id, scope=about, at=now):
        raise NotInGroup(N_("You are connected to this body: somebody else must propose its result."))
    _require_publishable(session, computed)
    row = ResultRow(
        id=new_id(),
        cycle=cycle,
        body=body,
        as_of=computed.as_of,
        reason_code=computed.reason_code.value,
        score=score_to_json(computed.score),
        computed_at=now,
    )
    session.add(row)
    object_.state = CycleState.SCORED
    session.flush()
    names = {"names": dict(computed.cycle.names), "body": dict(get_body(session, body).names)}
    return duties.propose(
        session,
        kind=PUBLISH,
        subject=subject(cycle, body),
        title=Message(N_("Result of {body} in the evaluation {names}"), names),
        address=f"/desk/evaluation/{cycle}/{body}",
        payload={"result": row.id},
        reason=said,
        actor=actor,
        permission=EvaluationPermission.APPROVE,
        about=about,
        due_at=now + TIME_TO_SIGN,
        now=now,
    )


def publish_result(session: Session, *, proposal_id: str, actor: Actor, now: datetime) -> str:
    """Give the second signature and hand the result to the log; return the id of its act.

    Raises as `countersign`, and ResultOutdated when what is published has moved the score since.
    """
    actor.require(EvaluationPermission.APPROVE)
    proposal = duties.countersign(session, proposal_id=proposal_id, actor=actor, now=now)
    row = session.get_one(ResultRow, proposal.payload["result"])
    object_ = _locked(session, row.cycle, row.body)
    if compute(session, cycle=row.cycle, body=row.body).score != score_from_json(row.score):
        raise ResultOutdated(N_("What this result was made of has changed: decline it and propose it again."))
    _salt_reasons(session, row)
    computed = compute(session, cycle=row.cycle, body=row.body)
    previous = computed.previous
    row.score = score_to_json(computed.score)
    row.act_id = propose_act(
        session,
        kind=ActKind.EVALUATION,
        statements=[
            statement(
                computed.cycle,
                row.body,
                computed.score,
                reason_code=computed.reason_code,
                as_of=computed.as_of,
                replaces=None if previous is None else previous.edition,
                reason_digest=salt_text(session, proposal.reason),
            )
        ],
        proposed_by=proposal.proposer_id,
        approved_by=actor.person_id,
        now=now,
    )
    object_.state = CycleState.PUBLISHED
    session.flush()
    record_assessors(session, score=computed.score, result_id=row.id, day=now.date())
    duties.close_duty(session, kind=REVIEW, subject=subject(row.cycle, row.body))
    _note(session, "evaluation.publish", row, actor, now)
    return row.act_id


def decline_result(session: Session, *, proposal_id: str, actor: Actor, now: datetime) -> tuple[str, str]:
    """Refuse a proposed result, or take one's own back: the evaluation is as it was. Returns cycle and body."""
    proposal = get_proposal(session, proposal_id, actor=actor, now=now)
    duties.decline(session, proposal_id=proposal_id, actor=actor, now=now)
    row = session.get_one(ResultRow, proposal.payload["result"])
    object_ = _locked(session, row.cycle, row.body)
    published = session.scalar(_published_of(row.cycle, row.body)) or 0
    object_.state = CycleState.PUBLISHED if published else CycleState.OPEN
    _note(session, "evaluation.decline", row, actor, now)
    return row.cycle, row.body


def _require_publishable(session: Session, computed: Computed) -> None:
    cycle, body = computed.cycle.code, computed.body
    if computed.state is CycleState.SCORED:
        raise CycleClosed(N_("A result of this body already waits for its second signature."))
    sent = session.scalar(_published_of(cycle, body)) or 0
    if sent > len(published_versions(session, cycle, body, edition=computed.as_of)):
        raise CycleClosed(N_("The last result is on its way to the log. Try again in a moment."))
    if computed.score.value is None or computed.score.scored_share < LEAST_SCORED:
        raise TooLittleScored(N_("Less than half of the weight could be scored: this is not yet a result."))
    if not computed.is_news:
        raise NothingToPublish(N_("This is the result already published: nothing has moved."))


def _reason(text: str) -> str:
    said = plain(text)
    if not said or len(said) > 2000:
        fault = Message(N_("Say in a sentence or two why this is published; at most 2,000 characters."))
        raise Invalid(N_("The result cannot be proposed like this."), {"reason": fault})
    return said


def _salt_reasons(session: Session, row: ResultRow) -> None:
    """Marks are published with the digests of their reasons, the same ones each time."""
    marks = session.scalars(
        select(MarkRow)
        .where(
            MarkRow.cycle == row.cycle,
            MarkRow.body == row.body,
            MarkRow.replaced_at.is_(None),
            MarkRow.reason_digest.is_(None),
        )
        .order_by(MarkRow.id)
    )
    for mark in marks:
        mark.reason_digest = salt_text(session, mark.reason)
    session.flush()


def _locked(session: Session, cycle: str, body: str) -> ObjectRow:
    row = session.get(ObjectRow, (cycle, body), with_for_update=True)
    if row is None:
        raise CycleClosed(N_("This body is not evaluated in this cycle."))
    return row


def _published_of(cycle: str, body: str) -> Select[int]:
    return select(func.count()).where(
        ResultRow.cycle == cycle, ResultRow.body == body, ResultRow.act_id.is_not(None)
    )


def _note(session: Session, act: str, row: ResultRow, actor: Actor, now: datetime) -> None:
    record(
        session,
        actor=actor,
        act=act,
        subject=subject(row.cycle, row.body),
        details={"result": row.id},
        now=now,
    )
