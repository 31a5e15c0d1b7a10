"""Values of the duties room that other rooms and templates may see."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from portal.accounts.values import Scope
from portal.foundation.i18n import Message

About = Scope | Collection[Scope] | None
"""What something that waits is about: it exists for nobody who is connected to any of it."""


SIGN_KEY, OWN_KEY = "sign-key", "own-key"
OF_NEW_KEYS = frozenset({SIGN_KEY, OWN_KEY})
"""Kinds of the duties about a key that waits for signatures; their subject is its id."""
ANSWERED = "answered:"
"""How the kinds of those begin that tell somebody what became of their proposal, and ask nothing else of them."""


class ProposalState(StrEnum):
    WAITING = "waiting"
    SIGNED = "signed"
    DECLINED = "declined"


class Urgency(StrEnum):
    LATE = "late"
    TODAY = "today"
    LATER = "later"


@dataclass(frozen=True)
class Duty:
    """Something to do by `due_at`. `address` is the path of the page where it is done, without locale."""

    id: str
    kind: str
    subject: str
    title: Message
    address: str
    opened_at: datetime
    due_at: datetime

    @property
    def is_answer(self) -> bool:
        return self.kind.startswith(ANSWERED)


@dataclass(frozen=True)
class Substitute:
    """Who takes over a signature that was not given in time, in place of whom; no person where nobody can."""

    person_id: str | None
    name: str
    instead_of: tuple[str, ...]
    """Names of those who might have signed until then."""
    since: datetime


@dataclass(frozen=True)
class Proposal:
    """The first half of an act of two people. `payload` is what the executing room needs to act, `chain` the audit
    chain that its halves stand in."""

    id: str
    kind: str
    subject: str
    title: Message
    address: str
    payload: Mapping[str, Any]
    reason: str
    proposer_id: str
    proposer_name: str
    proposed_at: datetime
    due_at: datetime
    state: ProposalState
    chain: str
    decided_by: str | None = None
    decided_at: datetime | None = None
    substitute: Substitute | None = None

    def is_substitute(self, person_id: str) -> bool:
        return self.substitute is not None and self.substitute.person_id == person_id
