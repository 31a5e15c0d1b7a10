"""A case is closed when its reporter was written to about what was found, or an officer says why they were not."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit.queries import acts_of_chain
from portal.audit.values import case_chain
from portal.cases import rules
from portal.cases.errors import NotTold
from portal.cases.models import Case, Mailbox
from portal.cases.services import access, halves, trail
from portal.cases.services.access import Officer
from portal.cases.values import CaseState, Why


def untold(session: Session, case: Case) -> tuple[Case, ...]:
    """Of this case and those decided with it, the ones whose reporter reads the mailbox and was sent no message
    since the decision."""
    query = select(Case).where(Case.merged_into == case.id, Case.state == CaseState.DECIDED).order_by(Case.id)
    return tuple(one for one in (case, *session.scalars(query)) if not _is_told(session, one))


def require_told(session: Session, case: Case, *, unwritten: str, officer: Officer, now: datetime) -> None:
    """Raises NotTold, unless `unwritten` says why nobody wrote: that is sealed with the case."""
    if not untold(session, case):
        return
    if not unwritten.strip():
        raise NotTold
    keys = access.writing_keys(session, case=case, officer=officer, now=now)
    halves.seal_reason(session, case, reason=unwritten, why=Why.UNTOLD, keys=keys, officer=officer, now=now)
    trail.note(session, case, officer, "cases.leave-untold", now)


def _is_told(session: Session, case: Case) -> bool:
    reads = case.withdrawn_on is None and session.get(Mailbox, case.id) is not None
    return not reads or rules.written_since_decided(one.act for one in acts_of_chain(session, case_chain(case.id)))
