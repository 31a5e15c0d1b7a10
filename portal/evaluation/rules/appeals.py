"""Who may appeal until when, and who decides. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from portal.evaluation.values import AppealState, Liability


def may_appeal(*, due_on: date | None, appealed: bool, today: date) -> bool:
    """Once, from the day the consequence was published on until the last day to appeal (`due_on`, included)."""
    return due_on is not None and not appealed and today <= due_on


def may_judge(person_id: str, *, part: Collection[str], connected: bool) -> bool:
    """`part`: who assigned, proposed, decided or signed what is appealed against, or appeals."""
    return person_id not in part and not connected


def liability_of(appeals: Iterable[AppealState | None]) -> Liability | None:
    """Of those who verified a figure, each by their appeal: it stands as long as it does for one of them."""
    found = set(appeals)
    if not found:
        return None
    if found & {None, AppealState.DISMISSED}:
        return Liability.STANDS
    return Liability.SUSPENDED if AppealState.OPEN in found else Liability.LIFTED
