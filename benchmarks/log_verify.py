"""`log verify` of a thousand editions, by the database and from outside with the file that strangers download.

A thousand releases and corrections of twenty figures each; the yardstick is a minute, so 1.00 is a minute. The
cost of an edition must not grow with their number: a log of a tenth of the editions is checked in turn with the
whole, because the work of one process costs more while others use the machine.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

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
EDITIONS, FIGURES, MINUTE, PAIRS = 1000, 20, 60.0, 3
MOST_GROWTH = 1.2


def run() -> Iterator[Measure]:
    """A minute divided by what it took, and how much more an edition costs among many."""
    import_models()
    with tempfile.TemporaryDirectory() as folder:
        portal = _portal(Path(folder) / "whole")
        _publish(portal, 0, EDITIONS // 10)
        portal.database.truncate_wal()
        shutil.copytree(Path(folder) / "whole", Path(folder) / "tenth")
        _publish(portal, EDITIONS // 10, EDITIONS)
        tenth = _open(Path(folder) / "tenth")
        pairs = [(_own(tenth, time.process_time), _own(portal, time.process_time)) for _ in range(PAIRS)]
        whole = _own(portal)
        outside, worked = _from_outside(portal, Path(folder))
        _, worked_less = _from_outside(tenth, Path(folder))
        for one in (portal, tenth):
            one.database.dispose()
    work = median(pair[1] for pair in pairs)
    said = f"own database {whole:.1f} s, {work:.1f} s of it work; from outside without any library {outside:.1f} s"
    yield Measure(NAME, MINUTE / whole, said, least=AT_LEAST)
    yield Measure(f"{NAME}: from outside", MINUTE / outside, said, least=AT_LEAST)
    growth = median(many / few for few, many in pairs) / 10
    said = f"own database; from outside {worked / worked_less / 10:.2f} (work of the verifier, without the server)"
    yield Measure("Work for an edition among 1,000 against one among 100", growth, said, most=MOST_GROWTH)


def _portal(folder: Path) -> Portal:
    folder.mkdir()
    portal = _open(folder)
    upgrade(portal.database)
    portal.keys.create_missing()
    return portal


def _open(folder: Path) -> Portal:
    settings = Settings(mode=Mode.TEST, var=folder)
    database = Database(settings.database_url)
    return Portal(settings=settings, database=database, keys=KeyRing(folder), clock=SystemClock())


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


def _from_outside(portal: Portal, folder: Path) -> tuple[float, float]:
    """How long the verifier of strangers takes, and how much work of its own that is, both in seconds."""
    program = folder / package.NAME
    program.write_bytes(package.packed())
    with address_of(portal) as url:
        command = [sys.executable, "-I", "-S", str(program), url]
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        took = _seconds(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=os.environ))
        return took, resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


def _seconds(work: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    start = clock()
    work()
    return clock() - start
