"""What a body's own system sends and gets: the source of its OpenAPI document and of every check."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from portal.ratings.details import DIMENSIONS, LOW, Capacity, Details, Dimension, Reason, Way
from portal.ratings.values import COMMENT_LIMIT, Level
from portal.ratings.web.forms import readable


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class ReceiptsAsked(_Shape):
    """How many receipts to make."""

    count: int = Field(1, ge=1, le=500, description="One for each person served; at most 500 at a time.")


class Receipt(_Shape):
    """A single-use code, and the addresses for a message and for a QR code."""

    code: str
    link: str
    qr: str


class Receipts(_Shape):
    """Receipts just made. Keep no list of who got which."""

    service: str
    expires: str = Field(description="The last month in which they can be used, as 2026-05.")
    receipts: list[Receipt]


class RatingSent(_Shape):
    """One person's answers. Only the level is required."""

    level: int = Field(ge=1, le=5, description="5 very satisfied … 1 very dissatisfied. The best is 5.")
    way: Way | None = Field(None, strict=False, description="How the person was served, for the dimensions.")
    dimensions: dict[Dimension, Annotated[int, Field(ge=1, le=5)]] = Field(default_factory=dict, strict=False)
    reasons: list[Reason] = Field(default_factory=list, strict=False, description="Of a level 1 or 2 only.")
    capacity: Capacity | None = Field(None, strict=False, description="For whom the person came.")
    comment: Annotated[str, AfterValidator(readable)] | None = Field(None, max_length=COMMENT_LIMIT)

    @model_validator(mode="after")
    def _fits(self) -> "RatingSent":
        if self.dimensions and (self.way is None or not set(self.dimensions) <= set(DIMENSIONS[self.way])):
            raise ValueError("dimensions need the way the person was served, and must be of that way")
        if self.reasons and self.mark not in LOW:
            raise ValueError("reasons belong to a level of 1 or 2")
        return self

    @property
    def mark(self) -> Level:
        return Level(self.level)

    @property
    def details(self) -> Details:
        way = self.way or Way.IN_PERSON
        marks = {(way, dimension): Level(level) for dimension, level in self.dimensions.items()}
        return Details(marks, frozenset(self.reasons), self.capacity)

    @property
    def words(self) -> str | None:
        return self.comment or None


class Saved(_Shape):
    """The rating is saved, now or by the same request before."""

    saved: bool
