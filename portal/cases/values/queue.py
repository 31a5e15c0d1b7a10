"""What an officer asks the queue for, and a page of what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Self, TypeVar

from portal.cases.values.case import CaseSummary
from portal.cases.values.kinds import CaseState, Language, Matter

Chosen = TypeVar("Chosen", bound=StrEnum)

LONGEST_SEARCH = 200
_LONGEST_CODE = 80


class Shelf(StrEnum):
    """Which list a case stands on; the database derives it from state and lane."""

    OPEN = "open"
    ASIDE = "aside"
    CLOSED = "closed"


class Due(StrEnum):
    """How soon something has to be done."""

    LATE = "late"
    WEEK = "week"


class Whose(StrEnum):
    """Into whose hands a case was put."""

    MINE = "mine"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which cases somebody wants to see: every part narrows the list down further."""

    shelf: Shelf = Shelf.OPEN
    state: CaseState | None = None
    body: str = ""
    matter: Matter | None = None
    due: Due | None = None
    whose: Whose | None = None
    language: Language | None = None
    words: str = ""
    inside: bool = False
    """Whether the words may also stand in what reports and messages say, opened in memory."""

    @classmethod
    def of(cls, given: Mapping[str, str]) -> Self:
        """What an address asks for; what it does not say in our words is passed over."""
        return cls(
            shelf=_among(Shelf, given.get("list")) or Shelf.OPEN,
            state=_among(CaseState, given.get("state")),
            body=given.get("body", "")[:_LONGEST_CODE],
            matter=_among(Matter, given.get("matter")),
            due=_among(Due, given.get("due")),
            whose=_among(Whose, given.get("whose")),
            language=_among(Language, given.get("language")),
            words=" ".join(given.get("q", "")[:LONGEST_SEARCH].split()),
            inside=given.get("inside") == "y",
        )

    @property
    def typed(self) -> dict[str, Any]:
        """The same as an address asks for it; `of` reads it back."""
        given = {
            "list": "" if self.shelf is Shelf.OPEN else self.shelf.value,
            "state": self.state or "",
            "body": self.body,
            "matter": self.matter or "",
            "due": self.due or "",
            "whose": self.whose or "",
            "language": self.language or "",
            "q": self.words,
            "inside": "y" if self.inside and self.words else "",
        }
        return {name: str(value) for name, value in given.items() if value}

    @property
    def narrowed(self) -> bool:
        """Whether anything but the list itself was chosen."""
        return any(name != "list" for name in self.typed)

    @property
    def opens(self) -> bool:
        """Whether what is asked for stands in no clear field, so that cases have to be opened for it."""
        return self.language is not None or (self.inside and bool(self.words))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a case stands in its list: the day it is listed under, then its id."""

    day: date
    id: str

    @property
    def typed(self) -> str:
        return f"{self.day.isoformat()}.{self.id}"

    @classmethod
    def of(cls, text: str) -> Self | None:
        """The place an address names, or None for what is not written as we write it."""
        day, _, case_id = text.partition(".")
        try:
            return cls(date.fromisoformat(day), case_id) if case_id and len(case_id) <= 26 else None
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the queue. `earlier` and `later` are where the pages beside it begin, None where there is none."""

    cases: tuple[CaseSummary, ...]
    earlier: Place | None = None
    later: Place | None = None
    looked_into: int | None = None
    """How many cases were opened to answer; None when clear fields were enough."""


@dataclass(frozen=True, slots=True)
class View:
    """A choice of cases that somebody keeps for themselves, under a name of their own."""

    id: str
    name: str
    asked: Asked


@dataclass(frozen=True, slots=True)
class Tally:
    """How many open cases exist for somebody, and how many are late; counted no further than `most`."""

    open: int
    late: int
    most: int

    def words(self, count: int) -> str:
        return f"{self.most}+" if count > self.most else str(count)


def _among(kind: type[Chosen], value: str | None) -> Chosen | None:
    return next((one for one in kind if one.value == value), None)
