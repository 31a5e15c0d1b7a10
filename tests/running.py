"""How a run of the whole suite is laid out: which tests one worker runs, and where their files lie."""

import gc
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import psutil
import pytest
from xdist.scheduler import LoadScopeScheduling

MEMORY = Path("/dev/shm")  # noqa: S108  (a file system in memory, on Linux)
ROOM = 6 * 1024**3  # bytes; a run takes a quarter of it


class ByEngine(LoadScopeScheduling):  # type: ignore[misc]
    """Journeys on one engine are one piece of work, and the first: they share a demonstration and a browser.

    Every other test goes to whichever worker is free. (Groups by mark would do the same, were they not lost
    between this pytest and this xdist: a test's id no longer holds what xdist writes into it.)
    """

    def _split_scope(self, nodeid: str) -> str:
        if not nodeid.startswith("tests/journeys/"):
            return nodeid
        return "journeys on postgres" if "[postgres" in nodeid else "journeys on sqlite"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByEngine:
    return ByEngine(config, log)


def pytest_configure() -> None:
    """Put temporary files into memory where there is room: none has to survive a power cut.

    Half of a run on a disk is waiting until it has written what the next test throws away.
    """
    if "TMPDIR" in os.environ or not MEMORY.is_dir():
        return
    if min(shutil.disk_usage(MEMORY).free, psutil.virtual_memory().available) > ROOM:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Let the collector of garbage leave alone what lives as long as the run: it is most there is."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
