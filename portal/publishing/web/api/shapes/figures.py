"""Figures with their history, and what changed in them."""

from pydantic import Field

from portal.foundation.i18n import N_
from portal.publishing.web.api.shapes.parts import (
    HANDED_IN,
    HANDED_IN_AT,
    BodyLabel,
    EditionNumber,
    IndicatorLabel,
    Links,
    Moment,
    Note,
    Number,
    ReleaseLabel,
    ServiceLabel,
    Shape,
)


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
    handed_in_at: Moment | None = Field(description=HANDED_IN_AT)


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
            "`under-review` while the value is being looked into, or was found wrong and is not corrected yet;"
            " `withdrawn` when nobody vouches for it any more."
        )
    )
    cause: str
    version_edition: EditionNumber = Field(description=N_("The edition that published this version."))
    version_at: Moment
    replaces: int | None
    handin_edition: int | None = Field(description=HANDED_IN)
    handed_in_at: Moment | None = Field(description=HANDED_IN_AT)
    release: ReleaseLabel | None
    links: Links
    versions: list[Version] = Field(
        default=[], description=N_("Every version, oldest first; with `include=versions`, and for one figure.")
    )
    notices: list[Notice] = Field(
        default=[], description=N_("Every notice, oldest first; with `include=versions`, and for one figure.")
    )


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
