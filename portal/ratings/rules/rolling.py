"""From what an edition said of a closed month, and what is counted now, to what the next edition says.

Everything that stands in the log comes from these states, never from fresher counts beside them: a service
that changed by fewer marks than the threshold is what it was, also inside a sum.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from portal.ratings.rules import may_change
from portal.ratings.rules.disclosure import (
    NONE,
    Parted,
    added,
    covers_all,
    holds,
    is_enough,
    is_small,
    may_follow,
    none_of,
    part,
    tells_of_hidden,
)
from portal.ratings.values import Counts

CHANNEL, CODE = "channel", "code"
WITH, WITHOUT = "with", "without"
CODED = ("web", "qr")
NOTHING_ASIDE: Mapping[str, int] = {}
"""The ways of splitting the marks of a service, the parts by code, and the channels that a code can come by."""


@dataclass(frozen=True)
class Counted:
    """What is counted of a service's month: all marks, the same marks split by each thing (`ways`, such as
    "channel"), and the answers to further questions, which only some people give."""

    whole: Counts = NONE
    ways: Mapping[str, Mapping[str, Counts]] = field(default_factory=dict)
    questions: Mapping[str, Counts] = field(default_factory=dict)


@dataclass(frozen=True)
class ServiceSaid:
    """What an edition says of a service's month. Hidden counts are in it too: they are compared, never said.

    `standing`: how its marks were split when they were last shown; None while they never were. `withdrawn`: by
    which ways they were split once and never will be again. `aside`: how many more are said to be set aside, by
    rule; `aside_while_hidden`: the most that were said to be while the service's own number was hidden.
    """

    whole: Counts
    shown: bool
    ways: Mapping[str, Parted]
    questions: Parted
    standing: Mapping[str, Parted] | None = None
    withdrawn: frozenset[str] = frozenset()
    aside: Mapping[str, int] = field(default_factory=dict)
    aside_while_hidden: int = 0


class Covers(StrEnum):
    """Which services a body's sum is over."""

    ALL = "all"
    SHOWN = "shown"


@dataclass(frozen=True)
class BodySaid:
    """What an edition says of a body's month; `standing`: the last sum over all services that hid some."""

    covers: Covers
    whole: Counts
    standing: Parted | None

    @property
    def shown(self) -> bool:
        return self.whole.n > 0


def say_service(
    before: ServiceSaid | None, now: Counted, aside: Mapping[str, int] = NOTHING_ASIDE, *, threshold: int
) -> ServiceSaid:
    """What is said of a service next: the same again while too few marks have changed.

    `aside`: how many more marks are set aside, by rule; each at least the threshold, or it is not said.
    """
    if before and not may_change(before.whole, now.whole, threshold=threshold):
        return before
    standing = None if before is None else before.standing
    withdrawn = frozenset() if before is None else before.withdrawn
    parted = {way: _way(standing, way, counts, threshold=threshold) for way, counts in now.ways.items()}
    held = standing is None or all(holds(parts, threshold=threshold) for parts in parted.values())
    if before and before.shown and not held and _only_more(before.whole, now.whole):
        return before  # it would tell of too few; it can wait until more have come
    aside = {rule: count for rule, count in aside.items() if count >= max(threshold, 1)}
    while_hidden = 0 if before is None else before.aside_while_hidden
    shown = held and is_enough(now.whole, threshold=threshold)
    shown = shown and _keeps_what_was_hidden(now.whole.n + sum(aside.values()), while_hidden, threshold)
    if shown:
        withdrawn |= {way for way, parts in parted.items() if not _may_stay(standing, way, parts, threshold)}
        withdrawn |= {CODE} if _code_tells(parted) else set()
        standing = parted
    said = {way: parts if shown and way not in withdrawn else none_of(parts) for way, parts in parted.items()}
    questions = _questions(before, now.questions, shown=shown, threshold=threshold)
    if not shown:
        aside = {} if standing is not None else aside  # from a number shown before, the hidden one would follow
        while_hidden = max(while_hidden, sum(aside.values()))
    return ServiceSaid(now.whole, shown, said, questions, standing, withdrawn, aside, while_hidden)


def say_body(before: BodySaid | None, services: Mapping[str, ServiceSaid], *, threshold: int) -> BodySaid:
    """What is said of a body next, from what is said of its services."""
    parts = Parted(
        {code: one.whole for code, one in services.items()},
        frozenset(code for code, one in services.items() if one.shown),
    )
    standing = before.standing if before else None
    if not parts.hidden:
        return BodySaid(Covers.ALL, added(parts.counts.values()), standing)
    untold = all(
        services[code].standing is None and not services[code].aside_while_hidden for code in parts.hidden
    )
    if untold and covers_all(parts, threshold=threshold) and may_follow(standing, parts, threshold=threshold):
        return BodySaid(Covers.ALL, added(parts.counts.values()), parts)
    return BodySaid(Covers.SHOWN, added(parts.counts[code] for code in parts.shown), standing)


def _way(
    standing: Mapping[str, Parted] | None, way: str, counts: Mapping[str, Counts], *, threshold: int
) -> Parted:
    """The parts by one way: those that are shown at first are those that are ever shown, but for one that was
    empty and has a few people now."""
    if standing is None:
        return part(counts, threshold=threshold)
    before = standing.get(way, Parted({}, frozenset()))
    filled = {
        name for name in before.shown if not before.counts[name].n and is_small(counts[name], threshold=threshold)
    }
    return Parted(counts, before.shown & counts.keys() - filled)


def _keeps_what_was_hidden(marks: int, aside_while_hidden: int, threshold: int) -> bool:
    """Whether from `marks`, counted or set aside, nobody learns how few were counted while others were said to be
    set aside: those that are let in again were known by their number."""
    return not aside_while_hidden or marks - aside_while_hidden >= threshold


def _only_more(before: Counts, now: Counts) -> bool:
    return all(new >= old for old, new in zip(before.by_level, now.by_level, strict=True))


def _may_stay(standing: Mapping[str, Parted] | None, way: str, parts: Parted, threshold: int) -> bool:
    return standing is None or (way in standing and may_follow(standing[way], parts, threshold=threshold))


def _code_tells(parted: Mapping[str, Parted]) -> bool:
    """Whether the parts by code say something of channels that are hidden."""
    if not {CODE, CHANNEL} <= parted.keys() or WITH not in parted[CODE].shown:
        return False
    return tells_of_hidden(parted[CODE].counts[WITH], parted[CHANNEL], CODED)


def _questions(before: ServiceSaid | None, counts: Mapping[str, Counts], *, shown: bool, threshold: int) -> Parted:
    """Answers to further questions add up to nothing, so each is shown or hidden for itself."""
    old = before.questions.counts if before else {}
    said = {
        name: old[name] if name in old and not may_change(old[name], one, threshold=threshold) else one
        for name, one in counts.items()
    }
    enough = frozenset(name for name, one in said.items() if shown and is_enough(one, threshold=threshold))
    return Parted(said, enough)
