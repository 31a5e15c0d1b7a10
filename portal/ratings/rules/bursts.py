"""Bursts: far more marks of a service on one day, by one way, than its own last weeks permit.

A day is from one nightly fold to the next, and only its *size* is ever kept: how often the number of marks
doubles. Sizes are compared by median and median absolute deviation (F. R. Hampel, 1974, JASA 69:383), which half
of all days can be bursts without moving. A day with fewer marks than the smallest size leaves nothing.
"""

from collections.abc import Iterable
from statistics import median

from portal.ratings.rules.integrity import Cell, Fired, Rule

DAYS_LOOKED_BACK = 28
SMALLEST = 5
"""The smallest size that is kept: days with fewer than 2**5 = 32 marks are quiet, and all quiet days are alike."""
DOUBLINGS = 3
"""By so many sizes a day must stand out, and by more where the days of the service differ much."""
SPREADS = 3
_CONSISTENT = 1.4826  # makes the deviation comparable to a standard deviation


def size_of(marks: int) -> int:
    """How often the number of a day's marks doubles, one less than the smallest size for a quiet day."""
    return max(marks.bit_length() - 1, SMALLEST - 1)


def bound(size: int) -> int:
    """The number of marks that a day of this size does not reach."""
    return int(2 ** (size + 1))


def judge_day(cells: dict[Cell, int], sizes: Iterable[int], *, day: str) -> Fired | None:
    """Whether a day's marks by one way (`cells`) are a burst; `sizes` of the busy days before it, one each."""
    known = list(sizes)
    past = known + [SMALLEST - 1] * (DAYS_LOOKED_BACK - len(known))
    middle = median(past)
    spread = _CONSISTENT * median(abs(one - middle) for one in past)
    marks, limit = sum(cells.values()), middle + max(DOUBLINGS, SPREADS * spread)
    if size_of(marks) < limit:
        return None
    return Fired(Rule.BURST, {"day": day, "on_day": marks, "usual_below": bound(int(middle))}, cells=cells)
