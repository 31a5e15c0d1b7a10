"""Results as the public sees them, as of an edition: read from what is published and from nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.evaluation.errors import NoSuchResult
from portal.evaluation.statements import published_result
from portal.evaluation.values import AppealState, PublishedResult
from portal.foundation.i18n import N_
from portal.publishing import queries as publishing
from portal.publishing.readings import EvaluationResult
from portal.registry.values import Period

Names = Mapping[str, str]


@dataclass(frozen=True)
class PublishedCycle:
    """A cycle of which at least one result is public."""

    code: str
    names: Names
    period: str
    bodies: int


def published_cycles(session: Session, *, edition: int) -> tuple[PublishedCycle, ...]:
    """Every cycle with a public result, the latest period first."""
    newest: dict[str, list[PublishedResult]] = {}
    for result in publishing.evaluations_of_all(session, edition=edition):
        newest.setdefault(result.cycle, []).append(_result(result))
    cycles = [
        PublishedCycle(code, results[0].names, results[0].period, len(results)) for code, results in newest.items()
    ]
    cycles.sort(key=lambda cycle: cycle.code)
    return tuple(sorted(cycles, key=lambda cycle: Period.parse(cycle.period).sort_key, reverse=True))


def published_results(session: Session, cycle: str, *, edition: int) -> tuple[PublishedResult, ...]:
    """The newest result of every body in a cycle, by the body's code. Raises NoSuchResult."""
    found = publishing.evaluations_of_all(session, edition=edition, cycle=cycle)
    if not found:
        raise NoSuchResult(N_("No result of this evaluation has been published."))
    return tuple(_result(one) for one in found)


def published_versions(session: Session, cycle: str, body: str, *, edition: int) -> tuple[PublishedResult, ...]:
    """Every published result of a body in a cycle, oldest first; empty before the first."""
    found = publishing.evaluation_versions(session, body, cycle, edition=edition)
    return tuple(_result(one) for one in found)


def find_published(session: Session, cycle: str, body: str, *, edition: int) -> PublishedResult | None:
    versions = published_versions(session, cycle, body, edition=edition)
    return versions[-1] if versions else None


def results_of_body(session: Session, body: str, *, edition: int) -> tuple[PublishedResult, ...]:
    """The newest result of each cycle of a body, the earliest period first: the body against its own past."""
    found = [_result(one) for one in publishing.evaluations(session, body, edition=edition)]
    return tuple(sorted(found, key=lambda one: (Period.parse(one.period).sort_key, one.cycle)))


def appeals_counted(session: Session, *, edition: int, threshold: int) -> Mapping[AppealState, int] | None:
    """Where the appeals of bodies stand, by the newest results; None while there are fewer than the threshold."""
    states: dict[str, AppealState] = {}
    for one in publishing.evaluations_of_all(session, edition=edition):
        for taken in one.content.get("deductions", ()):
            if "appeal" in taken:
                states[taken["figure"]] = AppealState(taken["appeal"])
    if len(states) < threshold:
        return None
    return {state: sum(one is state for one in states.values()) for state in AppealState}


def _result(one: EvaluationResult) -> PublishedResult:
    return published_result(one.content, edition=one.edition, at=one.at)
