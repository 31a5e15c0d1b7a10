"""What clients said."""

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
