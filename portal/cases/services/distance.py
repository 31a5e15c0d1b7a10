"""What the public sees of a case keeps some days' distance, so that its day does not tell when a report came."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from portal.cases import rules
from portal.cases.errors import TooSoon
from portal.cases.models import Case
from portal.cases.services import about, deadlines
from portal.cases.values import CaseState
from portal.config import Settings


def require_for_mark(session: Session, case: Case, settings: Settings, *, today: date) -> None:
    """Raises TooSoon before some days after the newest report that the finding rests on."""
    _require(_mark_from(session, case, settings, lock=True), today)


def require_for_correction(case: Case, settings: Settings, *, today: date) -> None:
    """Raises TooSoon before some days after the mark."""
    _require(deadlines.correct_from(case.decided_on or today, settings), today)


def first_day(session: Session, case: Case, settings: Settings, *, today: date) -> date | None:
    """The day that the next of the two has to wait for; None where none is next, or that day has come."""
    state = CaseState(case.state)
    if rules.may("decide", state) and case.proposed_finding in rules.FOUND_FALSE:
        first = _mark_from(session, case, settings, lock=False)
    elif rules.may("act", state) and case.finding in rules.FOUND_FALSE and case.decided_on is not None:
        first = deadlines.correct_from(case.decided_on, settings)
    else:
        return None
    return first if today < first and about.figures_of(session, case) else None


def _mark_from(session: Session, case: Case, settings: Settings, *, lock: bool) -> date:
    came = max(one.received_on for one in (case, *about.joined_with(session, case, lock=lock)))
    return deadlines.mark_from(came, settings)


def _require(first: date, today: date) -> None:
    if today < first:
        raise TooSoon(first)
