"""What is around the facts: the index, search, code lists, and what goes wrong."""

from typing import Any, Literal

from pydantic import Field

from portal.foundation.i18n import N_
from portal.publishing.web.api.shapes.parts import EditionNumber, Link, Links, Names, Shape


class Hit(Shape):
    """Something that was found."""

    kind: str = Field(description=N_("body, service, indicator or release."))
    code: str
    names: Names
    body: str | None = Field(description=N_("Code of the body it belongs to."))
    edition: EditionNumber
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
