"""Releases and editions."""

from pydantic import Field

from portal.foundation.i18n import N_
from portal.publishing.web.api.shapes.parts import EditionNumber, Links, Moment, Names, Shape


class Release(Shape):
    """Figures published together."""

    slug: str
    names: Names
    source: Names
    licence: Names
    period: str | None
    figures: int = Field(description=N_("How many figures it brought."))
    edition: EditionNumber = Field(description=N_("The edition that published it."))
    at: Moment
    links: Links


class EditionEntry(Shape):
    """One edition: the act that made it, and where its entry in the log is."""

    n: EditionNumber
    kind: str = Field(description=N_("What kind of act it was: release, correction, …"))
    at: Moment
    links: Links
