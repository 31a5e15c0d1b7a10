"""Values of the audit record that other rooms and templates may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

MAIN = "main"
_CASE_PREFIX = "case:"


def case_chain(case_id: str) -> str:
    """The name of the chain that holds a case's own rows."""
    return f"{_CASE_PREFIX}{case_id}"


def is_case_chain(chain: str) -> bool:
    return chain.startswith(_CASE_PREFIX)


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
class Verdict:
    """What `audit verify` found. `bad_row` names the first row that does not fit, `reason` says why."""

    passed: bool
    bad_row: str | None = None
    reason: str | None = None
