"""A body's score as of the newest edition, held against its last public one."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.evaluation.queries.cycles import get_cycle, object_state
from portal.evaluation.queries.known import known_of
from portal.evaluation.queries.published import published_versions
from portal.evaluation.rules.changes import Change, changes, reason_for
from portal.evaluation.rules.scoring import score
from portal.evaluation.values import Cycle, CycleState, PublishedResult, ReasonCode, Score
from portal.publishing.queries import current_edition


@dataclass(frozen=True)
class Computed:
    """A score computed from the published state of edition `as_of`, and what moved since the last public one."""

    cycle: Cycle
    body: str
    state: CycleState
    as_of: int
    score: Score
    previous: PublishedResult | None
    moved: tuple[Change, ...]

    @property
    def reason_code(self) -> ReasonCode:
        return ReasonCode.FIRST_RESULT if self.previous is None else reason_for(self.moved)

    @property
    def is_news(self) -> bool:
        """Whether publishing it would tell the public something: the score, its parts or its method moved."""
        return self.previous is None or self.previous.score != self.score


def compute(session: Session, *, cycle: str, body: str) -> Computed:
    """Compute and keep nothing. Raises NoSuchCycle."""
    found = get_cycle(session, cycle)
    state = object_state(session, cycle, body)
    edition = current_edition(session).n
    result = score(found.method, known_of(session, found, body, edition=edition))
    versions = published_versions(session, cycle, body, edition=edition)
    previous = versions[-1] if versions else None
    moved = changes(previous.score, result) if previous else ()
    return Computed(found, body, state, edition, result, previous, moved)
