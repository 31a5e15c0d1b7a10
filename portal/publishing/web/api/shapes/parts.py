"""What several shapes are made of."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from portal.foundation.i18n import N_

Names = Annotated[
    dict[str, str],
    Field(
        description=N_("A text by language: `en`, `zh_Hans`, …; at least one."),
        examples=[{"en": "days", "zh_Hans": "天"}],
    ),
]
Number = Annotated[
    str | None,
    Field(
        description=N_("A decimal number with the digits published; null when there is none."),
        pattern=r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$",
        examples=["91.50"],
    ),
]
Moment = Annotated[
    str,
    Field(
        description=N_("A moment in UTC."),
        json_schema_extra={"format": "date-time"},
        examples=["2026-02-09T09:00:00Z"],
    ),
]
Link = Annotated[str, Field(description=N_("An absolute address."), json_schema_extra={"format": "uri"})]
EditionNumber = Annotated[int, Field(description=N_("The number of an edition."), ge=0)]
HANDED_IN = N_("The edition whose act committed to the value as the body handed it in; null where none did.")
HANDED_IN_AT = N_("When the body handed the value in; null where it came another way.")


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", defer_build=True)


class Links(Shape):
    """Where the thing is found: here, and as a page for people."""

    api: Link
    page: Link


class BodyLabel(Shape):
    code: str
    names: dict[str, str]
    invented: bool | None


class ServiceLabel(Shape):
    code: str
    names: dict[str, str]


class IndicatorLabel(Shape):
    code: str
    names: dict[str, str]
    unit: dict[str, str]
    direction: str | None
    kind: str | None


class ReleaseLabel(Shape):
    """The release that brought a figure; a correction keeps its source and licence."""

    slug: str
    source: Names
    licence: Names


class Note(Shape):
    """A note by people; withdrawn when `withdrawn_in` names the act that took it away."""

    text: str | None
    withdrawn_in: int | None
