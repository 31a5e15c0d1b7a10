"""Acts of the duties room: open and close duties, propose, sign and decline."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Text, bindparam, delete, exists, select, type_coerce, update
from sqlalchemy.orm import Session

from portal.accounts.values import Scope
from portal.audit.services import record
from portal.audit.values import MAIN
from portal.duties.errors import AlreadyDecided, AlreadyProposed, NoSuchProposal, OwnProposal
from portal.duties.models import DutyPerson, DutyRow, MailedItem, ProposalPerson, ProposalRow, SubstituteRow
from portal.duties.queries import answers_on, is_for, to_proposal
from portal.duties.values import ANSWERED, About, Proposal, ProposalState
from portal.foundation.actor import Actor
from portal.foundation.i18n import Message
from portal.foundation.ids import new_id
from portal.foundation.json_words import without, written
from portal.foundation.reads import Read, Rows
from portal.foundation.writes import Step, Write, into, run_all

_ADDED, _GIVEN = into(DutyRow), into(DutyPerson)
_OPEN = Read(select(DutyRow.id).where(DutyRow.kind == bindparam("kind"), DutyRow.subject == bindparam("subject")))
OPEN = (
    select(
        DutyPerson.person_id,
        DutyRow.about,
        DutyRow.due_at,
        exists().where(MailedItem.item_id == DutyRow.id).correlate(DutyRow).label("mailed"),
    )
    .join(DutyRow, DutyRow.id == DutyPerson.duty_id)
    .where(DutyRow.kind == bindparam("kind"), DutyRow.subject == bindparam("subject"))
    .subquery()
)
"""A row for each person whom the open duty of a `kind` and `subject` waits for, to be joined with what else is
asked at the same moment. `renewed_duty` goes by it."""
_ITS_ID = select(DutyRow.id).where(DutyRow.kind == bindparam("kind"), DutyRow.subject == bindparam("subject"))
_UNTOLD = Write(delete(MailedItem).where(MailedItem.item_id.in_(_ITS_ID)))
_CLOSED = Write(delete(DutyRow).where(DutyRow.kind == bindparam("kind"), DutyRow.subject == bindparam("subject")))


def open_duty(
    session: Session,
    *,
    kind: str,
    subject: str,
    title: Message,
    address: str,
    permission: str | None = None,
    people: Sequence[str] | None = None,
    about: About = None,
    due_at: datetime,
    now: datetime,
) -> str:
    """Put a duty before `people`, or before all who hold `permission`; return its id.

    A duty of the same kind and subject is replaced. `address` is the path of the page where it is
    done, without locale. Duties of a case must name people, so that they exist for nobody else; with `about`
    a person who becomes connected to any of it loses it from that moment.
    """
    duty_id = new_id()
    steps = new_duty(
        duty_id,
        kind=kind,
        subject=subject,
        title=title,
        address=address,
        permission=permission,
        people=people,
        about=about,
        due_at=due_at,
        now=now,
    )
    close_duty(session, kind=kind, subject=subject)
    run_all(session, steps)
    return duty_id


def new_duty(
    duty_id: str,
    *,
    kind: str,
    subject: str,
    title: Message,
    address: str,
    permission: str | None = None,
    people: Sequence[str] | None = None,
    about: About = None,
    due_at: datetime,
    now: datetime,
) -> tuple[Step, ...]:
    """What `open_duty` writes for a subject of which no duty of this kind can be open."""
    _require_someone(permission, people)
    duty = {
        "id": duty_id,
        "kind": kind,
        "subject": subject,
        "title": title.msgid,
        "title_params": dict(title.params),
        "address": address,
        "permission": permission,
        "named": people is not None,
        "about": _written(about),
        "opened_at": now,
        "due_at": due_at,
    }
    given = [{"duty_id": duty_id, "person_id": person} for person in sorted(set(people or ()))]
    return (_ADDED.step(duty), _GIVEN.step(*given)) if given else (_ADDED.step(duty),)


def renewed_duty(
    found: Rows, *, kind: str, subject: str, people: Sequence[str], about: About, **more: Any
) -> tuple[Step, ...]:
    """What `open_duty` writes in place of the duty of this kind and subject, given all it takes; `found` are the
    rows of `OPEN` for them.

    Nothing, where the one that is open waits for the same people for the same reason and nobody was told of it
    by mail: the new one would be no other.
    """
    alike = (_written(about), more["due_at"], False)
    if {row[0] for row in found} == set(people) and all(tuple(row[1:]) == alike for row in found):
        return ()
    made = new_duty(new_id(), kind=kind, subject=subject, people=people, about=about, **more)
    if not found:
        return made
    return *_closed(kind, subject), *made


def close_duty(session: Session, *, kind: str, subject: str) -> None:
    """The duty is done or void, and leaves no trace here. Nothing happens when there is none."""
    session.flush()
    if _OPEN.first(session, kind=kind, subject=subject) is not None:
        run_all(session, _closed(kind, subject))


def _closed(kind: str, subject: str) -> tuple[Step, Step]:
    """Deletes the duty, and that anybody was told of it."""
    former = {"kind": kind, "subject": subject}
    return _UNTOLD.step(former), _CLOSED.step(former)


def reassign_duty(session: Session, *, kind: str, subject: str, people: Sequence[str]) -> None:
    """Give an open duty to other named people: for everybody else it ceases to exist."""
    for duty in session.scalars(select(DutyRow).where(DutyRow.kind == kind, DutyRow.subject == subject)):
        duty.named = True
        session.execute(
            delete(MailedItem).where(MailedItem.item_id == duty.id, MailedItem.person_id.not_in(list(people)))
        )
        session.execute(delete(DutyPerson).where(DutyPerson.duty_id == duty.id))
        session.add_all(DutyPerson(duty_id=duty.id, person_id=person) for person in sorted(set(people)))


def open_answer(
    session: Session,
    answered: Proposal,
    *,
    title: Message,
    address: str,
    permission: str,
    about: About = None,
    due_at: datetime,
    now: datetime,
) -> None:
    """Tell whoever proposed something that somebody else signed or refused it, until they have read it.

    Others to whom the same was said of the same subject, and who did not read it yet, are told with them.
    """
    kind = f"{ANSWERED}{answered.kind}:{answered.state}"
    people = answers_on(session, answered.subject).get(kind, frozenset()) | {answered.proposer_id}
    open_duty(
        session,
        kind=kind,
        subject=answered.subject,
        title=title,
        address=address,
        permission=permission,
        people=sorted(people),
        about=about,
        due_at=due_at,
        now=now,
    )


def close_answers(session: Session, *, subject: str, people: Collection[str]) -> None:
    """These people have read what became of their proposals about this subject, or may not any more."""
    for kind, told in answers_on(session, subject).items():
        left = told.difference(people)
        if not left:
            close_duty(session, kind=kind, subject=subject)
        elif left != told:
            reassign_duty(session, kind=kind, subject=subject, people=sorted(left))


def say_about(session: Session, *, subject: str, about: About) -> None:
    """From now on whatever waits for this subject is about this: its duties, and proposals nobody has decided."""
    session.flush()
    session.execute(update(DutyRow).where(DutyRow.subject == subject).values(about=_written(about)))
    waiting = ProposalRow.subject == subject, ProposalRow.state == ProposalState.WAITING
    session.execute(update(ProposalRow).where(*waiting).values(about=_written(about)))


def propose(
    session: Session,
    *,
    kind: str,
    subject: str,
    title: Message,
    address: str,
    payload: Mapping[str, Any],
    reason: str,
    actor: Actor,
    permission: str | None = None,
    people: Sequence[str] | None = None,
    about: About = None,
    due_at: datetime,
    now: datetime,
    chain: str = MAIN,
) -> Proposal:
    """Give the first half of an act that needs two people.

    The second half may be given by `people`, or by all who hold `permission` (both, when both are given),
    never by `actor`, nor by anyone connected to anything it is `about`. `reason` and `payload` are stored in
    clear: a case gives codes only, and its own audit `chain`. Raises AlreadyProposed when the same kind is
    waiting for the same subject.
    """
    _require_someone(permission, people)
    waiting = select(ProposalRow.id).where(
        ProposalRow.kind == kind,
        ProposalRow.subject == subject,
        ProposalRow.state == ProposalState.WAITING,
    )
    if session.scalar(waiting) is not None:
        raise AlreadyProposed
    row = ProposalRow(
        id=new_id(),
        kind=kind,
        subject=subject,
        title=title.msgid,
        title_params=dict(title.params),
        address=address,
        payload=dict(payload),
        reason=reason,
        permission=permission,
        named=people is not None,
        about=_written(about),
        chain=chain,
        proposer_id=actor.person_id,
        proposed_at=now,
        due_at=due_at,
        state=ProposalState.WAITING,
    )
    session.add(row)
    session.flush()
    session.add_all(ProposalPerson(proposal_id=row.id, person_id=person) for person in sorted(set(people or ())))
    _note(session, row, actor=actor, act="duties.propose", now=now)
    session.flush()
    return to_proposal(session, row)


def countersign(session: Session, *, proposal_id: str, actor: Actor, now: datetime) -> Proposal:
    """Give the second half; the caller executes the act in the same transaction.

    Raises NoSuchProposal (also when the proposal is not for `actor`), OwnProposal, AlreadyDecided.
    """
    return _decide(session, proposal_id, actor=actor, now=now, state=ProposalState.SIGNED)


def decline(session: Session, *, proposal_id: str, actor: Actor, now: datetime) -> Proposal:
    """Refuse the second half. The proposer may take back their own proposal this way.

    Raises NoSuchProposal (also when the proposal is not for `actor`), AlreadyDecided.
    """
    return _decide(session, proposal_id, actor=actor, now=now, state=ProposalState.DECLINED)


def name_deciders(session: Session, *, proposal_id: str, people: Sequence[str]) -> None:
    """From now on only these people may give the second half; for all others it ceases to exist."""
    session.execute(delete(ProposalPerson).where(ProposalPerson.proposal_id == proposal_id))
    session.add_all(ProposalPerson(proposal_id=proposal_id, person_id=person) for person in sorted(set(people)))
    session.flush()


def withdraw(session: Session, *, proposal_id: str, now: datetime) -> None:
    """Take a waiting proposal back in its proposer's name: they can no longer stand by it (departure, recusal).

    The caller answers for the right to do so. Nothing happens when it is decided already.
    """
    row = session.get(ProposalRow, proposal_id)
    if row is None or row.state != ProposalState.WAITING:
        return
    row.state, row.decided_by, row.decided_at = ProposalState.DECLINED, row.proposer_id, now
    session.execute(delete(MailedItem).where(MailedItem.item_id == proposal_id))
    session.flush()
    _note(session, row, actor=Actor.system(), act="duties.withdraw", now=now)


def _decide(session: Session, proposal_id: str, *, actor: Actor, now: datetime, state: ProposalState) -> Proposal:
    row = session.get(ProposalRow, proposal_id)
    if row is None:
        raise NoSuchProposal
    own = row.proposer_id == actor.person_id
    if not is_for(session, row, actor=actor, now=now):
        raise NoSuchProposal
    if own and state is ProposalState.SIGNED:
        raise OwnProposal
    # one statement decides the race: only one of two simultaneous signers finds it still waiting
    decided = session.scalar(
        update(ProposalRow)
        .where(ProposalRow.id == proposal_id, ProposalRow.state == ProposalState.WAITING)
        .values(state=state, decided_by=actor.person_id, decided_at=now)
        .returning(ProposalRow.id)
        .execution_options(synchronize_session=False)
    )
    if decided is None:
        raise AlreadyDecided
    session.refresh(row)
    session.execute(delete(MailedItem).where(MailedItem.item_id == proposal_id))
    act = "duties.countersign" if state is ProposalState.SIGNED else "duties.decline"
    _note(session, row, actor=actor, act=act, now=now)
    return to_proposal(session, row)


def _note(session: Session, row: ProposalRow, *, actor: Actor, act: str, now: datetime) -> None:
    record(
        session,
        actor=actor,
        act=act,
        subject=row.subject,
        details={"kind": row.kind, "proposal": row.id},
        now=now,
        chain=row.chain,
    )


def _written(about: About) -> list[dict[str, Any]] | None:
    scopes = (about,) if isinstance(about, Scope) else about or ()
    return [asdict(scope) for scope in scopes] or None


def _require_someone(permission: str | None, people: Sequence[str] | None) -> None:
    if permission is None and people is None:
        raise ValueError("an item waits for the holders of a right or for named people")


def forget_subject(session: Session, *, subject: str) -> None:
    """Nothing is left here of a subject that was deleted: who proposed and signed stays in its audit chain."""
    session.execute(delete(DutyRow).where(DutyRow.subject == subject))
    gone = select(ProposalRow.id).where(ProposalRow.subject == subject)
    session.execute(delete(MailedItem).where(MailedItem.item_id.in_(gone)))
    session.execute(delete(ProposalPerson).where(ProposalPerson.proposal_id.in_(gone)))
    session.execute(delete(SubstituteRow).where(SubstituteRow.proposal_id.in_(gone)))
    session.execute(delete(ProposalRow).where(ProposalRow.subject == subject))


def forget_words(session: Session, *, words: str) -> None:
    """Take `words` out of the reasons and payloads of decided proposals, wherever they stand whole.

    For words that were published and are withdrawn: the record of who signed stays, what they read does not.
    """
    decided = ProposalRow.state != ProposalState.WAITING
    session.execute(update(ProposalRow).where(decided, ProposalRow.reason == words).values(reason=""))
    holding = type_coerce(ProposalRow.payload, Text).contains(written(words)[1:-1], autoescape=True)
    for row in session.scalars(select(ProposalRow).where(decided, holding)):
        row.payload = without(row.payload, words)
    session.flush()
