"""What is said in public of the answers that bodies owed: how many, in time or not, and how they ended.

The people of a service whom its body has owed an answer since the same month are one group. Once that month is
over nobody joins or leaves it, so its size is never said in two ways; only what became of it moves on. A group
below the threshold is not said at all, nor is any sum that it would be part of: there is nothing to subtract
from. Of a large enough group every outcome is said, as of ratings every level is. It is said again only when at
least threshold-many people have gone on together, so that two editions tell of nobody alone.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from portal.foundation.clock import months_after
from portal.ratings.answers import OWED, AnswerState, Came, Ended

_ENDED = {
    AnswerState.EXPLAINED: Ended.EXPLAINED,
    AnswerState.FIXED: Ended.CLAIMED,
    AnswerState.CONFIRMED: Ended.CONFIRMED,
    AnswerState.ELAPSED: Ended.ELAPSED,
    AnswerState.REFUSED: Ended.DISPUTED,
}
MONTHS = 1  # how many months after its own a group has before it is said


@dataclass(frozen=True)
class Stands:
    """How one answer stands: `late_now` when the body's last day has passed, `was_late` when one ever has."""

    state: AnswerState
    late_now: bool
    was_late: bool

    @property
    def came(self) -> Came:
        if self.state in OWED:
            return Came.OVERDUE if self.late_now else Came.WAITING
        return Came.LATE if self.was_late else Came.IN_TIME

    @property
    def ended(self) -> Ended | None:
        return _ENDED.get(self.state)


@dataclass(frozen=True)
class Answered:
    """How many answers of a group came in which way, and how those that came ended."""

    came: Mapping[Came, int]
    ended: Mapping[Ended, int]

    @property
    def asked(self) -> int:
        return sum(self.came.values())

    @property
    def owed(self) -> int:
        """Those of which the body still has to do something."""
        return self.came[Came.WAITING] + self.came[Came.OVERDUE]


def count(group: Iterable[Stands]) -> Answered:
    """What a group comes to."""
    stands = list(group)
    came, ended = Counter(one.came for one in stands), Counter(one.ended for one in stands)
    return Answered({each: came[each] for each in Came}, {each: ended[each] for each in Ended})


def is_ripe(period: str, *, current: str) -> bool:
    """Whether the group of a month may be said in the month `current`."""
    return months_after(period, MONTHS) < current


def gone_on(before: Answered, now: Answered) -> int:
    """The least number of people of whom something else is so now."""

    def least(old: Iterable[int], new: Iterable[int]) -> int:
        return -(-sum(abs(a - b) for a, b in zip(old, new, strict=True)) // 2)

    return max(
        least(before.came.values(), now.came.values()),
        least([*before.ended.values(), before.owed], [*now.ended.values(), now.owed]),
    )


def may_say(before: Answered | None, now: Answered, *, threshold: int) -> bool:
    """Whether `now` may be said of a group of which `before` was said last."""
    if now.asked < max(threshold, 1):
        return False
    return before is None or gone_on(before, now) >= max(threshold, 1)
