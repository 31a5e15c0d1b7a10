"""References from a part of a score to the published facts, or the entered marks, it was made of."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class FigureEvidence:
    """A published version of a figure; `notice` is the edition of the notice that voids it."""

    indicator: str
    period: str
    edition: int
    cause: str
    target: Decimal | None
    actual: Decimal | None
    notice: int | None = None


@dataclass(frozen=True)
class RatingEvidence:
    """A published summary of a service's month; `n` is None when it was suppressed.

    `code` says of which ratings: "with" a rating code, "without" one, None for all. `with_code` is how many of
    all came with one, None where that is not shown.
    """

    service: str
    period: str
    edition: int
    n: int | None
    with_code: int | None = None
    code: str | None = None


@dataclass(frozen=True)
class AnswersEvidence:
    """How a body answered low ratings of a service, as published: of those owed since a month, how many were
    answered in time, late, and not at all although the time had passed."""

    service: str
    period: str
    edition: int
    in_time: int
    late: int
    overdue: int

    @property
    def due(self) -> int:
        return self.in_time + self.late + self.overdue


@dataclass(frozen=True)
class MarkEvidence:
    """The mark of one member of an evaluator group, with the digest of its reason once that is salted."""

    group: str
    value: Decimal
    reason_digest: str | None = None


Evidence = FigureEvidence | RatingEvidence | AnswersEvidence | MarkEvidence
