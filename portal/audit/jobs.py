"""What the runner does for the audit record: seal what waits, and once a day root the case chains."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from portal.audit.heads import remember
from portal.audit.sealing import BATCH, add_case_root, seal_rows
from portal.audit.services import SEAL
from portal.foundation.jobs import JobContext, Schedule, daily
from portal.foundation.turns import Turns

ROOT_HOUR = 1
"""UTC hour of the daily root: fixed, so that its time says nothing."""


def seal(context: JobContext, payload: Mapping[str, Any] | None = None) -> None:
    """Seal all rows that wait, then remember the heads outside the database. Doing it again does nothing."""
    sealed, batch = 0, 1
    turns = Turns(context.database, least=50, first=100, most=BATCH)
    while batch:
        with turns.write() as session:
            batch = seal_rows(session, most=turns.at_once)
        sealed += batch
    if sealed:
        _remember(context)


def root(context: JobContext) -> None:
    """Write the day's root over the case chains, after sealing everything there is."""
    while True:
        with context.database.write() as session:
            if not seal_rows(session, everything=True):
                add_case_root(session, now=context.clock.now())
                break
    seal(context)
    _remember(context)


def _remember(context: JobContext) -> None:
    with context.database.read() as session:
        remember(session, context.settings.var)


HANDLERS = {SEAL: seal}
SCHEDULES = (Schedule("audit.case-root", daily(lambda _settings: ROOT_HOUR), root),)
