"""The root of a day's filed reports becomes an act. Publishing knows 32 bytes of it, and nothing else."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.foundation.actor import Actor
from portal.foundation.fixed_tree import DEPTH
from portal.publishing.models import Act, LogEntry
from portal.publishing.queries.log import log_size
from portal.publishing.services.acts import propose_act
from portal.publishing.values import ActKind


def takes_filings(session: Session, *, day: date) -> bool:
    """Whether the root of this day is still to be published: the log has begun and does not say it yet."""
    return log_size(session) > 0 and session.get(Act, _act_id(day)) is None


def missed_filings(session: Session, *, day: date) -> bool:
    """Whether the log had begun on this day, which is over, and its root was never published."""
    begun = session.scalar(select(LogEntry.at).where(LogEntry.n == 1))
    return begun is not None and begun.date() <= day and session.get(Act, _act_id(day)) is None


def publish_filings(session: Session, *, day: date, root: bytes, now: datetime) -> None:
    """Publish the root over the reports filed before `day`. Saying it twice changes nothing."""
    propose_act(
        session,
        kind=ActKind.FILINGS,
        statements=[{"t": "filings", "day": day.isoformat(), "depth": DEPTH, "root": root.hex()}],
        proposed_by=Actor.system().person_id,
        approved_by=None,
        now=now,
        act_id=_act_id(day),
    )


def _act_id(day: date) -> str:
    return f"filings-{day.isoformat()}"
