"""What was removed from cases stays removed, though an older state of the database came back from a backup.

Each removal is noted in the ledger outside the database (`foundation.removals`) by the act that makes it; here is
the other half: doing it again without the people who did it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Table, delete, exists, select
from sqlalchemy.orm import Session

from portal.accounts import queries as accounts
from portal.accounts.errors import NoSuchPerson
from portal.cases.models import BatchMemberRow, BatchRow, Case, Recusal, ReporterSession, StoredFile, Wrap
from portal.cases.services import anchoring, reminders, upkeep
from portal.cases.services.upkeep import HOLDER_REMOVED, RECUSED
from portal.config import Settings
from portal.duties import services as duties
from portal.foundation.db import Base
from portal.foundation.removals import note_removal

DELETED = "cases.deleted"
KINDS = (DELETED, HOLDER_REMOVED, RECUSED)


def note_deletion(session: Session, *, case_id: str, now: datetime) -> None:
    """For whoever deletes a case for good, in the same transaction."""
    note_removal(session, kind=DELETED, subject=case_id, now=now)


def reapply_deletions(session: Session, *, case_ids: Iterable[str], now: datetime) -> tuple[str, ...]:
    """Delete these cases wherever they came back; return the ids of their stored files, to be removed after.

    Their rows in the audit record stay: it holds codes and ids, and its chain must not break.
    """
    files: list[str] = []
    for case_id in case_ids:
        case = session.get(Case, case_id)
        if case is None:
            continue
        files += session.scalars(select(StoredFile.id).where(StoredFile.case_id == case_id))
        _close(session, case, now)
        for table in _tables_of_a_case():
            session.execute(delete(table).where(table.c.case_id == case_id))
        session.execute(delete(Case).where(Case.id == case_id))
        _drop_empty_batches(session)
        session.expire_all()
    return tuple(files)


def reapply_departures(
    session: Session,
    *,
    pairs: Iterable[tuple[str, str]],
    settings: Settings,
    now: datetime,
    for_good: bool = False,
) -> None:
    """Take cases from people who had lost them: (case, person). With `for_good` they had stepped aside."""
    for case_id, person_id in pairs:
        case = session.get(Case, case_id, with_for_update=True)
        if case is None or not _is_known(session, person_id):
            continue
        if for_good and session.get(Recusal, (case_id, person_id)) is None:
            upkeep.note_recusal(session, case_id=case_id, person_id=person_id, day=now.date())
        held = select(Wrap.epoch).where(Wrap.case_id == case_id, Wrap.person_id == person_id).limit(1)
        if session.scalar(held) is None:
            continue
        if anchoring.are_missed(session, settings):
            upkeep.empty_for(session, case, [person_id], settings=settings, now=now)
        else:
            upkeep.change_lock(session, case, without=[person_id], settings=settings, now=now)


def _drop_empty_batches(session: Session) -> None:
    """Once the last of its reports is deleted, nothing says any more that they were dismissed together."""
    alone = BatchRow.signed_by.is_not(None), ~exists().where(BatchMemberRow.batch_id == BatchRow.id)
    for batch_id in session.scalars(delete(BatchRow).where(*alone).returning(BatchRow.id)).all():
        duties.forget_subject(session, subject=batch_id)


def end_all_sessions(session: Session) -> None:
    """Shut every mailbox and forget every draft that is open."""
    session.execute(delete(StoredFile).where(StoredFile.draft_id.is_not(None)))
    session.execute(delete(ReporterSession))


def _is_known(session: Session, person_id: str) -> bool:
    try:
        accounts.get_person(session, person_id)
    except NoSuchPerson:
        return False
    return True


def _close(session: Session, case: Case, now: datetime) -> None:
    reminders.forget(session, case)
    for proposal_id in (case.proposal_id, case.extension_id):
        if proposal_id is not None:
            duties.withdraw(session, proposal_id=proposal_id, now=now)
    duties.forget_subject(session, subject=case.id)


def _tables_of_a_case() -> list[Table]:
    """Those whose rows belong to one case, the ones that others point to last."""
    return [table for table in reversed(Base.metadata.sorted_tables) if _is_of_a_case(table)]


def _is_of_a_case(table: Table) -> bool:
    pointed_to = {"report_case", "case_epoch"}
    return "case_id" in table.columns and any(
        key.column.table.name in pointed_to and key.parent.name == "case_id" for key in table.foreign_keys
    )
