"""A flood that was set aside is dismissed together: one officer proposes it, a second reads a sample and signs.

What one act covers is fixed when it is proposed, and shrinks by whatever happens to a report since: it was
acknowledged, somebody added something, or it came to be connected to one of the two. Each report is closed by
itself, a few at a time, as the case it is; its reporter reads why in the mailbox, and whatever they write there
opens it again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, func, select, update
from sqlalchemy.orm import Session

from portal.accounts import queries as accounts
from portal.audit.values import case_chain
from portal.cases import batches, rules, sealing
from portal.cases.errors import NobodyToDecide, NoSeedYet, NoSuchCase, NotAllRead, NothingToDismiss, WrongState
from portal.cases.models import BatchMemberRow, BatchRefusedRow, BatchRow, Case, Item, LinkRow, Wrap
from portal.cases.permissions import CasesPermission
from portal.cases.services import (
    about,
    access,
    answers,
    casework,
    deadlines,
    holders,
    reminders,
    samples,
    steps,
    trail,
)
from portal.cases.services.access import Officer
from portal.cases.values import (
    Answered,
    Batch,
    CaseState,
    Channel,
    Drawn,
    Finding,
    ItemKind,
    Junk,
    Lane,
    Report,
    Shelf,
    Subject,
)
from portal.cases.values.quarters import Quarter
from portal.config import Settings
from portal.duties import services as duties
from portal.duties.queries import find_waiting
from portal.duties.values import Proposal
from portal.foundation import crypto, ids
from portal.foundation.clock import day_start
from portal.foundation.i18n import N_, Message
from portal.foundation.jobs import enqueue
from portal.foundation.keys import KeyRing
from portal.foundation.writes import into, run_all
from portal.publishing.queries import current_edition

KIND = "case-batch"
READABLE = timedelta(days=60)
_SIGNED = N_("Dismissing reports together was agreed to")
_REFUSED = N_("Dismissing reports together was refused: read why")
CLOSE = "cases.dismiss-together"
AT_ONCE = 20
"""Cases that one transaction closes: on SQLite everybody else who writes waits for it, reporters included."""
MOST_OPENED = 200
_MEMBERS = into(BatchMemberRow, "batch_id", "case_id", "drawn")


def address(batch_id: str) -> str:
    return f"/desk/cases/batches/{batch_id}"


def propose(
    session: Session,
    *,
    body: str,
    day: date | None = None,
    like: str = "",
    why: Junk,
    keys: KeyRing,
    officer: Officer,
    now: datetime,
) -> str:
    """The first half: reports about one body that were set aside, of one day if said, the oldest first.

    With `like`, the beginning of a reference, only those whose text is nearly that of this one: at most
    MOST_OPENED are opened for it, in memory. Returns the id of the batch. Raises NothingToDismiss, NoSeedYet,
    NobodyToDecide.
    """
    officer.actor.require(CasesPermission.HANDLE)
    quarter = Quarter.of(now.date())
    if samples.promise_for(session, quarter, keys=keys) is None:
        raise NoSeedYet
    here = [Case.body_code == body, *_dismissible(), *access.visible_to(officer, now=now)]
    here.append(~exists().where(BatchMemberRow.case_id == Case.id))
    if day is not None:
        here.append(Case.received_on == day)
    chosen = _like(session, like, here, officer) if like else _first(session, here, batches.MOST)
    if not chosen:
        raise NothingToDismiss
    deciders = _deciders(session, chosen, but=officer.id)
    if not deciders:
        raise NobodyToDecide
    row = BatchRow(
        id=ids.new_id(),
        body_code=body,
        day=day,
        why=why,
        period=str(quarter),
        proposed_by=officer.id,
        proposed_on=now.date(),
    )
    session.add(row)
    session.flush()
    run_all(session, (_MEMBERS.step(*({"batch_id": row.id, "case_id": one, "drawn": False} for one in chosen)),))
    duties.propose(
        session,
        kind=KIND,
        subject=row.id,
        title=Message(N_("Dismissing reports that were set aside waits for a second signature")),
        address=address(row.id),
        payload={"why": why.value},
        reason="",
        actor=officer.actor,
        permission=CasesPermission.DECIDE,
        people=deciders,
        about=holders.scopes_of(Subject(body)),
        due_at=reminders.end_of(deadlines.sign_by(now.date(), officer.settings), now),
        now=now,
        chain=case_chain(row.id),
    )
    return row.id


def waiting(session: Session, *, keys: KeyRing, officer: Officer, now: datetime) -> tuple[Batch, ...]:
    """What waits for its second signature, as far as it exists for this officer."""
    if not officer.actor.may(CasesPermission.READ):
        return ()
    rows = session.scalars(select(BatchRow).where(BatchRow.signed_by.is_(None)).order_by(BatchRow.id))
    found = (_to_batch(session, row, keys=keys, officer=officer, now=now) for row in rows)
    return tuple(one for one in found if one is not None)


def get(session: Session, *, batch_id: str, keys: KeyRing, officer: Officer, now: datetime) -> Batch:
    """Raises NoSuchCase where it is signed or declined, or nothing of it exists for this officer."""
    row = session.get(BatchRow, batch_id)
    found = None
    if row is not None and row.signed_by is None and officer.actor.may(CasesPermission.READ):
        found = _to_batch(session, row, keys=keys, officer=officer, now=now)
    if found is None:
        raise NoSuchCase
    return found


def answered(session: Session, *, batch_id: str, officer: Officer, now: datetime) -> Answered:
    """What became of it, for whoever proposed it. Raises NoSuchCase for everybody else, and while it waits."""
    row = session.get(BatchRow, batch_id)
    if row is None:
        return _refused(session, batch_id, officer, now)
    if row.signed_by is None or row.signed_on is None or row.proposed_by != officer.id:
        raise NoSuchCase
    _require_far(session, row.body_code, officer, now)
    covers, why = _count(session, row), Junk(row.why)
    return Answered(row.id, row.body_code, why, row.signed_by, row.signed_on, covers, is_signed=True)


def _refused(session: Session, batch_id: str, officer: Officer, now: datetime) -> Answered:
    row = session.get(BatchRefusedRow, batch_id)
    if row is None or row.proposed_by != officer.id or row.refused_on < now.date() - READABLE:
        raise NoSuchCase
    _require_far(session, row.body_code, officer, now)
    try:
        reason = str(sealing.unpack(officer.unseal(row.sealed))["text"])
    except crypto.CannotOpen:
        reason = None  # it was sealed to a key they gave up
    why = Junk(row.why)
    return Answered(
        row.id, row.body_code, why, row.refused_by, row.refused_on, row.covers, is_signed=False, reason=reason
    )


def _count(session: Session, row: BatchRow) -> int:
    return session.scalar(select(func.count()).where(BatchMemberRow.batch_id == row.id)) or 0


def _require_far(session: Session, body: str, officer: Officer, now: datetime) -> None:
    scopes = holders.scopes_of(Subject(body))
    may = officer.actor.may(CasesPermission.READ)
    if not may or holders.is_connected(session, person_id=officer.id, scopes=scopes, now=now):
        raise NoSuchCase


def open_drawn(
    session: Session, *, batch_id: str, case_id: str, keys: KeyRing, officer: Officer, now: datetime
) -> Report:
    """The report, opened; that this officer did so is kept with it and is on its record.

    Raises NoSuchCase for what was not drawn, and for the proposer, to whom the sample says nothing.
    """
    found = get(session, batch_id=batch_id, keys=keys, officer=officer, now=now)
    if case_id not in {one.case_id for one in found.sample}:
        raise NoSuchCase
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.DECIDE, now=now)
    report = casework.read_report(session, case, access.open_keys(session, case=case, officer=officer))
    row = session.get_one(BatchMemberRow, (batch_id, case_id))
    row.read_by, row.read_on = officer.id, now.date()
    session.flush()
    trail.note(session, case, officer, "cases.read-drawn", now)
    return report


def sign(session: Session, *, batch_id: str, keys: KeyRing, officer: Officer, now: datetime) -> None:
    """The second half, never by the proposer, and only once this officer has opened all that was drawn.

    Raises NoSuchCase, NothingToDismiss, NotAllRead, and the errors of duties.countersign.
    """
    officer.actor.require(CasesPermission.DECIDE)
    row = _take(session, batch_id, keys, officer, now)
    found = duties.countersign(session, proposal_id=_proposal(session, row), actor=officer.actor, now=now)
    covered = _covered(session, row, officer.id, now)
    drawn = _sample(session, row, covered, keys)
    if not drawn:
        raise NothingToDismiss
    if batches.unread(drawn, _read_by(session, row), signer=officer.id):
        raise NotAllRead
    _keep_only(session, row, covered)
    of_sample = BatchMemberRow.batch_id == row.id, BatchMemberRow.case_id.in_(sorted(drawn))
    session.execute(update(BatchMemberRow).where(*of_sample).values(drawn=True))
    row.signed_by, row.signed_on = officer.id, now.date()
    session.flush()
    _tell(session, row, found, _SIGNED, officer.settings, now)
    enqueue(session, CLOSE, {"batch": row.id}, due_at=day_start(now))


def refuse(
    session: Session, *, batch_id: str, reason: str = "", keys: KeyRing, officer: Officer, now: datetime
) -> None:
    """Refuse it and say why, or take one's own half back: every report stays where it is.

    The reason is sealed to whoever proposed it, and to nobody else: a batch has no key of its own, and anything
    written into one of its reports would take that out of the next.
    """
    row = _take(session, batch_id, keys, officer, now)
    found = duties.decline(session, proposal_id=_proposal(session, row), actor=officer.actor, now=now)
    if row.proposed_by != officer.id and _seal(session, row, reason, officer, now):
        _tell(session, row, found, _REFUSED, officer.settings, now)
    session.execute(delete(BatchMemberRow).where(BatchMemberRow.batch_id == row.id))
    session.delete(row)
    session.flush()


def _seal(session: Session, row: BatchRow, reason: str, officer: Officer, now: datetime) -> bool:
    """Keep why for whoever proposed it; not for somebody who may read no case any more."""
    readers = holders.trusted(session, permission=CasesPermission.READ, settings=officer.settings)
    public = next((one.box_public for one in readers if one.person_id == row.proposed_by), None)
    if public is None:
        return False
    kept = BatchRefusedRow(
        id=row.id,
        body_code=row.body_code,
        why=row.why,
        covers=_count(session, row),
        proposed_by=row.proposed_by,
        refused_by=officer.id,
        refused_on=now.date(),
        sealed=crypto.box_seal(public, sealing.pack({"text": reason})),
    )
    session.add(kept)
    session.flush()
    return True


def forget_refused(session: Session, *, today: date) -> None:
    """After some days nobody reads any more why a batch was refused."""
    over = BatchRefusedRow.refused_on < today - READABLE
    for batch_id in session.scalars(delete(BatchRefusedRow).where(over).returning(BatchRefusedRow.id)).all():
        duties.forget_subject(session, subject=batch_id)


def close_some(session: Session, *, batch_id: str, now: datetime) -> int:
    """Close the next few of what was signed; how many. What happened to a report meanwhile takes it out.

    When none is left, those that were taken out belong to the batch no more.
    """
    row = session.get(BatchRow, batch_id, with_for_update=True)
    if row is None or row.signed_by is None:
        return 0
    chosen = _covered(session, row, row.signed_by, now, limit=AT_ONCE)
    edition = current_edition(session).n
    for case in session.scalars(select(Case).where(Case.id.in_(chosen)).order_by(Case.id).with_for_update()).all():
        _close(session, case, row, edition=edition, now=now)
    if not chosen:
        closed = select(Case.id).where(Case.state == CaseState.CLOSED)
        left = BatchMemberRow.batch_id == row.id, BatchMemberRow.case_id.not_in(closed)
        session.execute(delete(BatchMemberRow).where(*left))
    return len(chosen)


def why_closed(session: Session, case: Case) -> Junk | None:
    """Why a case was dismissed together with others, or None where it was not."""
    if case.state != CaseState.CLOSED:
        return None
    query = select(BatchRow.why).join(BatchMemberRow, BatchMemberRow.batch_id == BatchRow.id)
    why = session.scalar(query.where(BatchMemberRow.case_id == case.id))
    return None if why is None else Junk(why)


def on_reopened(session: Session, case: Case, *, settings: Settings, now: datetime) -> None:
    """From now on it is a case like every other; nobody acknowledged it by hand, so somebody has to write."""
    gone = delete(BatchMemberRow).where(BatchMemberRow.case_id == case.id).returning(BatchMemberRow.case_id)
    if session.scalar(gone) is None:
        return
    case.lane = Lane.MAIN
    case.message_due_on, case.message_on = deadlines.message_by(now.date(), settings), None
    session.flush()
    reminders.on_acknowledged(session, case, settings=settings, now=now)


def _close(session: Session, case: Case, row: BatchRow, *, edition: int, now: datetime) -> None:
    state = rules.after("dismiss-together", CaseState(case.state))
    day = now.date()
    case.finding, case.edition_decided = Finding.NOT_ADMISSIBLE, edition
    case.proposed_by, case.proposed_on, case.decided_by = row.proposed_by, row.proposed_on, row.signed_by
    case.acknowledged_on = case.decided_on = case.closed_on = day
    steps.move(session, case, state, day=day)
    reminders.on_dismissed(session, case, today=day)
    details = {"batch": row.id, "proposed": row.proposed_by, "signed": row.signed_by or ""}
    trail.note_by_itself(session, case, "cases.dismiss-together", now, **details)


def _dismissible() -> list[ColumnElement[bool]]:
    """That a report still lies set aside as it came: nobody acknowledged it, no officer wrote anything or linked
    it, its reporter added nothing and sent no file."""
    return [
        Case.shelf == Shelf.ASIDE,
        Case.state == CaseState.RECEIVED,
        Case.lane == Lane.QUARANTINE,
        Case.channel == Channel.WEB,
        Case.files == 0,
        Case.further == 0,
        ~exists().where(Item.case_id == Case.id, Item.kind != ItemKind.REPORT),
        ~exists().where(LinkRow.case_id == Case.id),
    ]


def _open_to(person_id: str, now: datetime) -> list[ColumnElement[bool]]:
    """That somebody holds the case, whether or not they are signed in, and nothing connects them to it."""
    return [access.holds(person_id, Wrap.sealed != b""), *about.far_from(person_id, at=now)]


def _first(session: Session, here: Iterable[ColumnElement[bool]], limit: int) -> list[str]:
    return list(session.scalars(select(Case.id).where(*here).order_by(Case.listed_on, Case.id).limit(limit)))


def _like(session: Session, like: str, here: list[ColumnElement[bool]], officer: Officer) -> list[str]:
    """Those among the oldest whose text is nearly that of the one that is named."""
    named = _first(session, [*here, Case.id.between(like, like + "~")], 1)
    if not named:
        return []
    (model,) = named

    def text_of(case_id: str) -> str:
        case = session.get_one(Case, case_id)
        report = casework.read_report(session, case, access.open_keys(session, case=case, officer=officer))
        return report.what

    wanted = text_of(model)
    return [
        one
        for one in _first(session, here, MOST_OPENED)
        if one == model or batches.are_alike(text_of(one), wanted)
    ]


def _deciders(session: Session, chosen: list[str], *, but: str) -> tuple[str, ...]:
    may = {person.id for person in accounts.people_with(session, CasesPermission.DECIDE)}
    held = set(session.scalars(select(Wrap.person_id).where(Wrap.case_id.in_(chosen)).distinct()))
    return tuple(sorted((may & held) - {but}))


def _covered(
    session: Session, row: BatchRow, signer: str | None, now: datetime, *, limit: int | None = None
) -> list[str]:
    """The members that still lie as they came, and that neither of the two is connected to."""
    query = select(Case.id).join(BatchMemberRow, BatchMemberRow.case_id == Case.id)
    query = query.where(BatchMemberRow.batch_id == row.id, *_dismissible(), *_open_to(row.proposed_by, now))
    if signer is not None and signer != row.proposed_by:
        query = query.where(*_open_to(signer, now))
    return list(session.scalars(query.order_by(Case.id).limit(limit)))


def _sample(session: Session, row: BatchRow, covered: Iterable[str], keys: KeyRing) -> frozenset[str]:
    promise = samples.promise_for(session, Quarter.parse(row.period), keys=keys)
    if promise is None:
        raise NoSeedYet
    seed, percent = promise
    return batches.sample(seed, samples.marks_of(session, covered), percent=percent, part=samples.TENTH)


def _read_by(session: Session, row: BatchRow) -> dict[str, str | None]:
    query = select(BatchMemberRow.case_id, BatchMemberRow.read_by).where(
        BatchMemberRow.batch_id == row.id, BatchMemberRow.read_by.is_not(None)
    )
    return {one.case_id: one.read_by for one in session.execute(query)}


def _keep_only(session: Session, row: BatchRow, covered: list[str]) -> None:
    members = set(session.scalars(select(BatchMemberRow.case_id).where(BatchMemberRow.batch_id == row.id)))
    gone = BatchMemberRow.batch_id == row.id, BatchMemberRow.case_id.in_(sorted(members - set(covered)))
    session.execute(delete(BatchMemberRow).where(*gone))


def _to_batch(session: Session, row: BatchRow, *, keys: KeyRing, officer: Officer, now: datetime) -> Batch | None:
    covered = _covered(session, row, officer.id, now)
    if not covered:
        return None
    drawn: tuple[Drawn, ...] = ()
    if officer.id != row.proposed_by and officer.actor.may(CasesPermission.DECIDE):
        read = _read_by(session, row)
        sample = sorted(_sample(session, row, covered, keys))
        drawn = tuple(Drawn(one, read.get(one) == officer.id) for one in sample)
    return Batch(
        row.id, row.body_code, row.day, Junk(row.why), row.proposed_by, row.proposed_on, len(covered), drawn
    )


def _tell(session: Session, row: BatchRow, found: Proposal, title: str, settings: Settings, now: datetime) -> None:
    touched = holders.scopes_of(Subject(row.body_code))
    answers.tell(session, found, title=title, address=address(row.id), about=touched, settings=settings, now=now)


def _take(session: Session, batch_id: str, keys: KeyRing, officer: Officer, now: datetime) -> BatchRow:
    row = session.get(BatchRow, batch_id, with_for_update=True)
    if row is None or row.signed_by is not None or not _covered(session, row, officer.id, now, limit=1):
        raise NoSuchCase
    return row


def _proposal(session: Session, row: BatchRow) -> str:
    found = find_waiting(session, kind=KIND, subject=row.id)
    if found is None:
        raise WrongState
    return found.id
