"""Who may give the second signature to what waits for one in a case: its holders, whoever they are by now."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.accounts import queries as accounts
from portal.audit.values import case_chain
from portal.cases.models import Case, IdentityShare
from portal.cases.permissions import CasesPermission
from portal.cases.services import about, epochs, reminders
from portal.cases.values import CaseState
from portal.config import Settings
from portal.duties import services as duties
from portal.duties.queries import find_waiting
from portal.publishing.services import CORRECTION

DELETION = "case-deletion"
RELEASE = "case-release"
IDENTITY = "case-identity"
EXPORT = "case-export"
JOINING = reminders.JOINING
MASKING = "case-masking"
SECOND_SIGNATURES = (DELETION, RELEASE, IDENTITY, EXPORT, JOINING, MASKING)
"""What waits for a second officer beside findings and extensions, which the case itself names."""


def name_deciders(session: Session, case: Case, *, leaving: Collection[str] = (), now: datetime) -> None:
    """The holders of a case changed: whoever holds it now may sign what waits, and nobody else.

    What one of those who leave had proposed goes with them. Whether still nobody could take over what waits too
    long is seen within the hour.
    """
    renew_deciders(session, case, leaving=leaving, now=now)
    duties.close_duty(session, kind=reminders.LET_IN, subject=case.id)


def renew_deciders(session: Session, case: Case, *, leaving: Collection[str] = (), now: datetime) -> None:
    """The same, whether or not anybody came or went: a role may have been given or taken meanwhile."""
    session.flush()
    if case.proposal_id is not None and case.state == CaseState.PROPOSED:
        left = deciders(session, case, but=case.proposed_by)
        duties.name_deciders(session, proposal_id=case.proposal_id, people=left)
    if case.extension_id is not None and case.extension_by in leaving:
        duties.withdraw(session, proposal_id=case.extension_id, now=now)
        case.extension_id = case.extension_by = None
    elif case.extension_id is not None:
        left = deciders(session, case, but=case.extension_by)
        duties.name_deciders(session, proposal_id=case.extension_id, people=left)
    _name_others(session, case, leaving, now=now)


def _name_others(session: Session, case: Case, leaving: Collection[str], *, now: datetime) -> None:
    """What waits for a second officer goes with its proposer; else those who are left may sign it."""
    for kind in SECOND_SIGNATURES:
        waits = find_waiting(session, kind=kind, subject=case.id)
        if waits is None:
            continue
        if waits.proposer_id in leaving:
            duties.withdraw(session, proposal_id=waits.id, now=now)
        else:
            found = keepers_left(session, case) if kind == IDENTITY else deciders(session, case, but=None)
            left = [one for one in found if one != waits.proposer_id]
            duties.name_deciders(session, proposal_id=waits.id, people=left)


def withdraw_corrections(
    session: Session, case: Case, leaving: Collection[str], *, settings: Settings, now: datetime
) -> None:
    """A correction that this case led to does not stand when its proposer leaves: others propose it anew."""
    withdrawn = False
    for key in about.figures_of(session, case):
        waits = find_waiting(session, kind=CORRECTION, subject=f"figure:{key}")
        if waits is not None and waits.chain == case_chain(case.id) and waits.proposer_id in leaving:
            duties.withdraw(session, proposal_id=waits.id, now=now)
            withdrawn = True
    if withdrawn:
        reminders.on_correction_due(session, case, settings=settings, now=now)


def keepers_left(session: Session, case: Case) -> tuple[str, ...]:
    """Holders of the case with a share of its reporter's identity and the right to use it."""
    may = {person.id for person in accounts.people_with(session, CasesPermission.IDENTITY)}
    query = select(IdentityShare.person_id).where(IdentityShare.case_id == case.id)
    return tuple(sorted(may & set(session.scalars(query)) & set(epochs.holders_of(session, case.id))))


def deciders(session: Session, case: Case, *, but: str | None) -> tuple[str, ...]:
    """Holders of the case who may give a second signature: everybody with the right but the proposer."""
    may = {person.id for person in accounts.people_with(session, CasesPermission.DECIDE)}
    return tuple(p for p in epochs.holders_of(session, case.id) if p in may and p != but)
