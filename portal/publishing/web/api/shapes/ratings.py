"""What clients said."""

from typing import Annotated

from pydantic import Field

from portal.foundation.i18n import N_
from portal.publishing.web.api.shapes.parts import EditionNumber, Links, Moment, Number, Shape


class Share(Shape):
    """The share of one level among all marks (0 to 1) with its 95 % interval."""

    share: Number
    low: Number
    high: Number


class RatedGroup(Shape):
    """A part of the marks that is large enough to be shown."""

    n: int
    levels: dict[str, Share]


class Rating(Shape):
    """What the marks of a service in a period came to; nothing but the period when there were too few."""

    service: str
    body: str
    period: str
    suppressed: bool
    n: int | None
    levels: dict[str, Share] = Field(description=N_("By level, 5 very satisfied to 1 very dissatisfied."))
    by: dict[str, dict[str, RatedGroup | None]] = Field(
        description=N_("Its parts by channel, by rating code and by further question; null for a hidden one.")
    )
    threshold: int | None = Field(description=N_("With fewer marks than this nothing is shown."))
    transactions: int | None = Field(description=N_("Matters settled in the period, as another source counts."))
    receipts: int | None = Field(description=N_("Rating codes handed out in the period."))
    satisfied: Share | None = Field(description=N_("The three upper levels together, with their interval."))
    change: Share | None = Field(
        description=N_("The same against the month before; where the interval holds 0, no change can be told.")
    )
    with_code_share: Number = Field(description=N_("The share of the marks that came with a rating code."))
    active_rate: Number = Field(description=N_("Marks divided by matters settled."))
    set_aside: dict[str, int] = Field(
        description=N_("By rule, how many more marks are not counted; fewer than the threshold are left out.")
    )
    edition: EditionNumber
    at: Moment
    links: Links


class BodyRating(Shape):
    """What the services of a body came to together in a period."""

    body: str
    period: str
    covers: str = Field(description=N_("all: every service; shown: those whose own numbers are shown."))
    suppressed: bool
    n: int | None
    levels: dict[str, Share]
    edition: EditionNumber
    at: Moment
    links: Links


OwedSince = Annotated[str, Field(description=N_("The month since which the body has owed them."))]
AnsweredUntil = Annotated[str, Field(description=N_("The day on which they stood so."))]
FewestAsking = Annotated[
    int | None, Field(description=N_("Where fewer people asked in a month, nothing is said of them."))
]
Asking = Annotated[int, Field(description=N_("How many people asked."))]
Came = Annotated[
    dict[str, int],
    Field(
        description=N_("All of them: in-time, late, waiting (there is time left), overdue (the time has passed).")
    ),
]
Ended = Annotated[
    dict[str, int],
    Field(
        description=N_(
            "Those that came in time or late: explained; claimed, the body says that it is fixed; confirmed by "
            "the person who rated; elapsed, nobody confirmed it in the set time; disputed."
        )
    ),
]


class Answers(Shape):
    """How the answers stood on a day that a body owed to people who rated low and asked for one."""

    service: str
    body: str
    period: OwedSince
    as_of: AnsweredUntil
    threshold: FewestAsking
    asked: Asking
    came: Came
    ended: Ended
    edition: EditionNumber
    at: Moment
    links: Links


class BodyAnswers(Shape):
    """How the answers stood on a day that a body owed, over its services together."""

    body: str
    period: OwedSince
    covers: str = Field(description=N_("all: every service; shown: those whose own answers are shown."))
    as_of: AnsweredUntil
    threshold: FewestAsking
    asked: Asking
    came: Came
    ended: Ended
    edition: EditionNumber
    at: Moment
    links: Links


class RatingReply(Shape):
    """What a body says about a month of a service's ratings; the newest of its replies to that month."""

    service: str
    body: str
    period: str
    text: str | None
    withdrawn_in: int | None
    edition: EditionNumber
    at: Moment
    links: Links


class Comment(Shape):
    """The words of somebody who rated a service, as a moderator approved them."""

    service: str
    body: str
    period: str
    text: str | None
    withdrawn_in: int | None
    edition: EditionNumber
    at: Moment
    links: Links
