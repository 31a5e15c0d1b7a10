"""What may be shown of groups of marks, so that no group below the threshold can be worked out from the others.

The threshold protects groups of people, not answers: of a group that is large enough every answer is shown, and
that nobody used a channel is no secret of anybody.
Three things could give a small group away, and each has its rule here.

*Subtraction.* Parts of a shown whole add up to it, so the hidden parts together are as good as shown. There are
therefore never fewer than two of them, together they have at least the threshold's marks, and of every answer
that anybody gave in the whole at least one. If the small parts do not come to that, the smallest of the others
are hidden with them (complementary suppression).

*A sum over bodies' services.* No service is hidden for the sake of a sum. Where the hidden services would not
be safe in it, the sum is taken over the shown ones alone, and says so.

*A second edition.* A sum with hidden parts may be published again only with the same parts hidden, and only
when each shown part and the hidden rest changed either not at all or by threshold-many marks. What is compared
is always the last edition in which the sum was shown with its parts.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from portal.ratings.rules import marks_changed
from portal.ratings.values import Counts

NONE = Counts((0, 0, 0, 0, 0))


@dataclass(frozen=True)
class Parted:
    """The parts of a whole with their marks, and which of them are shown; the others are hidden."""

    counts: Mapping[str, Counts]
    shown: frozenset[str]

    @property
    def hidden(self) -> frozenset[str]:
        return frozenset(self.counts) - self.shown

    @property
    def rest(self) -> Counts:
        """What anybody can work out from the whole and the shown parts."""
        return added(self.counts[name] for name in self.hidden)


def added(counts: Iterable[Counts]) -> Counts:
    """All of them together."""
    levels = zip(*(one.by_level for one in counts), strict=True)
    total = tuple(sum(level) for level in levels) or NONE.by_level
    return Counts(total)


def is_enough(counts: Counts, *, threshold: int) -> bool:
    """Whether a group is large enough to be shown."""
    return counts.n >= max(threshold, 1)


def is_small(counts: Counts, *, threshold: int) -> bool:
    """Whether there are people in a group, and too few to show it."""
    return counts.n > 0 and not is_enough(counts, threshold=threshold)


def hides(rest: Collection[Counts], *, given: Counts, threshold: int) -> bool:
    """Whether parts of which the sum is known hide each other; `given`: the answers known to have been given."""
    together = added(rest)
    answered = zip(given.by_level, together.by_level, strict=True)
    return (
        len(rest) > 1 and is_enough(together, threshold=threshold) and all(not of or got for of, got in answered)
    )


def part(counts: Mapping[str, Counts], *, threshold: int) -> Parted:
    """Which parts of a shown whole may be shown beside it."""
    whole = added(counts.values())
    hidden = {name for name, one in counts.items() if is_small(one, threshold=threshold)}
    others = sorted(
        (name for name in set(counts) - hidden if counts[name].n), key=lambda name: (counts[name].n, name)
    )
    while hidden and others and not hides([counts[name] for name in hidden], given=whole, threshold=threshold):
        hidden.add(others.pop(0))
    return Parted(counts, frozenset(counts) - hidden)


def holds(parts: Parted, *, threshold: int) -> bool:
    """Whether a whole may be shown where these parts are known to be hidden in it.

    Who knows that only one part has changed since they were shown can work out what they come to now, so this
    must hold even when the parts themselves are no longer shown.
    """
    hidden = [parts.counts[name] for name in parts.hidden]
    return not any(is_small(parts.counts[name], threshold=threshold) for name in parts.shown) and (
        not hidden or hides(hidden, given=added(parts.counts.values()), threshold=threshold)
    )


def covers_all(parts: Parted, *, threshold: int) -> bool:
    """Whether a sum over all parts may stand beside the shown ones, though nobody was hidden for its sake."""
    if not parts.hidden:
        return bool(parts.counts)
    every_level = Counts((1, 1, 1, 1, 1))
    return hides([parts.counts[name] for name in parts.hidden], given=every_level, threshold=threshold)


def may_follow(before: Parted | None, now: Parted, *, threshold: int) -> bool:
    """Whether a sum may be shown with these parts after an edition that showed it with those."""
    if before is None:
        return True
    if set(before.counts) != set(now.counts) or before.shown != now.shown:
        return False
    shown = [(before.counts[name], now.counts[name]) for name in now.shown]
    return all(
        changed == 0 or changed >= threshold
        for changed in (marks_changed(old, new) for old, new in [*shown, (before.rest, now.rest)])
    )


def tells_of_hidden(inside: Counts, parts: Parted, within: Collection[str]) -> bool:
    """Whether marks known to lie `within` some of the parts say how the hidden ones are made up.

    They do when parts of both kinds are hidden and the shown ones cannot hold all of these marks.
    """
    if not (parts.hidden & set(within) and parts.hidden - set(within)):
        return False
    room = added(parts.counts[name] for name in parts.shown & set(within))
    return any(known > held for known, held in zip(inside.by_level, room.by_level, strict=True))


def none_of(parts: Parted) -> Parted:
    """The same parts, all hidden."""
    return Parted(parts.counts, frozenset())
