"""What somebody proposed in a case is theirs to take back, as long as no second person decided on it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from portal.cases import rules
from portal.cases.errors import NotEligible, WrongState
from portal.cases.models import Case, IdentityHalf
from portal.cases.permissions import CasesPermission
from portal.cases.services import access, decisions, extensions, halves, masks, seconds, trail
from portal.cases.services.access import Officer
from portal.cases.values import CaseState, Proposed
from portal.duties.queries import find_waiting

KINDS = {
    Proposed.FINDING: decisions.PROPOSAL,
    Proposed.EXTENSION: extensions.EXTENSION,
    Proposed.JOINING: seconds.JOINING,
    Proposed.MASKING: seconds.MASKING,
    Proposed.EXPORT: seconds.EXPORT,
    Proposed.IDENTITY: seconds.IDENTITY,
    Proposed.DELETION: seconds.DELETION,
    Proposed.RELEASE: seconds.RELEASE,
}


def own(session: Session, *, case_id: str, person_id: str) -> tuple[Proposed, ...]:
    """What of this person waits for a second signature in this case."""
    waiting = {what: find_waiting(session, kind=kind, subject=case_id) for what, kind in KINDS.items()}
    return tuple(what for what, found in waiting.items() if found is not None and found.proposer_id == person_id)


def take_back(session: Session, *, case_id: str, what: Proposed, officer: Officer, now: datetime) -> None:
    """End what waits, in its proposer's name. Raises NoSuchCase, WrongState when it waits no more, NotEligible for
    whoever did not propose it."""
    case = access.take(session, case_id=case_id, officer=officer, right=CasesPermission.HANDLE, now=now)
    found = find_waiting(session, kind=KINDS[what], subject=case.id)
    if found is None:
        raise WrongState
    if found.proposer_id != officer.id:
        raise NotEligible
    halves.decline(session, case, kind=KINDS[what], officer=officer, now=now)
    _forget(session, case, what, officer=officer, now=now)
    session.flush()
    trail.note(session, case, officer, "cases.take-back", now, what=what.value)


def _forget(session: Session, case: Case, what: Proposed, *, officer: Officer, now: datetime) -> None:
    """What the case itself remembers of it."""
    if what is Proposed.FINDING:
        decisions.forget_proposal(session, case, rules.after("send-back", CaseState(case.state)), now=now)
    elif what is Proposed.EXTENSION:
        case.extension_id = case.extension_by = None
    elif what is Proposed.IDENTITY:
        session.execute(delete(IdentityHalf).where(IdentityHalf.case_id == case.id))
    elif what is Proposed.MASKING:
        masks.drop_left_over(session, case, officer=officer, now=now)
