"""What goes on without a request: sealed files of discarded uploads are removed, old drafts are forgotten, and
whoever may not hold a case any more loses it. Payloads are ids of files, never keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.accounts import queries as accounts
from portal.accounts.services import forget_former_key
from portal.cases.files import FileStore
from portal.cases.models import Case, ReporterSession, StoredFile
from portal.cases.services import (
    batches,
    check_ins,
    corrections,
    escalation,
    filings,
    following_figures,
    forsaken,
    hearings,
    identities,
    resealing,
    retention,
    statistics,
    substituting,
    upkeep,
)
from portal.foundation import parked
from portal.foundation.jobs import JobContext, Schedule, daily, every


def _now(context: JobContext) -> datetime:
    """The moment by the office's clock: days begin there."""
    return context.clock.now().astimezone(context.settings.zone)


def remove_file(context: JobContext, payload: Mapping[str, Any]) -> None:
    FileStore(context.settings.var).remove(payload["file"])


def clear_up(context: JobContext) -> None:
    """Forget drafts and mailbox sessions that are over, with their files, uploads that were never kept, and
    answers that nobody fetched.

    Rows keep a day and no time: what was written early on one day goes when the next has ended, two days later.
    """
    now, store = _now(context), FileStore(context.settings.var)
    over = (now - timedelta(hours=context.settings.draft_hours)).date()
    with context.database.write() as session:
        expired = select(ReporterSession.id).where(ReporterSession.day < over)
        files = session.scalars(select(StoredFile.id).where(StoredFile.draft_id.in_(expired))).all()
        session.execute(delete(StoredFile).where(StoredFile.id.in_(files)))
        session.execute(delete(ReporterSession).where(ReporterSession.day < over))
        hearings.forget_over(session, today=now.date())
        identities.forget_opened(session, today=now.date())
        batches.forget_refused(session, today=now.date())
    with context.database.read() as session:
        known = frozenset(session.scalars(select(StoredFile.id)))
    for file_id in store.forgotten(known, before=over):
        store.remove(file_id)
    parked.forget_before(context.settings.var, (now - timedelta(hours=1)).date())
    context.database.truncate_wal()


def change_locks(context: JobContext) -> None:
    """Take cases from holders who are connected by now, have left, or lost their right or their signed key."""
    now = _now(context)
    with context.database.read() as session:
        doubtful = upkeep.cases_to_look_at(session, settings=context.settings, now=now)
    _with_each(context, doubtful, partial(upkeep.remove_departed, settings=context.settings, now=now))
    if doubtful:
        context.database.truncate_wal()  # keys that were taken must not stay in SQLite's log file


def publish_root(context: JobContext) -> None:
    """Let the log commit to the reports of the days before, whether there are any or none. Its days are of UTC."""
    with context.database.write() as session:
        filings.publish_root(session, now=context.clock.now())


def publish_missed_root(context: JobContext) -> None:
    """The same for yesterday, where nobody ran between its hour and its end: at once, not a day later."""
    with context.database.read() as session:
        missed = filings.missed_root(session, now=context.clock.now())
    if missed is not None:  # nearly never: nobody who writes waits for a look at nothing
        with context.database.write() as session:
            filings.publish_missed_root(session, now=context.clock.now())


def publish_counts(context: JobContext) -> None:
    """Say in public what became of reports once their quarter is long enough over; draw what is read again."""
    with context.database.write() as session:
        statistics.publish_due(session, keys=context.keys, settings=context.settings, now=_now(context))


def escalate(context: JobContext) -> None:
    """Note deadlines that passed, cases that nobody has in hand or closed, and those that nobody can read; tell
    somebody outside the chain of each case."""
    now = _now(context)
    with context.database.read() as session:
        late = escalation.cases_with_a_missed_day(session, today=now.date())
        lying = escalation.cases_in_nobodys_hands(session, settings=context.settings, today=now.date())
        unclosed = escalation.cases_nobody_closed(session, now=now)
        unheld = escalation.cases_nobody_can_read(session, today=now.date())
    _with_each(context, late, partial(escalation.notice_missed, settings=context.settings, now=now))
    _with_each(context, lying, partial(escalation.see_to_hands, settings=context.settings, now=now))
    _with_each(context, unclosed, partial(escalation.see_to_closing, settings=context.settings, now=now))
    _with_each(context, unheld, partial(escalation.notice_unheld, settings=context.settings, now=now))


def forget_former_keys(context: JobContext) -> None:
    """Keys that people had in use before go a day after their place was taken, once nothing is sealed to them:
    whoever was writing at that moment may have read which key was in use just before."""
    before = context.clock.now() - timedelta(days=1)
    with context.database.read() as session:
        kept = [
            key_id
            for key_id in accounts.kept_keys(session, retired_before=before)
            if not resealing.sealed_to(session, key_id)
        ]
    if kept:
        with context.database.write() as session:
            for key_id in kept:
                forget_former_key(session, key_id=key_id)
        context.database.truncate_wal()


def owe_corrections(context: JobContext) -> None:
    """Ask again for the correction of a figure found false where the one that was proposed was refused; where all
    were published, ask that the case be closed."""
    with context.database.read() as session:
        found, done = corrections.cases_to_look_at(session), corrections.cases_to_close(session)
    _with_each(context, found, partial(corrections.owe_again, settings=context.settings, now=_now(context)))
    _with_each(context, done, partial(corrections.see_to_closing, settings=context.settings, now=_now(context)))


def follow_figures(context: JobContext) -> None:
    """Tell those who hold a case that the value it is about was published anew."""
    with context.database.read() as session:
        changed = following_figures.cases_to_tell(session)
    _with_each(context, changed, partial(following_figures.tell, now=_now(context)))


def find_substitutes(context: JobContext) -> None:
    """Have somebody let in where a second signature waits too long and nobody who holds the case may take over."""
    with context.database.read() as session:
        alone = substituting.cases_to_look_at(session)
    _with_each(context, alone, partial(substituting.see_to, settings=context.settings, now=_now(context)))


def keep_or_delete(context: JobContext) -> None:
    """Announce which closed cases are over their time; delete those that nobody kept."""
    settings, now = context.settings, _now(context)
    with context.database.read() as session:
        closed = retention.to_look_after(session, settings=settings, today=now.date())
    with context.database.read() as session:
        forsaken.warn_of_end(session, settings=settings)
    _with_each(context, closed, partial(retention.look_after, settings=settings, now=now))


def shred(context: JobContext, payload: Mapping[str, Any]) -> None:
    """Remove the sealed files of a deleted case, and what SQLite's log still holds of its rows."""
    for file_id in payload["files"]:
        FileStore(context.settings.var).remove(file_id)
    context.database.truncate_wal()


def check_in(context: JobContext) -> None:
    """Tell those who hold a closed case that its reporter is to be asked how they fared."""
    now = _now(context)
    with context.database.read() as session:
        due = check_ins.cases_to_ask(session, today=now.date())
    _with_each(context, due, partial(check_ins.open_due, now=now))


def _with_each(context: JobContext, case_ids: Iterable[str], act: Callable[[Session, Case], object]) -> None:
    """Do it with each case that is still there, locked, in a transaction of its own."""
    for case_id in case_ids:
        with context.database.write() as session:
            case = session.get(Case, case_id, with_for_update=True)
            if case is not None:
                act(session, case)


def dismiss_together(context: JobContext, payload: Mapping[str, Any]) -> None:
    """Close what two officers dismissed together, a few in each transaction, until nothing is left of it."""
    closed = 1
    while closed:
        with context.database.write() as session:
            closed = batches.close_some(session, batch_id=payload["batch"], now=_now(context))


HANDLERS = {
    "cases.remove-file": remove_file,
    retention.SHRED: shred,
    batches.CLOSE: dismiss_together,
}
SCHEDULES = (
    Schedule("cases.clear-up", every(timedelta(hours=1)), clear_up),
    Schedule("cases.filings", daily(lambda settings: settings.filing_hour), publish_root),
    Schedule("cases.missed-filings", every(timedelta(hours=1)), publish_missed_root),
    Schedule("cases.counts", daily(lambda settings: settings.filing_hour), publish_counts),
    Schedule("cases.escalate", every(timedelta(hours=1)), escalate),
    Schedule("cases.corrections", every(timedelta(hours=1)), owe_corrections),
    Schedule("cases.follow-figures", every(timedelta(hours=1)), follow_figures),
    Schedule("cases.substitutes", every(timedelta(hours=1)), find_substitutes),
    Schedule("cases.retention", daily(lambda settings: settings.filing_hour), keep_or_delete),
    Schedule("cases.check-in", every(timedelta(hours=1)), check_in),
    Schedule("cases.former-keys", every(timedelta(hours=1)), forget_former_keys),
    Schedule("cases.change-locks", every(timedelta(minutes=1)), change_locks),
)
