"""A report that nobody can read any more is opened to others by its reporter, who holds keys to all of it.

Officers leave, step aside, or declare an interest, and rightly lose their keys; so the last one could go while the
report lies there unread. The seven words open every epoch as far as it is shared with the reporter, and that is
sealed to whoever may receive the report now. What earlier officers wrote for themselves stays shut for good.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.cases import rules
from portal.cases.models import Case, MaskingRow
from portal.cases.sealing import EpochKeys
from portal.cases.services import about, casework, epochs, forsaken, holders, upkeep
from portal.cases.services.epochs import Holder
from portal.cases.values import Draft, LettingIn, Report
from portal.config import Settings


@dataclass(frozen=True, slots=True)
class Offer:
    """Whom the reporter can let in, and as what."""

    says: LettingIn
    people: tuple[Holder, ...] = ()


def find(
    session: Session, case: Case, *, keys: Mapping[int, EpochKeys], settings: Settings, now: datetime
) -> Offer | None:
    """None as long as somebody may open the case with a key they hold."""
    left_behind = forsaken.is_noted(session, case.id)
    if not left_behind and epochs.holders_of(session, case.id):
        return None
    if left_behind and upkeep.others_left(session, case, without="", settings=settings, now=now):
        return None
    report = casework.read_report(session, case, dict(keys))
    people = _who(session, case, report, outside_only=report.outside_only, settings=settings, now=now)
    if people:
        return Offer(LettingIn.OFFICERS, people)
    if report.outside_only:
        people = _who(session, case, report, outside_only=False, settings=settings, now=now)
    return Offer(LettingIn.OFFICE_INSTEAD, people) if people else Offer(LettingIn.NOBODY)


def open_to(
    session: Session, case: Case, *, keys: Mapping[int, EpochKeys], settings: Settings, now: datetime
) -> bool:
    """Seal all these keys to whoever may receive the report. False when that is nobody, or somebody holds it.

    A new epoch follows at once, whose key is theirs and the reporter's. What was masked can be known by nobody any
    more, so the masks go: who reads the case now masks it anew.
    """
    offer = find(session, case, keys=keys, settings=settings, now=now)
    if offer is None or not offer.people:
        return False
    for person in offer.people:
        epochs.grant_all(session, case_id=case.id, keys=keys, holder=person)
    session.execute(delete(MaskingRow).where(MaskingRow.case_id == case.id))
    if upkeep.remove_departed(session, case, settings=settings, now=now) is None:
        upkeep.change_lock(session, case, without=(), settings=settings, now=now)
    return True


def _who(
    session: Session, case: Case, report: Report, *, outside_only: bool, settings: Settings, now: datetime
) -> tuple[Holder, ...]:
    """As many as are needed to receive a new report, of those who may hold this one and all it was joined with."""
    wished = Draft("", about.subject_of(session, case), names=report.names, bodies=report.bodies)
    found = holders.receivers(session, replace(wished, outside_only=outside_only), settings=settings, now=now)
    allowed = upkeep.fit_for_all(session, case, settings=settings, now=now)
    free = [one for one in found if one.person_id in allowed]
    enough = rules.recipients(free, names="", body_known=case.body_code is not None, outside_only=outside_only)
    return tuple(Holder(one.person_id, one.key_id, one.box_public, one.holder) for one in enough)
