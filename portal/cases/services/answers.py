"""Whoever proposed something in a case is told that somebody else agreed or refused, until they open the case.

A line says which of the acts of two it was and what became of it; the words are in the case alone. It exists for
nobody who does not hold the case any more. Of a case that was deleted nothing is left to be told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from portal.accounts.values import Scope
from portal.cases.models import Case
from portal.cases.permissions import CasesPermission
from portal.cases.services import deadlines, epochs, reminders, seconds
from portal.config import Settings
from portal.duties import services as duties
from portal.duties.queries import answers_on
from portal.duties.values import Proposal, ProposalState
from portal.foundation.clock import day_start
from portal.foundation.i18n import N_, Message

FINDING = "case-finding"
EXTENSION = "case-extension"
_AGREED: Mapping[str, str] = {
    FINDING: N_("The finding in a case was agreed to"),
    EXTENSION: N_("More time for a case was agreed to"),
    seconds.JOINING: N_("Joining two cases was agreed to"),
    seconds.MASKING: N_("Masking third parties was agreed to"),
    seconds.EXPORT: N_("Handing a case to an authority was agreed to"),
    seconds.IDENTITY: N_("Opening a reporter's identity was agreed to"),
    seconds.RELEASE: N_("Ending the hold on a case was agreed to"),
}
_REFUSED: Mapping[str, str] = {
    FINDING: N_("The finding in a case was sent back: read why"),
    EXTENSION: N_("More time for a case was refused: read why"),
    seconds.JOINING: N_("Joining two cases was refused: read why"),
    seconds.MASKING: N_("Masking third parties was refused: read why"),
    seconds.EXPORT: N_("Handing a case to an authority was refused: read why"),
    seconds.IDENTITY: N_("Opening a reporter's identity was refused: read why"),
    seconds.RELEASE: N_("Ending the hold on a case was refused: read why"),
    seconds.DELETION: N_("Deleting a case was refused: read why"),
}


def on_decided(session: Session, case: Case, found: Proposal, *, settings: Settings, now: datetime) -> None:
    """Somebody decided what was proposed: its proposer is told, unless they took it back or lost the case."""
    titles = _AGREED if found.state is ProposalState.SIGNED else _REFUSED
    is_own = found.decided_by == found.proposer_id
    if is_own or found.kind not in titles or found.proposer_id not in epochs.holders_of(session, case.id):
        return
    address, touched = reminders.address(case.id), reminders.scopes(session, case)
    tell(session, found, title=titles[found.kind], address=address, about=touched, settings=settings, now=now)


def tell(
    session: Session,
    found: Proposal,
    *,
    title: str,
    address: str,
    about: Sequence[Scope],
    settings: Settings,
    now: datetime,
) -> None:
    """Whoever proposed it is told at the desk what became of it, until they look."""
    duties.open_answer(
        session,
        found,
        title=Message(title),
        address=address,
        permission=CasesPermission.READ,
        about=about,
        due_at=reminders.end_of(deadlines.seen_to_by(now.date(), settings), now),
        now=day_start(now),
    )


def wait(session: Session, case_id: str, *, person_id: str) -> bool:
    """Whether this person was told of something that they have not read in the case."""
    return any(person_id in people for people in answers_on(session, case_id).values())


def on_read(session: Session, case_id: str, *, person_id: str) -> None:
    """They opened the case, where it stands."""
    duties.close_answers(session, subject=case_id, people=(person_id,))
