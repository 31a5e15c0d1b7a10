"""Values of the audit record that other rooms and templates may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

MAIN = "main"
CASE_CHAINS = "case:"


def case_chain(case_id: str) -> str:
    """The name of the chain that holds a case's own rows."""
    return f"{CASE_CHAINS}{case_id}"


def is_case_chain(chain: str) -> bool:
    return chain.startswith(CASE_CHAINS)


@dataclass(frozen=True)
class AuditRow:
    """One sealed row of a chain: codes and ids only. `position` counts from 1 within its chain."""

    chain: str
    position: int
    at: datetime
    actor_id: str
    act: str
    subject: str
    details: Mapping[str, str]
    hash: str


@dataclass(frozen=True)
class NotedAct:
    """An act of a chain for whoever may read what that chain is about: codes and ids only."""

    at: datetime
    actor_id: str
    act: str
    details: Mapping[str, str]


@dataclass(frozen=True)
class Head:
    """The newest place of a chain: its position (0 when empty) and hash."""

    position: int
    hash: bytes


@dataclass(frozen=True)
class Verdict:
    """What `audit verify` found. `bad_row` names the first row that does not fit, `reason` says why."""

    passed: bool
    bad_row: str | None = None
    reason: str | None = None
