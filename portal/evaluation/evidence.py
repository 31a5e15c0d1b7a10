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

    `with_code` is how many of its marks came with a rating code, None where that is not shown.
    """

    service: str
    period: str
    edition: int
    n: int | None
    with_code: int | None = None


@dataclass(frozen=True)
class MarkEvidence:
    """The mark of one member of an evaluator group, with the digest of its reason once that is salted."""

    group: str
    value: Decimal
    reason_digest: str | None = None


Evidence = FigureEvidence | RatingEvidence | MarkEvidence
