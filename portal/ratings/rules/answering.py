"""What a body that was rated low may say next, until when it must, and when the matter ends.

Working days are the office's own (holidays and the days worked in their place); the rater's time to refuse is
counted in plain days.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self

from portal.config import Settings
from portal.duties.calendar import WorkingDays
from portal.ratings.answers import OWED, AnswerState, Step

_STEPS = {
    AnswerState.OPEN: (Step.CONTACTED, Step.EXPLAINED, Step.FIXED),
    AnswerState.CONTACTED: (Step.EXPLAINED, Step.FIXED),
    AnswerState.REOPENED: (Step.EXPLAINED, Step.FIXED),
}
_AFTER = {
    Step.CONTACTED: AnswerState.CONTACTED,
    Step.EXPLAINED: AnswerState.EXPLAINED,
    Step.FIXED: AnswerState.FIXED,
}


@dataclass(frozen=True)
class Terms:
    """How long each step may take: two in working days of `calendar`, the rater's in days."""

    calendar: WorkingDays
    answer: int
    settle: int
    confirm: int

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(
            WorkingDays.of(settings),
            settings.rating_answer_working_days,
            settings.rating_settle_working_days,
            settings.rating_confirm_days,
        )

    def due(self, state: AnswerState, since: date) -> date | None:
        """The last day for what `state` waits for, when it began on `since`; None for a matter that has ended."""
        match state:
            case AnswerState.OPEN:
                return self.calendar.after(since, self.answer)
            case AnswerState.CONTACTED | AnswerState.REOPENED:
                return self.calendar.after(since, self.settle)
            case AnswerState.FIXED:
                return since + timedelta(days=self.confirm)
        return None


def steps_from(state: AnswerState) -> tuple[Step, ...]:
    """What the body may say now; nothing once it owes nothing."""
    return _STEPS.get(state, ())


def after_step(step: Step) -> AnswerState:
    return _AFTER[step]


def after_word(*, settled: bool, refused_before: bool) -> AnswerState:
    """What becomes of "fixed" by the rater's word: a second refusal ends it, told as a dispute."""
    if settled:
        return AnswerState.CONFIRMED
    return AnswerState.REFUSED if refused_before else AnswerState.REOPENED


def is_late(state: AnswerState, due_on: date | None, today: date) -> bool:
    """Whether the body's last day for what it owes has passed."""
    return state in OWED and due_on is not None and due_on < today


def is_handing_over_day(today: date, calendar: WorkingDays) -> bool:
    """Whether it is the week's first working day: bodies get all of a week together, so that the day on which a
    wish turns up does not tell the day of the visit."""
    monday = today - timedelta(days=today.weekday())
    earlier = (monday + timedelta(days=n) for n in range(today.weekday()))
    return calendar.is_working(today) and not any(calendar.is_working(day) for day in earlier)
