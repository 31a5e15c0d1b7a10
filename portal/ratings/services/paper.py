"""Paper slips: one person enters a batch, a second one enters a seeded sample again, then it counts or is gone.

They count in a channel of their own and are never verified. Of a batch that was counted nothing stays but the
totals, and the words for a moderator, each for itself.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit.services import record
from portal.foundation.actor import Actor
from portal.foundation.errors import Forbidden
from portal.foundation.i18n import N_
from portal.foundation.ids import new_id, random_bytes
from portal.ratings.errors import NoSuchBatch
from portal.ratings.models import CommentRow, PaperBatchRow
from portal.ratings.permissions import RatingsPermission
from portal.ratings.register import list_services
from portal.ratings.rules import paper as rules
from portal.ratings.rules.slips import Slip
from portal.ratings.services.folding import add_details, add_totals, shuffled
from portal.ratings.services.reading_duty import renew_duty
from portal.ratings.services.receipts import require_own_service
from portal.ratings.values import Channel


@dataclass(frozen=True)
class PaperBatch:
    """A batch that waits for its check: which slips are to be entered again, never what was entered."""

    id: str
    service: str
    period: str
    slips: int
    sample: tuple[int, ...]
    own: bool
    words: tuple[tuple[int, str], ...] = ()
    """The words on slips of the sample, by their number: the second person looks whether they are right."""


def enter_paper(
    session: Session,
    *,
    service: str,
    period: str,
    slips: Sequence[Slip],
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
            slips=len(slips),
            levels=[int(slip.level) for slip in slips],
            more=[[slip.details.as_json(), slip.text] for slip in slips]
            if any(slip.details or slip.text for slip in slips)
            else None,
            seed=seed,
            sample=list(rules.sample_of(len(slips), seed)),
        )
    )
    _note(session, "ratings.paper-entered", batch_id, actor, now, slips=str(len(slips)), seed=seed)


def check_paper(
    session: Session,
    *,
    batch_id: str,
    again: Mapping[int, Slip],
    words_right: bool = True,
    bodies: Collection[str],
    actor: Actor,
    now: datetime,
) -> bool:
    """Count the batch when its sample reads the same a second time, else drop it; say which it was. `words_right`:
    whether the words on the sample's slips are those that were entered.

    Raises Forbidden (also for whoever entered it), NotYourService, NoSuchBatch.
    """
    actor.require(RatingsPermission.ENTER_PAPER)
    row = session.get(PaperBatchRow, batch_id, with_for_update=True)
    if row is None:
        raise NoSuchBatch(N_("This batch has been checked already, or there was none."))
    require_own_service(session, row.service, bodies)
    if row.entered_by == actor.person_id:
        raise Forbidden(N_("Somebody else checks what you entered."))
    sample = {number: again[number].ticked for number in row.sample if number in again}
    wrong = rules.differing(_ticked(row), sample)
    counts = len(sample) == len(row.sample) and rules.agrees(len(wrong), len(sample)) and words_right
    if counts:
        _count(session, row)
    session.delete(row)
    session.flush()
    renew_duty(session, now=now)
    act = "ratings.paper-counted" if counts else "ratings.paper-refused"
    _note(session, act, batch_id, actor, now, sampled=str(len(sample)), differing=str(len(wrong)))
    return counts


def list_paper(session: Session, *, bodies: Collection[str], actor: Actor) -> tuple[PaperBatch, ...]:
    """The batches of these bodies that wait, oldest month first."""
    own = {service.code for service in list_services(session) if service.body in bodies}
    rows = session.scalars(select(PaperBatchRow).order_by(PaperBatchRow.period, PaperBatchRow.id))
    return tuple(
        PaperBatch(
            *(row.id, row.service, row.period, row.slips, tuple(row.sample)),
            own=row.entered_by == actor.person_id,
            words=tuple((n, row.more[n - 1][1]) for n in row.sample if row.more and row.more[n - 1][1]),
        )
        for row in rows
        if row.service in own
    )


def _ticked(row: PaperBatchRow) -> list[list[Any]]:
    """What was entered of each slip but its words, as `Slip.ticked`."""
    if row.more is None:
        return [[level, []] for level in row.levels]
    return [[level, details] for level, (details, _) in zip(row.levels, row.more, strict=True)]


def _count(session: Session, row: PaperBatchRow) -> None:
    of, paper = (row.service, row.period), Channel.PAPER.value
    add_totals(session, Counter((*of, level, False, paper) for level in row.levels))
    if row.more is None:
        return
    answers = (answer for details, _ in row.more for answer in details)
    add_details(session, Counter((*of, paper, question, answer) for question, answer in answers))
    words = [(level, text) for level, (_, text) in zip(row.levels, row.more, strict=True) if text]
    session.add_all(
        CommentRow(id=new_id(), service=row.service, period=row.period, level=level, channel=paper, text=text)
        for level, text in shuffled(words)
    )


def _note(session: Session, act: str, batch_id: str, actor: Actor, now: datetime, **details: str) -> None:
    record(session, actor=actor, act=act, subject=batch_id, details=details, now=now)
