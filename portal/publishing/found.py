"""What a search finds, and by what it can be narrowed down."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from portal.foundation.i18n import Names


class Kind(StrEnum):
    """What can be found."""

    BODY = "body"
    SERVICE = "service"
    INDICATOR = "indicator"
    RELEASE = "release"


class Facet(StrEnum):
    """By what results can be narrowed down; the value is the name of the query parameter."""

    KIND = "kind"
    BODY = "body"
    LEVEL = "level"
    TARGETS = "targets"
    YEAR = "year"


YES = "yes"
"""The one value of the facet TARGETS: indicators that have figures with a target."""


@dataclass(frozen=True)
class Hit:
    """One thing found; `body` is the code of the body it belongs to."""

    kind: Kind
    code: str
    names: Names
    body: str | None
    edition: int


@dataclass(frozen=True)
class Choice:
    """One value of a facet, and how many results have it."""

    value: str
    count: int


@dataclass(frozen=True)
class Found:
    """One page of results, the closest first. `more` when more matches than were looked at."""

    total: int
    more: bool
    hits: tuple[Hit, ...]
    choices: Mapping[Facet, tuple[Choice, ...]] = field(default_factory=dict)
    suggestions: tuple[str, ...] = ()
    """Other queries that find something, when this one found nothing."""
