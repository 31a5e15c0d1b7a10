"""The shapes of what the API answers: the one source of openapi.json, held against real answers by the tests.

Answers are not made by these models: validating each row again would cost more than reading it. Nothing is
left out when it is missing: it is null, so that every row of a kind has the same fields.
"""

from typing import Annotated, Any, Literal

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


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", defer_build=True)


class Links(Shape):
    """Where the thing is found: here, and as a page for people."""

    api: Link
    page: Link


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


class Version(Shape):
    """One version of a figure."""

    edition: EditionNumber
    at: Moment
    cause: str = Field(description=N_("Why this version exists; see `codes`."))
    value: float | None = Field(description=N_("`actual` as a number, for reckoning."))
    actual: Number
    target: Number
    numerator: Number
    denominator: Number
    obs_status: str | None = Field(description=N_("SDMX CL_OBS_STATUS; null for a normal value."))
    status: str | None = Field(description=N_("How it stands to its target; see `codes`."))
    note: Note | None
    replaces: int | None = Field(description=N_("The edition of the version it replaced."))
    handin_edition: int | None = Field(description=HANDED_IN)


class Notice(Shape):
    """A mark beside a figure: under review, withdrawn for a reason, or neither any more."""

    state: str
    edition: EditionNumber
    at: Moment
    reason: Note | None


class Figure(Shape):
    """One value: a body, an indicator, a period; in its newest version of the edition."""

    body: BodyLabel
    service: ServiceLabel | None
    indicator: IndicatorLabel
    period: str
    value: float | None = Field(description=N_("`actual` as a number, for reckoning."))
    actual: Number
    target: Number
    numerator: Number
    denominator: Number
    obs_status: str | None
    status: str | None = Field(description=N_("How it stands to its target; null outside the register."))
    note: Note | None
    notice: str | None = Field(
        description=N_(
            "`under-review` while the value is being looked into, `withdrawn` when nobody vouches for it any more."
        )
    )
    cause: str
    version_edition: EditionNumber = Field(description=N_("The edition that published this version."))
    version_at: Moment
    replaces: int | None
    handin_edition: int | None = Field(description=HANDED_IN)
    release: ReleaseLabel | None
    links: Links
    versions: list[Version] = Field(
        default=[], description=N_("Every version, oldest first; with `include=versions`, and for one figure.")
    )
    notices: list[Notice] = Field(
        default=[], description=N_("Every notice, oldest first; with `include=versions`, and for one figure.")
    )


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


class Part(Shape):
    """One part of what was published: what it said, and what it says now."""

    changed: str = Field(description=N_("Which part; see `codes`."))
    old: str | dict[str, str] | None
    new: str | dict[str, str] | None


class Correction(Shape):
    """Something published that was replaced: a figure, or with no period an indicator's entry in the register."""

    id: str
    body: str | None
    indicator: str
    period: str | None
    changes: list[Part]
    cause: str | None = Field(description=N_("Why; see `codes`. Null where none was asked for at the time."))
    note: Note | None
    at: Moment
    old_edition: EditionNumber
    new_edition: EditionNumber
    links: Links


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


class Hit(Shape):
    """Something that was found."""

    kind: str = Field(description=N_("body, service, indicator or release."))
    code: str
    names: Names
    body: str | None = Field(description=N_("Code of the body it belongs to."))
    edition: EditionNumber
    links: Links


class EditionEntry(Shape):
    """One edition: the act that made it, and where its entry in the log is."""

    n: EditionNumber
    kind: str = Field(description=N_("What kind of act it was: release, correction, …"))
    at: Moment
    links: Links


class Code(Shape):
    code: str
    names: Names


class CodeList(Shape):
    """The values of a field, with what they mean."""

    field: str
    codes: list[Code]


class Codes(Shape):
    """Every list of codes."""

    origin: str
    edition: EditionNumber
    edition_at: str | None
    lists: list[CodeList]


class Index(Shape):
    """Where to begin."""

    name: str
    version: Literal["v1"]
    origin: str
    edition: EditionNumber
    edition_at: str | None
    resources: dict[str, Link]
    documentation: Link
    openapi: Link
    files: Link
    log: Link
    limits: dict[str, Any]


class Fault(Shape):
    parameter: str
    detail: str


class Problem(Shape):
    """What went wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str = ""
    errors: list[Fault] = Field(default=[], description=N_("What is wrong with which parameter."))
    allowed: list[str] = Field(default=[], description=N_("What could have been asked for."))
