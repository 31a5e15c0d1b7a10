"""What clients said."""

from pydantic import Field

from portal.foundation.i18n import N_
from portal.publishing.web.api.shapes.parts import EditionNumber, Links, Moment, Number, Shape


class Share(Shape):
    """The share of one level among all marks (0 to 1) with its 95 % interval."""

    share: Number
    low: Number
    high: Number


class Rating(Shape):
    """What the marks of a service in a period came to; nothing but the period when there were too few."""

    service: str
    body: str
    period: str
    suppressed: bool
    n: int | None
    levels: dict[str, Share] = Field(description=N_("By level, 5 very satisfied to 1 very dissatisfied."))
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
