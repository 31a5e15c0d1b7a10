"""What takes two officers of a case: the first gives the reason, sealed, and one of the others decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.audit.values import case_chain
from portal.cases.errors import NobodyToDecide, WrongState
from portal.cases.models import Case
from portal.cases.permissions import CasesPermission
from portal.cases.sealing import EpochKeys
from portal.cases.services import access, answers, deadlines, items, reminders, seconds
from portal.cases.services.access import Officer
from portal.cases.values import ItemKind, Why
from portal.duties import services as duties
from portal.duties.queries import find_waiting
from portal.duties.values import Proposal
from portal.foundation.i18n import Message


def countersign(session: Session, case: Case, *, kind: str, officer: Officer, now: datetime) -> Proposal:
    """The second half. Raises WrongState when nothing waits, and the errors of duties.countersign.

    Whoever holds the case with the right may give it, also since a role was given to them after it was proposed.
    """
    seconds.name_deciders(session, case, now=now)
    found = duties.countersign(session, proposal_id=_waiting(session, case, kind), actor=officer.actor, now=now)
    answers.on_decided(session, case, found, settings=officer.settings, now=now)
    return found


def decline(session: Session, case: Case, *, kind: str, officer: Officer, now: datetime) -> None:
    """Refuse it, or take one's own half back. Raises WrongState when nothing waits."""
    seconds.name_deciders(session, case, now=now)
    found = duties.decline(session, proposal_id=_waiting(session, case, kind), actor=officer.actor, now=now)
    answers.on_decided(session, case, found, settings=officer.settings, now=now)


def refuse(
    session: Session, case: Case, *, kind: str, reason: str, why: Why, officer: Officer, now: datetime
) -> None:
    """Refuse it, and say why: whoever proposed it reads that in the case. Raises WrongState when nothing waits."""
    keys = access.writing_keys(session, case=case, officer=officer, now=now)
    decline(session, case, kind=kind, officer=officer, now=now)
    seal_reason(session, case, reason=reason, why=why, refuses=True, keys=keys, officer=officer, now=now)


def _waiting(session: Session, case: Case, kind: str) -> str:
    found = find_waiting(session, kind=kind, subject=case.id)
    if found is None:
        raise WrongState
    return found.id


def propose(
    session: Session,
    case: Case,
    *,
    kind: str,
    title: Message,
    payload: Mapping[str, Any],
    reason: str,
    why: Why,
    officer: Officer,
    now: datetime,
    permission: CasesPermission = CasesPermission.DECIDE,
    people: Sequence[str] | None = None,
) -> str:
    """The first half, which waits for a second officer; returns the proposal's id.

    The proposal itself holds codes alone. It has days of its own to be decided in, however many the case has left.
    Raises NobodyToDecide when no other holder may sign.
    """
    keys = access.writing_keys(session, case=case, officer=officer, now=now)
    deciders = seconds.deciders(session, case, but=officer.id) if people is None else people
    if not deciders:
        raise NobodyToDecide
    seal_reason(session, case, reason=reason, why=why, keys=keys, officer=officer, now=now)
    proposal = duties.propose(
        session,
        kind=kind,
        subject=case.id,
        title=title,
        address=reminders.address(case.id),
        payload=payload,
        reason="",
        actor=officer.actor,
        permission=permission,
        people=deciders,
        about=reminders.scopes(session, case),
        due_at=reminders.end_of(deadlines.sign_by(now.date(), officer.settings), now),
        now=now,
        chain=case_chain(case.id),
    )
    return proposal.id


def seal_reason(
    session: Session,
    case: Case,
    *,
    reason: str,
    why: Why,
    keys: EpochKeys,
    officer: Officer,
    now: datetime,
    submission: str | None = None,
    refuses: bool = False,
) -> None:
    """Keep why an officer did something, or refused it, and what it was, for those who hold the case."""
    content = {"text": reason, "author": officer.id, "why": why.value} | ({"refuses": True} if refuses else {})
    items.add_item(
        session,
        case_id=case.id,
        keys=keys,
        kind=ItemKind.REASON,
        content=content,
        day=now.date(),
        submission=submission,
    )
