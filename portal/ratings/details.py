"""What may follow a mark: dimensions of the service, reasons of a low mark, and for whom somebody came.

Each is optional, is kept apart from the mark and is folded into totals like it: of a question and an answer
only the number that gave it stays.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from portal.foundation.i18n import N_
from portal.ratings.values import Level


class Way(StrEnum):
    """How somebody was served; each has dimensions of its own."""

    IN_PERSON = "in-person"
    ONLINE = "online"


WAY_WORDS = {Way.IN_PERSON: N_("At a counter or in person"), Way.ONLINE: N_("Online or by telephone")}


class Dimension(StrEnum):
    """A side of the service that is marked on the five levels."""

    EFFICIENCY = "efficiency"
    SERVICE_LEVEL = "service-level"
    ATTITUDE = "attitude"
    GUIDANCE = "guidance"
    CONVENIENCE = "convenience"
    PLATFORM = "platform"


DIMENSIONS = {
    Way.IN_PERSON: (Dimension.EFFICIENCY, Dimension.SERVICE_LEVEL, Dimension.ATTITUDE),
    Way.ONLINE: (Dimension.EFFICIENCY, Dimension.GUIDANCE, Dimension.CONVENIENCE, Dimension.PLATFORM),
}

DIMENSION_WORDS = {
    Dimension.EFFICIENCY: N_("How quickly it was done"),
    Dimension.SERVICE_LEVEL: N_("How well staff knew their work"),
    Dimension.ATTITUDE: N_("How you were treated"),
    Dimension.GUIDANCE: N_("Whether the instructions were right"),
    Dimension.CONVENIENCE: N_("How easy it was"),
    Dimension.PLATFORM: N_("How the website or app worked"),
}


class Reason(StrEnum):
    """Why a mark was low; several may hold."""

    WAITING = "waiting"
    PAPERS = "papers"
    CALLED_BACK = "called-back"
    GUIDANCE = "guidance"
    ATTITUDE = "attitude"
    LATE = "late"
    SYSTEM = "system"
    FEES = "fees"
    REFUSED = "refused"


REASON_WORDS = {
    Reason.WAITING: N_("I had to wait too long"),
    Reason.PAPERS: N_("I was asked for papers that the rules do not ask for"),
    Reason.CALLED_BACK: N_("I had to come more than once for the same thing"),
    Reason.GUIDANCE: N_("What I was told was wrong or not complete"),
    Reason.ATTITUDE: N_("I was treated badly"),
    Reason.LATE: N_("It took longer than promised"),
    Reason.SYSTEM: N_("The website, app or machine did not work"),
    Reason.FEES: N_("I was asked for money that I do not owe"),
    Reason.REFUSED: N_("I was turned away without a reason"),
}


class Capacity(StrEnum):
    """For whom somebody came."""

    CITIZEN = "citizen"
    BUSINESS = "business"
    BEHALF = "behalf"


CAPACITY_WORDS = {
    Capacity.CITIZEN: N_("For myself"),
    Capacity.BUSINESS: N_("For a business or organisation"),
    Capacity.BEHALF: N_("On someone's behalf"),
}

LOW = frozenset({Level.VERY_DISSATISFIED, Level.DISSATISFIED})
"""The levels of a low mark: reasons are asked for, and an answer of the body can be."""

REASON, CAPACITY = "reason", "capacity"  # questions, beside "in-person/attitude" and the like


def question_of(way: Way, dimension: Dimension) -> str:
    """How a dimension is called among the questions of the totals."""
    return f"{way.value}/{dimension.value}"


QUESTIONS = tuple(question_of(way, one) for way, dimensions in DIMENSIONS.items() for one in dimensions)
"""Every dimension of every way, as totals call it."""


@dataclass(frozen=True)
class Details:
    """What one person added to their mark, beyond words."""

    dimensions: Mapping[tuple[Way, Dimension], Level] = field(default_factory=dict)
    reasons: frozenset[Reason] = frozenset()
    capacity: Capacity | None = None

    def answers(self) -> Iterator[tuple[str, str]]:
        """Each question that was answered, with the answer, as totals count them."""
        for (way, dimension), level in self.dimensions.items():
            yield question_of(way, dimension), str(int(level))
        for reason in sorted(self.reasons):
            yield REASON, reason.value
        if self.capacity is not None:
            yield CAPACITY, self.capacity.value

    def __bool__(self) -> bool:
        return bool(self.dimensions or self.reasons or self.capacity)

    def as_json(self) -> list[list[str]]:
        """The answers in an order that says nothing of how they were given."""
        return [list(each) for each in sorted(self.answers())]


def reasons_in(answers: Any) -> tuple[Reason, ...]:
    """The reasons among answers kept as JSON."""
    return tuple(Reason(answer) for question, answer in answers if question == REASON)
