"""Call-back samples: the office asks some of those who were served, drawn by a seed, whether they got a code.

The list of matters stays with whoever settled them: the portal draws numbers of that list, and anybody who has
the seed draws the same. Of the answers only their numbers are kept.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.audit.services import record
from portal.foundation.actor import Actor
from portal.foundation.errors import Invalid
from portal.foundation.i18n import N_, Message
from portal.foundation.ids import new_id, random_bytes
from portal.ratings.errors import AlreadyDecided, NoSuchSample
from portal.ratings.models import SampleRow, TransactionsRow
from portal.ratings.permissions import RatingsPermission


@dataclass(frozen=True)
class Sample:
    """`numbers` of the list of matters, in the order in which to call; the answers once they were told."""

    id: str
    service: str
    period: str
    seed: str
    matters: int
    numbers: tuple[int, ...]
    reached: int | None
    offered: int | None
    pressed: int | None


def draw(seed: str, *, matters: int, size: int) -> tuple[int, ...]:
    """`size` different numbers of 1 to `matters`: those with the smallest SHA-256 of seed and number, in decimals
    with a colon between. Raises ValueError when there are not so many."""
    if not 0 < size <= matters:
        raise ValueError(f"{size} of {matters} cannot be drawn")
    ranked = sorted(range(1, matters + 1), key=lambda n: hashlib.sha256(f"{seed}:{n}".encode()).digest())
    return tuple(ranked[:size])


def draw_sample(session: Session, *, service: str, period: str, size: int, actor: Actor, now: datetime) -> str:
    """Draw a sample among the matters told of a month; return its id. Raises Forbidden, Invalid."""
    actor.require(RatingsPermission.RECONCILE)
    told = select(func.sum(TransactionsRow.count)).where(
        TransactionsRow.service == service, TransactionsRow.period == period
    )
    matters = int(session.scalar(told) or 0)
    if not 0 < size <= matters:
        fault = Message(N_("There are not so many matters told of this month."))
        raise Invalid(fault, {"size": fault})
    row = SampleRow(
        id=new_id(), service=service, period=period, seed=random_bytes(32).hex(), matters=matters, size=size
    )
    session.add(row)
    session.flush()
    details = {"seed": row.seed, "matters": str(matters), "size": str(size)}
    record(session, actor=actor, act="ratings.sample-drawn", subject=row.id, details=details, now=now)
    return row.id


def tell_answers(
    session: Session, *, sample_id: str, reached: int, offered: int, pressed: int, actor: Actor, now: datetime
) -> None:
    """How many were reached, were offered a code, and were pressed to rate well. Raises Forbidden, Invalid,
    NoSuchSample, AlreadyDecided."""
    actor.require(RatingsPermission.RECONCILE)
    row = _row(session, sample_id)
    if row.reached is not None:
        raise AlreadyDecided(N_("The answers have been told already."))
    if not (0 <= reached <= row.size and 0 <= offered <= reached and 0 <= pressed <= reached):
        fault = Message(N_("No more people can have answered than were reached, and no more reached than drawn."))
        raise Invalid(fault, {"reached": fault})
    row.reached, row.offered, row.pressed = reached, offered, pressed
    details = {"reached": str(reached), "offered": str(offered), "pressed": str(pressed)}
    record(session, actor=actor, act="ratings.sample-told", subject=row.id, details=details, now=now)


def get_sample(session: Session, sample_id: str) -> Sample:
    """Raises NoSuchSample."""
    row = _row(session, sample_id)
    numbers = draw(row.seed, matters=row.matters, size=row.size)
    answers = row.reached, row.offered, row.pressed
    return Sample(row.id, row.service, row.period, row.seed, row.matters, numbers, *answers)


def samples_of(session: Session, period: str) -> tuple[tuple[str, str, int, int | None], ...]:
    """Of a month: id, service, size, and how many were reached."""
    rows = session.scalars(
        select(SampleRow).where(SampleRow.period == period).order_by(SampleRow.service, SampleRow.id)
    )
    return tuple((row.id, row.service, row.size, row.reached) for row in rows)


def _row(session: Session, sample_id: str) -> SampleRow:
    row = session.get(SampleRow, sample_id)
    if row is None:
        raise NoSuchSample(N_("There is no such sample."))
    return row
