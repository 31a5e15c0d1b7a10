"""Answers that bodies owe to who rated them low and asked for one: their steps, states and words."""

from enum import StrEnum

from portal.foundation.i18n import N_


class Step(StrEnum):
    """What a body can say it has done."""

    CONTACTED = "contacted"
    EXPLAINED = "explained"
    FIXED = "fixed"


STEP_WORDS = {
    Step.CONTACTED: N_("First answer: we look into it, or this is how to reach us"),
    Step.EXPLAINED: N_("Explained: this is why it was so"),
    Step.FIXED: N_("Fixed: this is what we changed"),
}


class AnswerState(StrEnum):
    """How far an answer is. In the first three the body owes one, in `FIXED` the rater has the word."""

    OPEN = "open"
    CONTACTED = "contacted"
    REOPENED = "reopened"
    FIXED = "fixed"
    EXPLAINED = "explained"
    CONFIRMED = "confirmed"
    ELAPSED = "elapsed"
    REFUSED = "refused"


ANSWER_WORDS = {
    AnswerState.OPEN: N_("The office owes an answer"),
    AnswerState.CONTACTED: N_("The office has given a first answer and owes the rest"),
    AnswerState.REOPENED: N_("The person says that it is not fixed; the office owes another answer"),
    AnswerState.FIXED: N_("The office says that it is fixed; the person may confirm or refuse it"),
    AnswerState.EXPLAINED: N_("The office has explained it"),
    AnswerState.CONFIRMED: N_("Fixed: the person who rated has confirmed it"),
    AnswerState.ELAPSED: N_("Counts as fixed because the set time passed without a word; nobody confirmed it"),
    AnswerState.REFUSED: N_("The office says that it is fixed, the person who rated says twice that it is not"),
}
OWED = frozenset({AnswerState.OPEN, AnswerState.CONTACTED, AnswerState.REOPENED})
"""States in which the body has to do something."""


class Came(StrEnum):
    """Whether an answer came: its parts together are all that were asked for."""

    IN_TIME = "in-time"
    LATE = "late"
    WAITING = "waiting"
    OVERDUE = "overdue"


class Ended(StrEnum):
    """How an answer that came stands: its parts together are those that came in time or late."""

    EXPLAINED = "explained"
    CLAIMED = "claimed"
    CONFIRMED = "confirmed"
    ELAPSED = "elapsed"
    DISPUTED = "disputed"
