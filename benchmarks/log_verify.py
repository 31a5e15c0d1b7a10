"""`log verify` of a thousand editions, by the database and from outside with the file that strangers download.

A thousand releases and corrections of twenty figures each; the yardstick is a minute, so 1.00 is a minute. A
tenth of the editions is checked too: the cost of one must not grow with their number.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.measures import Measure
from portal.app import import_models
from portal.config import Mode, Settings
from portal.foundation.clock import SystemClock
from portal.foundation.context import Portal
from portal.foundation.db import Database
from portal.foundation.keys import KeyRing
from portal.foundation.migrate import upgrade
from portal.publishing.services import append_waiting, propose_act
from portal.publishing.store import LogStore
from portal.publishing.verification import package
from portal.publishing.verification.own_source import OwnSource
from portal.publishing.verification.verify import verify
from tests.factories.publishing import body, figure, indicator, release
from tests.publishing.log.published import address_of

NAME = "log verify of 1,000 editions in under a minute"
AT_LEAST = 1.0
EDITIONS, FIGURES, MINUTE = 1000, 20, 60.0


def run() -> Iterator[Measure]:
    """A minute divided by what it took, and a sentence that says what was measured."""
    import_models()
    with tempfile.TemporaryDirectory() as folder:
        portal = _portal(Path(folder))
        _publish(portal, 0, EDITIONS // 10)
        tenth = _own(portal, time.process_time)
        _publish(portal, EDITIONS // 10, EDITIONS)
        worked = _own(portal, time.process_time)
        whole, outside = _own(portal), _from_outside(portal, Path(folder))
        portal.database.dispose()
    growth = worked / tenth / 10
    own = f"own database {whole:.1f} s, {worked:.1f} s of it work"
    own += f", {growth:.2f} times as much an edition as at a tenth"
    said = f"{own}; from outside without any library {outside:.1f} s"
    yield Measure(NAME, MINUTE / whole, said, least=AT_LEAST)


def _portal(folder: Path) -> Portal:
    settings = Settings(mode=Mode.TEST, var=folder)
    database = Database(settings.database_url)
    upgrade(database)
    keys = KeyRing(folder)
    keys.create_missing()
    return Portal(settings=settings, database=database, keys=keys, clock=SystemClock())


def _publish(portal: Portal, start: int, end: int) -> None:
    for n in range(start, end):
        period = str(1000 + n)
        said = [figure(body=f"B{at}", period=period, actual=f"{n}.{at}") for at in range(FIGURES)]
        register = [*(body(f"B{at}") for at in range(FIGURES)), indicator()] if not n else []
        with portal.database.write() as session:
            propose_act(
                session,
                kind="release",
                statements=[*register, release(f"release-{n}", period=period), *said],
                proposed_by="p",
                approved_by="q",
                now=portal.clock.now(),
            )
    append_waiting(portal)


def _own(portal: Portal, clock: Callable[[], float] = time.perf_counter) -> float:
    def check() -> None:
        with portal.database.read() as session:
            verify(OwnSource(session, LogStore(portal.settings.var)))

    return _seconds(check, clock)


def _from_outside(portal: Portal, folder: Path) -> float:
    program = folder / package.NAME
    program.write_bytes(package.packed())
    with address_of(portal) as url:
        command = [sys.executable, "-I", "-S", str(program), url]
        return _seconds(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=os.environ))


def _seconds(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    start = clock()
    work()
    return clock() - start
