"""Bodies, services and indicators."""

from pydantic import Field

from portal.foundation.i18n import N_
from portal.publishing.web.api.shapes.parts import EditionNumber, Links, Names, Number, Shape


class Former(Shape):
    """Names that a body had, until a day."""

    names: Names
    until: str = Field(json_schema_extra={"format": "date"})


class Ended(Shape):
    """How a body ceased to be, and the codes of those that follow it."""

    on: str = Field(json_schema_extra={"format": "date"})
    how: str = Field(description=N_("merged, split, renamed or dissolved."))
    into: list[str]


class Body(Shape):
    """A public body as the edition names it."""

    code: str
    names: Names
    parent: str | None = Field(description=N_("Code of the body above it."))
    level: str = Field(description=N_("Tier of government; see `codes`."))
    invented: bool = Field(description=N_("Whether it was invented for demonstration."))
    codes: dict[str, str] = Field(description=N_("Codes it has elsewhere, by the system they belong to."))
    valid_from: str | None = Field(description=N_("Its first day, where it is known."))
    ended: Ended | None = Field(description=N_("How it ceased to be; null while it is."))
    former: list[Former] = Field(description=N_("Earlier names, with the day until which it had them."))
    edition: EditionNumber = Field(description=N_("The edition that said this last."))
    links: Links


class Service(Shape):
    """Something a body does for people."""

    code: str
    body: str
    names: Names
    place: dict[str, str] = Field(description=N_("Where it is done, by language; empty when none is published."))
    windows: list[str] = Field(description=N_("The numbers of its counters there, as the signs over them say."))
    edition: EditionNumber
    links: Links


class Indicator(Shape):
    """What is measured."""

    code: str
    names: Names
    definition: dict[str, str] = Field(description=N_("By language; empty when none is published."))
    unit: dict[str, str] = Field(description=N_("By language; empty when none is stated."))
    direction: str = Field(description=N_("Which way is better; see `codes`."))
    kind: str = Field(description=N_("Who settles it; see `codes`."))
    part_of: str | None = Field(description=N_("Code of the indicator that it is a part of."))
    weight: Number = Field(
        description=N_("Its share among the body's indicators, per cent; null when none is settled.")
    )
    criteria: dict[str, str] = Field(
        description=N_("How it is judged, by language; empty when none is published.")
    )
    body: str | None = Field(description=N_("Code of the body it belongs to, when it belongs to one only."))
    service: str | None = Field(description=N_("Code of the service it belongs to."))
    edition: EditionNumber
    links: Links
