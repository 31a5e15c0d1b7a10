"""How long a closed case is kept, and what keeps it longer. Pure: no session, no clock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from portal.cases import rules
from portal.cases.values import Finding, Hold


@dataclass(frozen=True, slots=True)
class Facts:
    """What a case looks like from here."""

    closed: bool
    asked: bool  # every question that was owed after closing
    corrected: bool  # or nothing there is to correct
    reread: bool  # or not drawn
    counted: bool
    answered: bool = True  # whatever the reporter wrote
    appealed: bool = False  # against what a figure it found false costs, and not yet decided
    placed: frozenset[Hold] = frozenset()


def keep_until(*, finding: Finding, closed_on: date, months: Mapping[Finding, int]) -> date:
    return rules.feedback_by(closed_on, months[finding])


def holds(facts: Facts) -> tuple[Hold, ...]:
    """Everything that keeps a case: what is live, unanswered, under correction or not yet told in public."""
    live = {
        Hold.OPEN: not facts.closed,
        Hold.ANSWER: not facts.answered,
        Hold.CHECK_IN: not facts.asked,
        Hold.CORRECTION: not facts.corrected,
        Hold.REREAD: not facts.reread,
        Hold.COUNT: not facts.counted,
        Hold.APPEAL: facts.appealed,
    }
    return tuple(one for one in Hold if live.get(one) or one in facts.placed)


def may_go_alone(*, noticed_on: date | None, days: int, today: date) -> bool:
    """Whether a case whose deletion was announced goes by itself: nobody put it on hold for so many days."""
    return noticed_on is not None and today > noticed_on + timedelta(days=days)
