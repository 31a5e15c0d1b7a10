"""Nothing acknowledged is ever lost: the whole house is killed at random moments while people use it.

Every rating answered with 303 is counted, every report answered with 303 opens with its code, every act that
was proposed is in the log, nothing is half there, and the log verifies. `KILLS` sets how often (50 in a
release check; a few in every run of the suite).
"""

import http.client
import os
import random
import re
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import psutil
import pytest
from sqlalchemy import text

from portal.app import open_portal
from portal.config import load_settings
from portal.publishing.services import propose_act
from portal.publishing.values import ActKind
from tests.journeys.house import House
from tests.journeys.robot import Robot

KILLS = int(os.environ.get("KILLS", "4"))
SERVICE = "RBO-PERMIT"


@dataclass
class Ledger:
    """What the outside world was told."""

    rated: int = 0
    sent_ratings: int = 0
    codes: list[str] = field(default_factory=list)
    acts: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


SUCCESSES: tuple[Callable[[Ledger], int], ...] = (
    lambda ledger: len(ledger.codes),
    lambda ledger: ledger.rated,
    lambda ledger: len(ledger.acts),
)


def test_killed_at_random_moments_nothing_acknowledged_is_lost(house: House) -> None:
    ledger = Ledger()
    before = marks(house)
    for round_ in range(KILLS):
        stop = threading.Event()
        with ThreadPoolExecutor(4) as pool:
            crowd = [
                pool.submit(until_stopped, work, house, ledger, stop) for work in (rate, rate, report, publish)
            ]
            until_busy(ledger, SUCCESSES[round_ % len(SUCCESSES)])
            time.sleep(random.uniform(0, 1))
            kill(house)
            stop.set()
        for worker in crowd:
            worker.result()
        house.start()
    wait_for_appender(house, ledger)
    counted = marks(house) - before
    assert ledger.rated and ledger.codes and ledger.acts
    assert ledger.rated <= counted <= ledger.sent_ratings
    for code in ledger.codes:
        mailbox = Robot(house.url)
        opened = mailbox.send(mailbox.get("/report/mailbox").form("code"), code=code)
        assert opened.status == 303, f"the report with {code} is lost"
    assert house.run("log", "verify", check=False).returncode == 0
    assert house.run("audit", "verify", check=False).returncode == 0


def until_stopped(work: object, house: House, ledger: Ledger, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            work(house, ledger)  # type: ignore[operator]
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)  # the server is gone, as intended


def until_busy(ledger: Ledger, done: Callable[[Ledger], int]) -> None:
    """Wait for a success of this kind in this round, so that kills meet work on a slow machine too."""
    before, deadline = done(ledger), time.monotonic() + 120
    while done(ledger) == before and time.monotonic() < deadline:
        time.sleep(0.01)


def rate(house: House, ledger: Ledger) -> None:
    robot = Robot(house.url)
    form = robot.get(f"/rate/{SERVICE}").form("level")
    with ledger.lock:
        ledger.sent_ratings += 1
    if robot.send(form, level="4").status == 303:
        with ledger.lock:
            ledger.rated += 1


def report(house: House, ledger: Ledger) -> None:
    robot = Robot(house.url)
    page = robot.follow(robot.send(robot.get("/report").form("")))
    page = robot.follow(robot.send(page.form(), what="The dates were changed.", body="RBO"))
    for step in ("how", "files", "who"):
        assert page.url.endswith(f"/report/{step}"), page.text
        page = robot.follow(robot.send(page.form()))
    sent = robot.send(page.form())
    if sent.status != 303:
        return
    done = robot.follow(sent)
    words = re.search(r'lang="en" translate="no">([^<]+)<', done.text)
    assert words, done.text
    with ledger.lock:
        ledger.codes.append(words.group(1))


def publish(house: House, ledger: Ledger) -> None:
    """What a room does: a pending act in a transaction of its own."""
    portal = open_portal(load_settings(**house.settings))
    with portal.database.write() as session:
        statement = {
            "t": "notice",
            "body": "RBO",
            "indicator": "RBO-PLAN-DAYS",
            "period": "2025",
            "state": random.choice(["under-review", "lifted"]),
        }
        act = propose_act(
            session,
            kind=ActKind.NOTICE,
            statements=[statement],
            proposed_by="system",
            approved_by="system",
            now=portal.clock.now(),
        )
    portal.database.dispose()
    with ledger.lock:
        ledger.acts.append(act)
    time.sleep(0.1)


def kill(house: House) -> None:
    """SIGKILL to the supervisor, the web workers and the runner, all at once."""
    assert house.server is not None
    parent = psutil.Process(house.server.pid)
    for process in [parent, *parent.children(recursive=True)]:
        try:
            process.send_signal(signal.SIGKILL)
        except psutil.NoSuchProcess:
            continue
    house.server.wait()
    house.server = None


def marks(house: House) -> int:
    """All that were folded, also those that so sudden a crowd has set aside."""
    house.run("ratings", "fold")
    portal = open_portal(load_settings(**house.settings))
    with portal.database.read() as session:
        tables = ("rating_total", "rating_set_aside")
        counts = [session.scalar(text(f"SELECT sum(count) FROM {table}")) for table in tables]
    portal.database.dispose()
    return sum(int(count or 0) for count in counts)


def wait_for_appender(house: House, ledger: Ledger) -> None:
    """Every act that was committed gets its edition."""
    portal = open_portal(load_settings(**house.settings))
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with portal.database.read() as session:
            waiting = session.scalar(text("SELECT count(*) FROM act WHERE state = 'pending'"))
            appended = set(session.scalars(text("SELECT act_id FROM log_entry")))
        if not waiting:
            assert set(ledger.acts) <= appended
            portal.database.dispose()
            return
        time.sleep(0.2)
    pytest.fail("acts still wait for the appender")
