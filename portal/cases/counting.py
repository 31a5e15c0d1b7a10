"""What may be said in public of many reports together. Pure: facts in, numbers or None out.

A report is counted once, in the quarter in which it arrived, and as it stood one whole quarter later. A quarter
with too few reports says nothing and is counted with the next, so that no number is ever the difference of two
that were published. The threshold protects whom a report could be traced to, not the office: that one of fifty
reports was answered late is told; that one of fifty is being investigated is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import TypeVar

from portal.cases.values import CaseState, Deadline, Finding

STAGES: Mapping[str, frozenset[CaseState]] = {
    "received": frozenset({CaseState.RECEIVED}),
    "read": frozenset({CaseState.ACKNOWLEDGED, CaseState.TRIAGE, CaseState.REOPENED}),
    "investigated": frozenset({CaseState.ASSIGNED, CaseState.INVESTIGATING, CaseState.PROPOSED, CaseState.JOINED}),
    "decided": frozenset({CaseState.DECIDED, CaseState.ACTION, CaseState.CLOSED}),
}
DECIDED = "decided"
AFTER = frozenset({Deadline.CORRECT, Deadline.REREAD, Deadline.CHECK_IN})
"""What is owed after the finding, often when its report was counted long ago: so it is counted by itself."""
Name = TypeVar("Name")


@dataclass(frozen=True, slots=True)
class Reported:
    """What is counted of one report: where it stands, what was found, what was missed, and how long it took."""

    state: CaseState
    finding: Finding | None
    missed: frozenset[Deadline] = frozenset()
    days: Mapping[Deadline, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kept:
    """How one promise to reporters was kept; `median_days` is None where too few came to that point."""

    in_time: int
    missed: int
    median_days: float | None


@dataclass(frozen=True, slots=True)
class Counted:
    """What is said: None stands for a number that is hidden."""

    n: int
    stages: Mapping[str, int | None]
    outcomes: Mapping[Finding, int | None]
    duties: Mapping[Deadline, Kept]


def count(reports: Sequence[Reported], *, threshold: int) -> Counted | None:
    """The numbers of one group of reports, or None when it is too small to say that there is any."""
    if len(reports) < max(threshold, 1):
        return None
    stages = shown_parts(
        {name: sum(one.state in states for one in reports) for name, states in STAGES.items()}, threshold=threshold
    )
    outcomes: Mapping[Finding, int | None] = dict.fromkeys(Finding)
    if stages[DECIDED] is not None:
        found = {finding: sum(one.finding is finding for one in reports) for finding in Finding}
        outcomes = shown_parts(found, threshold=threshold)
    duties = {duty: _kept(reports, duty, threshold=threshold) for duty in Deadline if duty not in AFTER}
    return Counted(len(reports), stages, outcomes, duties)


@dataclass(frozen=True, slots=True)
class Ended:
    """A duty after a finding that came to an end: it was done, after so many days, or its day passed, or both."""

    duty: Deadline
    missed: bool
    done: bool
    days: int | None = None


def count_after(ended: Iterable[Ended], *, threshold: int) -> Mapping[Deadline, Kept]:
    """The duties after a finding of which enough came to an end to tell: how many were done and how many missed.

    One that was missed before and is done now adds its days, and is not counted again.
    """
    among: dict[Deadline, list[Ended]] = {}
    for one in ended:
        among.setdefault(one.duty, []).append(one)
    told: dict[Deadline, Kept] = {}
    for duty, some in sorted(among.items()):
        in_time, missed = (sum(pick(one) for one in some) for pick in (_in_time, _is_missed))
        days = [one.days for one in some if one.days is not None]
        if in_time + missed >= max(threshold, 1):
            told[duty] = Kept(in_time, missed, float(median(days)) if len(days) >= max(threshold, 1) else None)
    return told


def _in_time(one: Ended) -> bool:
    return one.done and not one.missed


def _is_missed(one: Ended) -> bool:
    return one.missed and not one.done


def shown_parts(parts: Mapping[Name, int], *, threshold: int) -> Mapping[Name, int | None]:
    """Parts of a whole that is shown, without those that would tell of few, also by subtraction.

    The hidden parts are never one alone and come to the threshold together: else the smallest of the others are
    hidden with them. That there is nobody in a part tells of nobody.
    """
    hidden = {name for name, n in parts.items() if 0 < n < threshold}
    others = sorted((name for name in parts if name not in hidden and parts[name]), key=lambda one: parts[one])
    while hidden and others and (len(hidden) < 2 or sum(parts[name] for name in hidden) < threshold):
        hidden.add(others.pop(0))
    if len(hidden) == 1:  # the whole is one part; the empty ones are as good a cover as any
        hidden = set(parts)
    return {name: None if name in hidden else n for name, n in parts.items()}


def _kept(reports: Iterable[Reported], duty: Deadline, *, threshold: int) -> Kept:
    """A promise that was never due is kept; of one that was kept late both is told: that, and how long it took."""
    all_of_them = tuple(reports)
    missed = sum(duty in one.missed for one in all_of_them)
    days = [one.days[duty] for one in all_of_them if duty in one.days]
    took = float(median(days)) if len(days) >= max(threshold, 1) else None
    return Kept(len(all_of_them) - missed, missed, took)
