"""Work done after a request: rows of an outbox, written in the request's own transaction.

The one runner executes a job at least once; handlers are idempotent by the job's id. Schedules are work
that comes round by the clock. Payloads carry ids and codes, never keys or content.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Index, Integer, String, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.config import Settings
from portal.foundation.context import Portal
from portal.foundation.db import Base, JsonText, UtcDateTime
from portal.foundation.ids import new_id

POLL_SECONDS = 0.25
LOOK_SECONDS = 1.0
PAUSE_SECONDS = 0.05
RETRY_AFTER = timedelta(seconds=30)

log = structlog.get_logger()


class Job(Base):
    __tablename__ = "job"
    __table_args__ = (Index(None, "due_at"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True)
    kind: Mapped[str] = mapped_column(String(64))
    payload: Mapped[Any] = mapped_column(JsonText)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(Integer, default=0)


class ScheduleRun(Base):
    """When a schedule last ran, so that a restart neither repeats nor skips it."""

    __tablename__ = "schedule_run"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)


JobContext = Portal
Handler = Callable[[JobContext, Mapping[str, Any]], None]


@dataclass(frozen=True)
class Schedule:
    """Work that comes round: `due` says whether it should run at `now`, given when it last ran (or None)."""

    name: str
    due: Callable[[datetime | None, datetime, Settings], bool]
    run: Callable[[JobContext], None]


@dataclass(frozen=True)
class Punctual:
    """Work with a promised moment. `next_due` says when it is next to be done, or None; `run` does all of it
    that is due. It runs beside the jobs, on a thread of its own, so that no long job makes it late."""

    name: str
    next_due: Callable[[JobContext], datetime | None]
    run: Callable[[JobContext], None]


def every(period: timedelta) -> Callable[[datetime | None, datetime, Settings], bool]:
    return lambda last, now, _settings: last is None or now - last >= period


def daily(hour: Callable[[Settings], int]) -> Callable[[datetime | None, datetime, Settings], bool]:
    """Once a day, at or after the hour of the office's clock that the settings give."""

    def due(last: datetime | None, now: datetime, settings: Settings) -> bool:
        local = now.astimezone(settings.zone)
        at = local.replace(hour=hour(settings), minute=0, second=0, microsecond=0).astimezone(UTC)
        return now >= at and (last is None or last < at)

    return due


def enqueue(
    session: Session, kind: str, payload: Mapping[str, Any], *, due_at: datetime, job_id: str | None = None
) -> str:
    """Write a job into the current transaction; it runs once that transaction has committed."""
    job = Job(id=job_id or new_id(), kind=kind, payload=dict(payload), due_at=due_at, attempts=0)
    session.add(job)
    return job.id


class Runner:
    """The one process that runs jobs and schedules. `step` does all that is due now."""

    def __init__(
        self,
        context: JobContext,
        handlers: Mapping[str, Handler],
        schedules: Sequence[Schedule],
        punctual: Sequence[Punctual] = (),
    ) -> None:
        self._context = context
        self._handlers = dict(handlers)
        self._schedules = tuple(schedules)
        self._timekeepers = tuple(Timekeeper(context, work) for work in punctual)
        self._failed_at: dict[str, datetime] = {}
        """When a schedule failed last, until it has run: it waits like a job that failed."""

    def step(self) -> int:
        """Run everything due; return how many jobs and schedules ran, and what was due to its moment."""
        punctual = sum(timekeeper.step() for timekeeper in self._timekeepers)
        return punctual + self._run_jobs() + self._run_schedules()

    def run_until(self, stop: threading.Event) -> None:
        threads = [threading.Thread(target=one.run_until, args=(stop,)) for one in self._timekeepers]
        for thread in threads:
            thread.start()
        self._work_until(stop)
        for thread in threads:
            thread.join()

    def _work_until(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                worked = self._run_jobs() + self._run_schedules()
            except Exception as error:
                # the database may be away: say so, without the message (it can quote data), and go on
                log.error("runner step failed", error=type(error).__name__)
                worked = 0
                stop.wait(2.0)
            if not worked:
                stop.wait(POLL_SECONDS)

    def _run_jobs(self) -> int:
        now = self._context.clock.now()
        with self._context.database.read() as session:
            due = session.execute(
                select(Job.id, Job.kind, Job.payload).where(Job.due_at <= now).order_by(Job.due_at).limit(50)
            ).all()
        for job_id, kind, payload in due:
            self._run_job(job_id, kind, payload, now)
        return len(due)

    def _run_job(self, job_id: str, kind: str, payload: Mapping[str, Any], now: datetime) -> None:
        try:
            self._handlers[kind](self._context, payload)
        except Exception as error:
            log.error("job failed", job=job_id, kind=kind, error=type(error).__name__)
            with self._context.database.write() as session:
                session.execute(
                    update(Job).where(Job.id == job_id).values(attempts=Job.attempts + 1, due_at=now + RETRY_AFTER)
                )
            return
        with self._context.database.write() as session:
            session.execute(delete(Job).where(Job.id == job_id))

    def _run_schedules(self) -> int:
        now = self._context.clock.now()
        with self._context.database.read() as session:
            last = {row.name: row.last_at for row in session.scalars(select(ScheduleRun))}
        ran = 0
        for schedule in self._schedules:
            failed_at = self._failed_at.get(schedule.name)
            if failed_at is not None and now < failed_at + RETRY_AFTER:
                continue
            if not schedule.due(last.get(schedule.name), now, self._context.settings):
                continue
            try:
                schedule.run(self._context)
            except Exception as error:
                log.error("schedule failed", schedule=schedule.name, error=type(error).__name__)
                self._failed_at[schedule.name] = now
                continue
            self._failed_at.pop(schedule.name, None)
            ran += 1
            with self._context.database.write() as session:
                session.merge(ScheduleRun(name=schedule.name, last_at=now))
        return ran


class Timekeeper:
    """Does one kind of punctual work at its moment.

    It looks for a new moment each second, since another process may set one, and sleeps exactly until the
    moment it knows. What was due while nobody ran is done at once.
    """

    def __init__(self, context: JobContext, work: Punctual) -> None:
        self._context = context
        self._work = work

    def step(self) -> int:
        """Do what is due; 1 when something was."""
        if self._wait() > 0:
            return 0
        self._work.run(self._context)
        return 1

    def run_until(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                wait = self._wait()
                if wait <= 0:
                    self._work.run(self._context)
                    wait = PAUSE_SECONDS
            except Exception as error:
                log.error("punctual work failed", work=self._work.name, error=type(error).__name__)
                wait = LOOK_SECONDS
            stop.wait(min(wait, LOOK_SECONDS))

    def _wait(self) -> float:
        """Seconds until the next moment; infinite when none is set."""
        due = self._work.next_due(self._context)
        return float("inf") if due is None else (due - self._context.clock.now()).total_seconds()
