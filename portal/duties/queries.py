"""Reads of the duties room. An item that is not for the actor is nowhere: not listed, counted or opened.

An item about a body leaves the sight of whoever becomes connected to it, in the moment they do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from portal.accounts.queries import connected_scopes, ids_of_waiting_keys, names_of
from portal.accounts.values import Scope
from portal.duties import rules
from portal.duties.errors import NoSuchProposal
from portal.duties.models import DutyPerson, DutyRow, ProposalPerson, ProposalRow, SubstituteRow
from portal.duties.rules import days_left, urgency
from portal.duties.values import ANSWERED, OF_NEW_KEYS, Duty, Proposal, ProposalState, Substitute
from portal.foundation.actor import Actor
from portal.foundation.i18n import Message

__all__ = [
    "answers_on",
    "days_left",
    "duties_of",
    "find_waiting",
    "get_proposal",
    "is_for",
    "is_open",
    "nobody_takes_over",
    "overdue_with",
    "people_of_proposal",
    "proposed_by",
    "signatures_waiting_for",
    "signers_of",
    "subjects_with",
    "to_proposal",
    "urgency",
]


R = TypeVar("R", DutyRow, ProposalRow)


def duties_of(session: Session, actor: Actor, *, now: datetime) -> tuple[Duty, ...]:
    """What waits for `actor`, the earliest deadline first."""
    named = exists().where(DutyPerson.duty_id == DutyRow.id, DutyPerson.person_id == actor.person_id)
    rows = session.scalars(
        select(DutyRow).where(_concerns(DutyRow, named, actor)).order_by(DutyRow.due_at, DutyRow.id)
    )
    return tuple(map(_to_duty, _of_waiting_keys(session, _unconnected(session, rows, actor, now))))


def signatures_waiting_for(session: Session, actor: Actor, *, now: datetime) -> tuple[Proposal, ...]:
    """Proposals to which `actor` may give the second signature, the earliest deadline first."""
    rows = session.scalars(
        select(ProposalRow)
        .where(
            ProposalRow.state == ProposalState.WAITING,
            ProposalRow.proposer_id != actor.person_id,
            _concerns(ProposalRow, _named_in(actor), actor),
        )
        .order_by(ProposalRow.due_at, ProposalRow.id)
    )
    return _proposals(session, _unconnected(session, rows, actor, now))


def proposed_by(session: Session, actor: Actor, *, now: datetime) -> tuple[Proposal, ...]:
    """What `actor` proposed and nobody has decided yet."""
    rows = session.scalars(
        select(ProposalRow)
        .where(ProposalRow.state == ProposalState.WAITING, ProposalRow.proposer_id == actor.person_id)
        .order_by(ProposalRow.due_at, ProposalRow.id)
    )
    return _proposals(session, _unconnected(session, rows, actor, now))


def get_proposal(session: Session, proposal_id: str, *, actor: Actor, now: datetime) -> Proposal:
    """Raises NoSuchProposal when there is none, or it is neither by nor for `actor`."""
    row = session.get(ProposalRow, proposal_id)
    if row is None or not is_for(session, row, actor=actor, now=now):
        raise NoSuchProposal
    return to_proposal(session, row)


def is_for(session: Session, row: ProposalRow, *, actor: Actor, now: datetime) -> bool:
    """Whether the proposal exists for `actor`: it is by or for them, and they are not connected to it."""
    people = people_of_proposal(session, row)
    concerned = rules.concerns(actor, permission=row.permission, people=people)
    mine = concerned or row.proposer_id == actor.person_id
    return mine and bool(_unconnected(session, [row], actor, now))


def find_waiting(session: Session, *, kind: str, subject: str) -> Proposal | None:
    """The undecided proposal of this kind about this subject; the caller answers for who may see it."""
    row = session.scalar(
        select(ProposalRow).where(
            ProposalRow.kind == kind,
            ProposalRow.subject == subject,
            ProposalRow.state == ProposalState.WAITING,
        )
    )
    return None if row is None else to_proposal(session, row)


def find_newest(session: Session, *, kind: str, subject: str) -> Proposal | None:
    """The newest proposal of this kind about this subject, whatever became of it; the caller answers as above.

    Ids are random and tell no order. Of two of one moment the one that waits is newer, else the one decided later:
    the one before has to be decided before another can be proposed.
    """
    query = select(ProposalRow).where(ProposalRow.kind == kind, ProposalRow.subject == subject)
    query = query.order_by(
        ProposalRow.proposed_at.desc(),
        ProposalRow.decided_at.is_(None).desc(),
        ProposalRow.decided_at.desc(),
        ProposalRow.id.desc(),
    )
    row = session.scalar(query.limit(1))
    return to_proposal(session, row) if row is not None else None


def nobody_takes_over(session: Session) -> tuple[Proposal, ...]:
    """What waits too long, and nobody could be named for; the caller answers for who may see it."""
    rows = session.scalars(
        select(ProposalRow)
        .join(SubstituteRow, SubstituteRow.proposal_id == ProposalRow.id)
        .where(ProposalRow.state == ProposalState.WAITING, SubstituteRow.person_id.is_(None))
        .order_by(ProposalRow.id)
    )
    return _proposals(session, rows.all())


def subjects_with(session: Session, kind: str) -> frozenset[str]:
    """Of what a duty of this kind is open; the caller answers for who may see it."""
    return frozenset(session.scalars(select(DutyRow.subject).where(DutyRow.kind == kind)))


def overdue_with(session: Session, kind: str, *, now: datetime) -> Mapping[str, datetime]:
    """Of what a duty of this kind is open whose time is over, and since when; the caller answers as above."""
    query = select(DutyRow.subject, DutyRow.due_at).where(DutyRow.kind == kind, DutyRow.due_at < now)
    return {row.subject: row.due_at for row in session.execute(query)}


def is_open(session: Session, *, kind: str, subject: str) -> bool:
    """Whether there is a duty of this kind about this subject; the caller answers as above."""
    query = select(DutyRow.id).where(DutyRow.kind == kind, DutyRow.subject == subject)
    return session.scalar(query) is not None


def answers_on(session: Session, subject: str) -> Mapping[str, frozenset[str]]:
    """Whom the answers about this subject are for, by kind; the caller answers as above."""
    query = select(DutyRow.kind, DutyPerson.person_id).join(DutyPerson, DutyPerson.duty_id == DutyRow.id)
    found: dict[str, set[str]] = {}
    for kind, person in session.execute(
        query.where(DutyRow.subject == subject, DutyRow.kind.startswith(ANSWERED, autoescape=True))
    ):
        found.setdefault(kind, set()).add(person)
    return {kind: frozenset(people) for kind, people in found.items()}


def get_waiting(session: Session, *, kind: str, subject: str, actor: Actor, now: datetime) -> Proposal:
    """The same as far as it exists for `actor`. Raises NoSuchProposal as `get_proposal`."""
    found = find_waiting(session, kind=kind, subject=subject)
    if found is None:
        raise NoSuchProposal
    return get_proposal(session, found.id, actor=actor, now=now)


def signers_of(session: Session, *, kind: str, subject: str) -> frozenset[str]:
    """Everybody who gave one half of an act of this kind about this subject that was done."""
    halves = session.execute(
        select(ProposalRow.proposer_id, ProposalRow.decided_by).where(
            ProposalRow.kind == kind, ProposalRow.subject == subject, ProposalRow.state == ProposalState.SIGNED
        )
    )
    return frozenset(person for pair in halves for person in pair if person is not None)


def people_of_proposal(session: Session, row: ProposalRow) -> frozenset[str] | None:
    """The people the proposal names, or None when its right alone decides."""
    if not row.named:
        return None
    return frozenset(session.scalars(select(ProposalPerson.person_id).where(ProposalPerson.proposal_id == row.id)))


def to_proposal(session: Session, row: ProposalRow) -> Proposal:
    return _proposals(session, [row])[0]


def _proposals(session: Session, rows: Sequence[ProposalRow]) -> tuple[Proposal, ...]:
    if not rows:
        return ()
    waiting = [row.id for row in rows if row.state == ProposalState.WAITING]
    query = select(SubstituteRow).where(SubstituteRow.proposal_id.in_(waiting))
    found = {one.proposal_id: one for one in session.scalars(query)} if waiting else {}
    people = {person for one in found.values() for person in (one.person_id, *one.asked) if person}
    names = names_of(session, people | {row.proposer_id for row in rows})
    return tuple(_to_proposal(row, names, found.get(row.id)) for row in rows)


def _to_substitute(row: SubstituteRow, names: Mapping[str, str]) -> Substitute:
    others = tuple(names[one] for one in row.asked if one != row.person_id)
    return Substitute(row.person_id, names[row.person_id] if row.person_id else "", others, row.since)


def _to_proposal(row: ProposalRow, names: Mapping[str, str], substitute: SubstituteRow | None) -> Proposal:
    return Proposal(
        id=row.id,
        kind=row.kind,
        subject=row.subject,
        title=Message(row.title, row.title_params),
        address=row.address,
        payload=row.payload,
        reason=row.reason,
        proposer_id=row.proposer_id,
        proposer_name=names[row.proposer_id],
        proposed_at=row.proposed_at,
        due_at=row.due_at,
        state=ProposalState(row.state),
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        substitute=None if substitute is None else _to_substitute(substitute, names),
        chain=row.chain,
    )


def _to_duty(row: DutyRow) -> Duty:
    return Duty(
        id=row.id,
        kind=row.kind,
        subject=row.subject,
        title=Message(row.title, row.title_params),
        address=row.address,
        opened_at=row.opened_at,
        due_at=row.due_at,
    )


def _unconnected(session: Session, rows: Iterable[R], actor: Actor, now: datetime) -> list[R]:
    """Those of the rows that are about nothing the actor is connected to, asked once for all of them."""
    about = [(row, [Scope(**one) for one in row.about or ()]) for row in rows]
    scopes = (scope for _, some in about for scope in some)
    near = connected_scopes(session, person_id=actor.person_id, scopes=scopes, at=now)
    return [row for row, some in about if near.isdisjoint(some)]


def _of_waiting_keys(session: Session, rows: list[DutyRow]) -> list[DutyRow]:
    """Without those about a new key that is in use or withdrawn by now: a job closes them minutes later."""
    if not any(row.kind in OF_NEW_KEYS for row in rows):
        return rows
    waiting = ids_of_waiting_keys(session)
    return [row for row in rows if row.kind not in OF_NEW_KEYS or row.subject in waiting]


def _named_in(actor: Actor) -> ColumnElement[bool]:
    return exists().where(
        ProposalPerson.proposal_id == ProposalRow.id, ProposalPerson.person_id == actor.person_id
    )


def _concerns(
    table: type[DutyRow] | type[ProposalRow], named: ColumnElement[bool], actor: Actor
) -> ColumnElement[bool]:
    """The same decision as rules.concerns, for the database."""
    holds = table.permission.in_(sorted(actor.permissions))
    return and_(
        or_(table.permission.is_(None), holds),
        or_(named, and_(table.named.is_(False), table.permission.is_not(None))),
    )
