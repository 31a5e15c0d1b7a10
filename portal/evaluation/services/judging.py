"""Deciding on an appeal: two people, neither of whom had a part in what it is against."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.accounts.queries import is_connected_to, unconnected_people_with, verifiers_of
from portal.accounts.values import Scope
from portal.audit.services import record
from portal.cases.queries import took_part
from portal.cases.services.retention import end_appeal_hold
from portal.duties import services as duties
from portal.duties.queries import find_waiting, signers_of
from portal.duties.values import Proposal
from portal.evaluation.errors import BadAppeal, NoAppeal, NobodyToJudge, TookPart
from portal.evaluation.models import AppealRow, CycleRow, ObjectRow
from portal.evaluation.permissions import EvaluationPermission
from portal.evaluation.rules.appeals import may_judge
from portal.evaluation.services.reviews import PUBLISH, subject
from portal.evaluation.values import AppealState
from portal.foundation.actor import Actor
from portal.foundation.i18n import N_, Message
from portal.foundation.text import plain
from portal.publishing.values import FigureKey

APPEAL = "evaluation.appeal"
DECISION = "evaluation.appeal-decision"
WORDS_LIMIT = 5000
TIME_TO_DECIDE = timedelta(days=30)


def propose_decision(
    session: Session, *, appeal_id: str, outcome: AppealState, reason: str, actor: Actor, now: datetime
) -> Proposal:
    """The first half. Raises Forbidden, TookPart, NoAppeal, BadAppeal, NobodyToJudge, AlreadyProposed."""
    row = _open(session, appeal_id, actor, now)
    if outcome is AppealState.OPEN:
        raise BadAppeal(N_("Choose what is decided."))
    said, key = said_in(reason, "reason"), FigureKey.parse(row.figure)
    others = [one for one in judges(session, row, now) if one != actor.person_id]
    if not others:
        raise NobodyToJudge(N_("Nobody else who had no part in it may decide. Give the right to a second person."))
    return duties.propose(
        session,
        kind=DECISION,
        subject=row.id,
        title=Message(N_("A decision on an appeal waits for a second signature")),
        address=f"/desk/appeals/{row.id}",
        payload={"outcome": outcome.value},
        reason=said,
        actor=actor,
        permission=EvaluationPermission.JUDGE,
        people=others,
        about=scope_of(key),
        due_at=now + TIME_TO_DECIDE,
        now=now,
    )


def decide(session: Session, *, appeal_id: str, actor: Actor, now: datetime) -> None:
    """The second half, never by the proposer. Raises as `propose_decision`, and the errors of countersign."""
    row = _open(session, appeal_id, actor, now)
    proposal = duties.countersign(session, proposal_id=_waiting(session, row), actor=actor, now=now)
    key = FigureKey.parse(row.figure)
    row.state = AppealState(proposal.payload["outcome"])
    row.proposed_by, row.decided_by, row.decided_on = proposal.proposer_id, actor.person_id, now.date()
    row.reason = proposal.reason
    session.flush()
    end_appeal_hold(session, appeal_id=row.id)
    look_again(session, key)
    duties.close_duty(session, kind=APPEAL, subject=row.id)
    details = {"outcome": row.state}
    record(session, actor=actor, act="evaluation.appeal-decided", subject=row.id, details=details, now=now)


def decline_decision(session: Session, *, appeal_id: str, actor: Actor, now: datetime) -> None:
    """Refuse what was proposed, or take one's own half back: the appeal stays open."""
    row = _open(session, appeal_id, actor, now)
    duties.decline(session, proposal_id=_waiting(session, row), actor=actor, now=now)


def may_decide(session: Session, *, appeal_id: str, actor: Actor, now: datetime) -> bool:
    row = session.get(AppealRow, appeal_id)
    return row is not None and row.state == AppealState.OPEN and can_judge(session, row, actor, now)


def can_judge(session: Session, row: AppealRow, actor: Actor, now: datetime) -> bool:
    if not actor.may(EvaluationPermission.JUDGE):
        return False
    scope = scope_of(FigureKey.parse(row.figure))
    connected = is_connected_to(session, person_id=actor.person_id, scope=scope, at=now)
    return may_judge(actor.person_id, part=_part(session, row), connected=connected)


def judges(session: Session, row: AppealRow, now: datetime) -> list[str]:
    """Who may decide on it."""
    part, scope = _part(session, row), scope_of(FigureKey.parse(row.figure))
    people = unconnected_people_with(session, EvaluationPermission.JUDGE, scope, at=now)
    return [one.id for one in people if one.id not in part]


def look_again(session: Session, key: FigureKey) -> None:
    """Have public results of the body held against what is so now, though no edition is newer."""
    cycles = select(CycleRow.code).where(CycleRow.period == key.period)
    session.execute(
        update(ObjectRow).where(ObjectRow.body == key.body, ObjectRow.cycle.in_(cycles)).values(checked_edition=0)
    )


def scope_of(key: FigureKey) -> Scope:
    return Scope(key.body, key.indicator, key.period)


def said_in(text: str, field: str) -> str:
    said = plain(text)
    if not said or len(said) > WORDS_LIMIT:
        fault = Message(N_("Say what it rests on, in at most {most} characters."), {"most": WORDS_LIMIT})
        raise BadAppeal(fault, {field: fault})
    return said


def _open(session: Session, appeal_id: str, actor: Actor, now: datetime) -> AppealRow:
    actor.require(EvaluationPermission.JUDGE)
    row = session.get(AppealRow, appeal_id, with_for_update=True)
    if row is None or row.state != AppealState.OPEN:
        raise NoAppeal(N_("This appeal was decided, or there is none."))
    if not can_judge(session, row, actor, now):
        raise TookPart(N_("You had a part in what this appeal is against, or are connected to it."))
    return row


def _part(session: Session, row: AppealRow) -> frozenset[str]:
    """Who verified the figure, found it false, signed a result that takes points for it, or appeals."""
    key = FigureKey.parse(row.figure)
    cycles = session.scalars(select(CycleRow.code).where(CycleRow.period == key.period)).all()
    signed = [signers_of(session, kind=PUBLISH, subject=subject(cycle, key.body)) for cycle in cycles]
    found = took_part(session, key)
    return found.union(*signed, verifiers_of(session, scope_of(key)), {row.person_id, row.appellant})


def _waiting(session: Session, row: AppealRow) -> str:
    found = find_waiting(session, kind=DECISION, subject=row.id)
    if found is None:
        raise NoAppeal(N_("No decision on this appeal waits for a second signature any more."))
    return found.id
