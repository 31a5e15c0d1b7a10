"""What became of something after the edition in which it was cited."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from portal.publishing.readings import Figure, Version
from portal.publishing.values import FigureKey


class Standing(StrEnum):
    """newest: nothing about it changed since · superseded: more was published · corrected: a value changed."""

    NEWEST = "newest"
    SUPERSEDED = "superseded"
    CORRECTED = "corrected"


@dataclass(frozen=True)
class Moved:
    """A value as it was cited, and as it is now."""

    key: FigureKey
    old: Version
    new: Version


@dataclass(frozen=True)
class Since:
    """What happened to cited figures after their edition; `changed` from the cited value to today's."""

    standing: Standing
    changed: tuple[Moved, ...]
    added: int
    under_review: int
    withdrawn: int = 0


def as_of(figures: Sequence[Figure], edition: int) -> tuple[Figure, ...]:
    """The figures as they were in an edition: versions and notices published by then."""
    then = (
        Figure(
            one.key,
            tuple(version for version in one.versions if version.edition <= edition),
            tuple(notice for notice in one.notices if notice.edition <= edition),
        )
        for one in figures
    )
    return tuple(one for one in then if one.versions)


def since(figures: Sequence[Figure], edition: int) -> Since:
    """Compare figures as they are now with what they were in an edition."""
    then = {one.key: one.current for one in as_of(figures, edition)}
    changed = tuple(
        Moved(one.key, then[one.key], one.current)
        for one in figures
        if one.key in then and not then[one.key].says_the_same_as(one.current)
    )
    added = sum(one.key not in then for one in figures)
    under_review = sum(one.key in then and one.is_under_review for one in figures)
    withdrawn = sum(one.key in then and one.is_withdrawn for one in figures)
    standing = Standing.CORRECTED if changed else Standing.SUPERSEDED if added else Standing.NEWEST
    return Since(standing, changed, added, under_review, withdrawn)
