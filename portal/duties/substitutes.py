"""Who takes over when a second signature was not given in time: one person, by name, chosen by rule.

Everybody who may sign could leave it to the others. After some working days one of them is named, and told:
somebody the proposal was not put before at first, if there is anybody, then whoever has least waiting. It is never
the proposer nor anyone connected, and whoever else may sign still may. Where nobody can take over, that is shown.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.accounts.queries import actor_for, away_on, connected_people, list_people
from portal.accounts.values import Scope
from portal.audit.services import record
from portal.config import Settings
from portal.duties import rules
from portal.duties.calendar import WorkingDays
from portal.duties.models import DutyPerson, DutyRow, ProposalRow, SubstituteRow
from portal.duties.queries import people_of_proposal
from portal.duties.values import ANSWERED, ProposalState
from portal.foundation.actor import Actor
from portal.foundation.jobs import JobContext


def name_all(context: JobContext) -> None:
    """Look at all that waits too long, each in a transaction of its own."""
    now = context.clock.now().astimezone(context.settings.zone)
    with context.database.read() as session:
        too_long = waiting_too_long(session, settings=context.settings, now=now)
        sooner = _perhaps_sooner(session, now=now)
    for proposal_id in too_long:
        with context.database.write() as session:
            name_substitute(session, proposal_id=proposal_id, now=now)
    for proposal_id in (one for one in sooner if one not in too_long):
        with context.database.write() as session:
            name_substitute(session, proposal_id=proposal_id, is_due=False, now=now)


def _perhaps_sooner(session: Session, *, now: datetime) -> tuple[str, ...]:
    """All that waits, while anybody who is away has named a stand-in."""
    if not any(one.stand_in for one in away_on(session, now.date()).values()):
        return ()
    query = select(ProposalRow.id).where(ProposalRow.state == ProposalState.WAITING)
    return tuple(session.scalars(query.order_by(ProposalRow.id)))


def waiting_too_long(session: Session, *, settings: Settings, now: datetime) -> tuple[str, ...]:
    """Ids of proposals that nobody signed or declined within the working days of the settings."""
    calendar, days = WorkingDays.of(settings), settings.substitute_working_days
    query = select(ProposalRow.id, ProposalRow.proposed_at).where(
        ProposalRow.state == ProposalState.WAITING, ProposalRow.proposed_at < now - timedelta(days=days)
    )
    today = calendar.day_of(now)
    return tuple(
        row.id
        for row in session.execute(query.order_by(ProposalRow.id))
        if calendar.after(calendar.day_of(row.proposed_at), days) < today
    )


def name_substitute(session: Session, *, proposal_id: str, is_due: bool = True, now: datetime) -> str | None:
    """Name one, unless there is one who still may sign and is there. Returns who it is now; None when nobody can
    take over.

    Before it `is_due` only where nobody is there but whoever stands in for those who may sign and are away.
    """
    row = session.get(ProposalRow, proposal_id, with_for_update=True)
    if row is None or row.state != ProposalState.WAITING:
        return None
    able, former = _able(session, row, now=now), session.get(SubstituteRow, proposal_id)
    away = {person: one.stand_in for person, one in away_on(session, now.date()).items() if person in able}
    if former is not None and former.person_id in able and former.person_id not in away:
        return former.person_id
    asked = frozenset(former.asked) if former is not None else able
    stand_ins = {one for one in away.values() if one}
    if not is_due and not rules.takes_over_at_once(able, away=away, stand_ins=stand_ins):
        return None
    chosen = rules.choose_substitute(_loads(session, able), asked=asked, away=away, stand_ins=stand_ins)
    if former is not None and chosen is None and former.person_id in able:
        return former.person_id  # away, and yet the only one who could
    if former is None:
        former = SubstituteRow(proposal_id=proposal_id, asked=sorted(asked), person_id=chosen, since=now)
        session.add(former)
    elif chosen == former.person_id:
        return None
    else:
        former.person_id, former.since = chosen, now
    session.flush()
    record(
        session,
        actor=Actor.system(),
        act="duties.substitute" if chosen else "duties.no-substitute",
        subject=row.subject,
        details={"kind": row.kind, "proposal": row.id} | ({"person": chosen} if chosen else {}),
        now=now,
        chain=row.chain,
    )
    return chosen


def _able(session: Session, row: ProposalRow, *, now: datetime) -> frozenset[str]:
    """Everybody who may sign: active, with the right, named where names were, neither proposer nor connected."""
    people = people_of_proposal(session, row)
    near = connected_people(session, [Scope(**one) for one in row.about or ()], at=now)
    return frozenset(
        person.id
        for person in list_people(session)
        if person.is_active
        and person.id not in near
        and rules.may_sign(
            actor_for(person),
            proposer_id=row.proposer_id,
            state=ProposalState(row.state),
            permission=row.permission,
            people=people,
        )
    )


def _loads(session: Session, people: Collection[str]) -> dict[str, int]:
    """How much waits for each of these people by name: duties, and signatures as a substitute. What became of
    their own proposals is no work."""
    loads = dict.fromkeys(people, 0)
    to_do = DutyRow.id == DutyPerson.duty_id, ~DutyRow.kind.startswith(ANSWERED, autoescape=True)
    waiting = ProposalRow.id == SubstituteRow.proposal_id, ProposalRow.state == ProposalState.WAITING
    for query in (
        select(DutyPerson.person_id, func.count())
        .join(DutyRow, to_do[0])
        .where(to_do[1])
        .group_by(DutyPerson.person_id),
        select(SubstituteRow.person_id, func.count())
        .join(ProposalRow, waiting[0])
        .where(waiting[1])
        .group_by(SubstituteRow.person_id),
    ):
        for person, count in session.execute(query):
            if person in loads:
                loads[person] += count
    return loads
