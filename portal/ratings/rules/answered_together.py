"""What is said of the answers that a body owed for all its services together.

A service whose group is too small is never said, and nothing may be worked out of it by taking the said ones from
the sum. So a sum over all services stands only where the hidden ones keep each other's secret (`keep_apart`); else
it is over the said ones alone, which anybody could add up, and says so. The sum is made of what was said of each
service, never of fresher counts, and what the hidden ones came to is said anew only when at least threshold-many
of their people have gone on together. Once other services are hidden than before, it is over the said ones only.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from portal.ratings.answers import Came, Ended
from portal.ratings.rules.answered import Answered, gone_on
from portal.ratings.rules.rolling import Covers


@dataclass(frozen=True)
class Hidden:
    """What services that are not said came to, when a sum over all last stood beside the `said` ones."""

    services: frozenset[str]
    said: frozenset[str]
    rest: Answered


@dataclass(frozen=True)
class Together:
    """What an edition says of a body's month; `standing`: what the last sum over all has hidden in it."""

    covers: Covers
    whole: Answered
    standing: Hidden | None


def added(groups: Iterable[Answered]) -> Answered:
    """All of them together."""
    found = list(groups)
    return Answered(
        {each: sum(one.came[each] for one in found) for each in Came},
        {each: sum(one.ended[each] for one in found) for each in Ended},
    )


def keep_apart(hidden: Collection[Answered], *, threshold: int) -> bool:
    """Whether of groups that are each below the threshold nothing can be worked out when their sum is known.

    There are at least two; together they have enough people, and fewer than would fill each of them, which would
    tell their sizes; and every outcome is among them, for one that is not would be in none of them.
    """
    rest = added(hidden)
    most = len(hidden) * (threshold - 1)
    return (
        len(hidden) > 1
        and max(threshold, 1) <= rest.asked < most
        and all((*rest.came.values(), *rest.ended.values()))
    )


def say_together(
    before: Together | None,
    said: Mapping[str, Answered],
    hidden: Mapping[str, Answered],
    *,
    told_elsewhere: bool = False,
    threshold: int,
) -> Together | None:
    """What is said of a body next; None while there is nothing to say.

    `said`: what was said last of each service of which something was; `hidden`: how all its other services stand,
    also those that nobody asked. `told_elsewhere`: whether one of these was in another body's sum over all.
    """
    standing = before.standing if before else None
    if not hidden:
        return Together(Covers.ALL, added(said.values()), standing) if said else None
    rest = _rest(standing, said, hidden, threshold=threshold)
    if rest is not None and not told_elsewhere:
        new = Hidden(frozenset(hidden), frozenset(said), rest)
        return Together(Covers.ALL, added([*said.values(), rest]), new)
    return Together(Covers.SHOWN, added(said.values()), standing) if said else None


def _rest(
    standing: Hidden | None, said: Mapping[str, Answered], hidden: Mapping[str, Answered], *, threshold: int
) -> Answered | None:
    """What may be said of the hidden services together, as part of the sum."""
    now = added(hidden.values())
    if standing is not None:
        if standing.services != hidden.keys() or standing.said != said.keys():
            return None
        if gone_on(standing.rest, now) < max(threshold, 1):
            return standing.rest
    return now if keep_apart(hidden.values(), threshold=threshold) else None
