"""Nothing acknowledged may be lost, and nothing half there, when the appender's process is killed."""

import random
import subprocess
import sys
import threading
from pathlib import Path

from sqlalchemy import select

from portal.foundation.context import Portal
from portal.publishing.models import Act
from portal.publishing.services import append_waiting
from portal.publishing.store import LogStore
from portal.publishing.verification.own_source import OwnSource
from portal.publishing.verification.verify import Remembered, verify

ROUNDS = 5
ROOT = Path(__file__).parents[3]


def test_killed_at_random_moments_the_log_verifies_and_keeps_all_it_acknowledged(
    portal: Portal, database_url: str
):
    random_moments = random.Random(20261122)
    remembered: Remembered | None = None
    for round in range(ROUNDS):
        acknowledged = _append_until_killed(portal, database_url, round, random_moments.uniform(0.0, 0.4))
        append_waiting(portal)
        with portal.database.read() as session:
            found = verify(OwnSource(session, LogStore(portal.settings.var)), remembered=remembered)
            states = set(session.scalars(select(Act.state)))
        assert found.head.size >= acknowledged
        assert states == {"appended"}
        remembered = found.remembered


def _append_until_killed(portal: Portal, database_url: str, round: int, seconds: float) -> int:
    """Let a real process append, kill it some time after its first act; return the last edition it told."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "tests.publishing.log.appending"),
            *(str(portal.settings.var), database_url, str(round)),
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None and process.stderr is not None
    try:
        told = next((line for line in process.stdout if line.startswith("published ")), None)
        assert told is not None, process.stderr.read()
        threading.Event().wait(seconds)
    finally:
        process.kill()
    lines = [told, *(line for line in process.stdout if line.startswith("published ") and line.endswith("\n"))]
    process.wait()
    process.stdout.close()
    process.stderr.close()
    return int(lines[-1].split()[1])
