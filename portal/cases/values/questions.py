"""What is asked about each kind of falsification, beside the reporter's own words. Each may be skipped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from portal.cases.values.kinds import Matter


class Question(StrEnum):
    """One question; its name is what its answer is kept under."""

    TRUE_VALUE = "true_value"
    CHANGED = "changed"
    RECORDS = "records"
    PROMISED = "promised"
    APPLIED = "applied"
    DONE = "done"
    RECORDED = "recorded"
    EVIDENCE = "evidence"
    RATED = "rated"
    RATED_DAYS = "rated_days"
    SEEN = "seen"
    PRESSED = "pressed"
    IN_WORDS = "in_words"
    MESSAGE = "message"
    TOGETHER = "together"
    AGREED = "agreed"
    SHOWN = "shown"


class Wrong(StrEnum):
    """What can be false in the record of somebody's own matter."""

    CLOSED_EARLY = "closed-early"
    DATES = "dates"
    RATING = "rating"


QUESTIONS: dict[Matter, tuple[Question, ...]] = {
    Matter.FIGURE: (Question.TRUE_VALUE, Question.CHANGED, Question.RECORDS),
    Matter.OWN: (
        Question.PROMISED,
        Question.APPLIED,
        Question.DONE,
        Question.RECORDED,
        Question.EVIDENCE,
    ),
    Matter.RATINGS: (Question.RATED, Question.RATED_DAYS, Question.SEEN),
    Matter.PRESSURE: (Question.PRESSED, Question.IN_WORDS, Question.MESSAGE),
    Matter.COLLUSION: (Question.TOGETHER, Question.AGREED, Question.SHOWN),
    Matter.OTHER: (),
}


@dataclass(frozen=True, slots=True)
class Details:
    """What a reporter answered to the questions of a kind, in their own words, in the order of the questions."""

    said: tuple[tuple[Question, str], ...] = ()
    wrongs: tuple[Wrong, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.said or self.wrongs)

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple(text for _, text in self.said)

    @property
    def not_of_oneself(self) -> tuple[str, ...]:
        """Without what was said of a matter of one's own: its days show whoever has the records whose it is."""
        return tuple(text for question, text in self.said if question not in QUESTIONS[Matter.OWN])

    def with_texts(self, change: Callable[[str], str]) -> Details:
        return replace(self, said=tuple((question, change(text)) for question, text in self.said))


NO_DETAILS = Details()
