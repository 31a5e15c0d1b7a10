"""Paper slips: one person enters a batch, a second one enters a seeded sample again, then it counts or is gone.

They count in a channel of their own and are never verified. Nothing of a slip but its answer is kept, and of
a batch that was counted nothing but the totals.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit.services import record
from portal.foundation.actor import Actor
from portal.foundation.errors import Forbidden
from portal.foundation.i18n import N_
from portal.foundation.ids import random_bytes
from portal.ratings.errors import NoSuchBatch
from portal.ratings.models import PaperBatchRow
from portal.ratings.permissions import RatingsPermission
from portal.ratings.register import list_services
from portal.ratings.rules import paper as rules
from portal.ratings.services.folding import add_totals
from portal.ratings.services.receipts import require_own_service
from portal.ratings.values import Channel, Level


@dataclass(frozen=True)
class PaperBatch:
    """A batch that waits for its check: which slips are to be entered again, never what was entered."""

    id: str
    service: str
    period: str
    slips: int
    sample: tuple[int, ...]
    own: bool


def enter_paper(
    session: Session,
    *,
    service: str,
    period: str,
    levels: Sequence[Level],
    bodies: Collection[str],
    batch_id: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Keep a batch until its check; the same `batch_id` again changes nothing.

    Raises Forbidden, NotYourService, NoSuchService.
    """
    actor.require(RatingsPermission.ENTER_PAPER)
    require_own_service(session, service, bodies)
    if session.get(PaperBatchRow, batch_id) is not None:
        return
    seed = random_bytes(16).hex()
    session.add(
        PaperBatchRow(
            id=batch_id,
            service=service,
            period=period,
            entered_by=actor.person_id,
            slips=len(levels),
            levels=[int(level) for level in levels],
            seed=seed,
            sample=list(rules.sample_of(len(levels), seed)),
        )
    )
    _note(session, "ratings.paper-entered", batch_id, actor, now, slips=str(len(levels)), seed=seed)


def check_paper(
    session: Session,
    *,
    batch_id: str,
    again: Mapping[int, Level],
    bodies: Collection[str],
    actor: Actor,
    now: datetime,
) -> bool:
    """Count the batch when its sample reads the same a second time, else drop it; say which it was.

    Raises Forbidden (also for whoever entered it), NotYourService, NoSuchBatch.
    """
    actor.require(RatingsPermission.ENTER_PAPER)
    row = session.get(PaperBatchRow, batch_id, with_for_update=True)
    if row is None:
        raise NoSuchBatch(N_("This batch has been checked already, or there was none."))
    require_own_service(session, row.service, bodies)
    if row.entered_by == actor.person_id:
        raise Forbidden(N_("Somebody else checks what you entered."))
    sample = {number: int(again[number]) for number in row.sample if number in again}
    wrong = rules.differing(row.levels, sample)
    counts = len(sample) == len(row.sample) and rules.agrees(len(wrong), len(sample))
    if counts:
        marks = Counter((row.service, row.period, level, False, Channel.PAPER.value) for level in row.levels)
        add_totals(session, marks)
    session.delete(row)
    act = "ratings.paper-counted" if counts else "ratings.paper-refused"
    _note(session, act, batch_id, actor, now, sampled=str(len(sample)), differing=str(len(wrong)))
    return counts


def list_paper(session: Session, *, bodies: Collection[str], actor: Actor) -> tuple[PaperBatch, ...]:
    """The batches of these bodies that wait, oldest month first."""
    own = {service.code for service in list_services(session) if service.body in bodies}
    rows = session.scalars(select(PaperBatchRow).order_by(PaperBatchRow.period, PaperBatchRow.id))
    return tuple(
        PaperBatch(
            row.id, row.service, row.period, row.slips, tuple(row.sample), row.entered_by == actor.person_id
        )
        for row in rows
        if row.service in own
    )


def _note(session: Session, act: str, batch_id: str, actor: Actor, now: datetime, **details: str) -> None:
    record(session, actor=actor, act=act, subject=batch_id, details=details, now=now)
