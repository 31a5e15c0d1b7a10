"""Who could best have a case, and what officers say they are good at."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from portal.cases.values.kinds import Language, Matter


class Skill(StrEnum):
    """In what an officer can be competent: a writing, a kind of falsification, a part of the administration."""

    LANGUAGE = "language"
    MATTER = "matter"
    SECTOR = "sector"


@dataclass(frozen=True, slots=True)
class Competence:
    """What somebody declared: writings and kinds, and bodies whose whole branch of the register they know."""

    languages: frozenset[Language] = frozenset()
    matters: frozenset[Matter] = frozenset()
    sectors: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Need:
    """What a case asks for: its writing, its kind, and its body with all above it."""

    language: Language
    matter: Matter
    sectors: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Able:
    """Somebody who may be given a case: how many open ones they have, and which of their skills it asks for."""

    person_id: str
    name: str
    load: int
    skills: frozenset[Skill] = field(default=frozenset())


@dataclass(frozen=True, slots=True)
class Handed:
    """What came of a handover: cases that somebody else has now, and those that stayed, by id; how many are left
    to be handed over by doing it again."""

    moved: tuple[str, ...] = ()
    stayed: tuple[str, ...] = ()
    left: int = 0
