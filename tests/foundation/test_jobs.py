"""Work promised in a transaction is done at least once, and not at all when the transaction is undone."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from portal.foundation.jobs import Handler, Job, Runner, Schedule, daily, enqueue, every

NOW = datetime(2026, 2, 9, 9, 0, tzinfo=UTC)


class Record:
    """A handler that keeps what it was given, and fails the first `failures` times."""

    def __init__(self, failures: int = 0) -> None:
        self.payloads: list[Mapping[str, Any]] = []
        self._failures = failures

    def __call__(self, _portal: Portal, payload: Mapping[str, Any]) -> None:
        self.payloads.append(payload)
        if len(self.payloads) <= self._failures:
            raise RuntimeError("secret text that must not be logged")


def runner(portal: Portal, *schedules: Schedule, **handlers: Handler) -> Runner:
    return Runner(portal, handlers, schedules)


def put(portal: Portal, kind: str, number: int = 0, due_at: datetime = NOW) -> None:
    with portal.database.write() as session:
        enqueue(session, kind, {"number": number}, due_at=due_at)


def waiting(portal: Portal) -> list[tuple[str, int]]:
    with portal.database.read() as session:
        return [(job.kind, job.attempts) for job in session.scalars(select(Job))]


def test_a_job_runs_once_its_transaction_has_committed(portal: Portal) -> None:
    fold = Record()
    put(portal, "fold", 7)
    assert runner(portal, fold=fold).step() == 1
    assert fold.payloads == [{"number": 7}]
    assert runner(portal, fold=fold).step() == 0
    assert waiting(portal) == []


def test_a_job_of_an_undone_transaction_never_runs(portal: Portal) -> None:
    fold = Record()
    with pytest.raises(RuntimeError), portal.database.write() as session:
        enqueue(session, "fold", {}, due_at=NOW)
        session.flush()
        raise RuntimeError
    assert runner(portal, fold=fold).step() == 0


def test_a_job_waits_until_it_is_due(portal: Portal, clock: FixedClock) -> None:
    fold = Record()
    put(portal, "fold", due_at=NOW + timedelta(minutes=5))
    assert runner(portal, fold=fold).step() == 0
    clock.at += timedelta(minutes=5)
    assert runner(portal, fold=fold).step() == 1


def test_a_failed_job_comes_back_and_the_others_go_on(portal: Portal, clock: FixedClock) -> None:
    flaky, steady = Record(failures=1), Record()
    put(portal, "flaky")
    put(portal, "steady")
    run = runner(portal, flaky=flaky, steady=steady)
    run.step()
    assert len(steady.payloads) == 1
    assert waiting(portal) == [("flaky", 1)]
    assert run.step() == 0, "a failed job is not tried again at once"
    clock.at += timedelta(minutes=1)
    run.step()
    assert len(flaky.payloads) == 2
    assert waiting(portal) == []


def test_a_failed_schedule_comes_back_and_the_others_go_on(portal: Portal, clock: FixedClock) -> None:
    tries: list[str] = []

    def flaky(_portal: Portal) -> None:
        tries.append("flaky")
        if len(tries) == 1:
            raise RuntimeError("secret text that must not be logged")

    def steady(_portal: Portal) -> None:
        tries.append("steady")

    hourly = every(timedelta(hours=1))
    run = runner(portal, Schedule("flaky", hourly, flaky), Schedule("steady", hourly, steady))
    assert run.step() == 1
    assert run.step() == 0, "a failed schedule is not tried again at once"
    clock.at += timedelta(minutes=1)
    assert run.step() == 1
    assert tries == ["flaky", "steady", "flaky"]


def test_a_runner_killed_after_the_work_repeats_it(portal: Portal) -> None:
    done: list[Mapping[str, Any]] = []

    def killed(_portal: Portal, payload: Mapping[str, Any]) -> None:
        done.append(payload)
        raise KeyboardInterrupt

    put(portal, "fold", 3)
    with pytest.raises(KeyboardInterrupt):
        runner(portal, fold=killed).step()
    fold = Record()
    runner(portal, fold=fold).step()
    assert done == fold.payloads == [{"number": 3}], "at least once: handlers must not mind a repetition"


def test_a_kind_nobody_handles_is_kept_and_stops_nothing(portal: Portal) -> None:
    steady = Record()
    put(portal, "unknown")
    put(portal, "steady")
    runner(portal, steady=steady).step()
    assert len(steady.payloads) == 1
    assert waiting(portal) == [("unknown", 1)]


def test_many_failing_jobs_do_not_hold_up_the_rest(portal: Portal) -> None:
    broken, steady = Record(failures=1000), Record()
    for number in range(60):
        put(portal, "broken", number, due_at=NOW - timedelta(hours=1))
    put(portal, "steady")
    run = runner(portal, broken=broken, steady=steady)
    run.step()
    run.step()
    assert len(steady.payloads) == 1


def test_a_failure_is_logged_without_its_words(portal: Portal, capfd: pytest.CaptureFixture[str]) -> None:
    put(portal, "flaky")
    runner(portal, flaky=Record(failures=1)).step()
    written = "".join(capfd.readouterr())
    assert "secret text" not in written


def test_a_daily_schedule_runs_once_a_day_even_when_the_runner_was_away(portal: Portal, clock: FixedClock) -> None:
    ran: list[datetime] = []
    run = runner(portal, Schedule("roots", daily(lambda _settings: 3), lambda p: ran.append(p.clock.now())))
    clock.at = datetime(2026, 2, 9, 2, 59, tzinfo=UTC)
    run.step()
    assert ran == []
    for at in (datetime(2026, 2, 9, 3, 0, tzinfo=UTC), datetime(2026, 2, 9, 23, 0, tzinfo=UTC)):
        clock.at = at
        run.step()
    assert len(ran) == 1
    clock.at = datetime(2026, 2, 12, 8, 0, tzinfo=UTC)
    run.step()
    run.step()
    assert len(ran) == 2


def test_a_schedule_remembers_its_last_run_across_a_restart(portal: Portal, clock: FixedClock) -> None:
    ran: list[int] = []
    schedule = Schedule("mail", every(timedelta(hours=1)), lambda _portal: ran.append(1))
    runner(portal, schedule).step()
    clock.at += timedelta(minutes=59)
    runner(portal, schedule).step()
    assert len(ran) == 1
    clock.at += timedelta(minutes=1)
    runner(portal, schedule).step()
    assert len(ran) == 2
