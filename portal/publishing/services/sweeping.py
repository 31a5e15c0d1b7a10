"""Acts that were staged and never came to anything: a program was killed between writing and naming them.

An act that waits for its release belongs to something: a draft, a return, a result. One that has belonged to
nothing for a day never will, and is discarded with all it wrote.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Column, select
from sqlalchemy.orm import Session

from portal.foundation.context import Portal
from portal.foundation.db import Base
from portal.publishing.errors import ActNotOpen, NoSuchAct
from portal.publishing.models import Act, ActQueue, LogEntry
from portal.publishing.services.acts import CONTENT, discard_staged
from portal.publishing.values import ActState

KEPT_FOR = timedelta(days=1)

log = structlog.get_logger()


def sweep_staged(portal: Portal) -> int:
    """Discard what nothing owns; return how many acts. One that is being staged is never older than a day."""
    with portal.database.read() as session:
        left = list(_unowned(session, portal.clock.now() - KEPT_FOR))
    swept = 0
    for act_id in left:
        try:
            discard_staged(portal.database, act_id=act_id)
        except (NoSuchAct, ActNotOpen):
            continue  # somebody was faster
        log.info("staged act discarded", act=act_id)
        swept += 1
    return swept


def _unowned(session: Session, before: datetime) -> Iterator[str]:
    nothing_names_it = [~select(owner).where(owner == Act.id).exists() for owner in owners()]
    yield from session.scalars(
        select(Act.id).where(Act.state == ActState.STAGED, Act.proposed_at < before, *nothing_names_it)
    )


def owners() -> Iterator[Column[str]]:
    """Every column of any room that refers to an act, but for what the act itself consists of."""
    own = {table.__table__.name for table in (*CONTENT, ActQueue, LogEntry)}
    for table in Base.metadata.tables.values():
        if table.name in own:
            continue
        for column in table.columns:
            if any(key.target_fullname == "act.id" for key in column.foreign_keys):
                yield column
