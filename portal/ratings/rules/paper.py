"""Paper slips: which of them a second person enters again, and when both readings agree.

The sample follows from a seed that is drawn once the batch is complete and stays in the audit record: whoever
typed cannot know which slips will be looked at, and anybody can draw the same sample again.
"""

import hashlib
from collections.abc import Mapping, Sequence

LEAST, SHARE = 5, 10  # so many slips, or one of so many, whichever are more
TOLERATED = 20  # one slip of so many may be read otherwise


def sample_of(slips: int, seed: str) -> tuple[int, ...]:
    """The numbers (from 1) of the slips to be entered again, in order."""
    size = min(slips, max(LEAST, -(-slips // SHARE)))
    drawn = sorted(range(1, slips + 1), key=lambda number: hashlib.sha256(f"{seed}|{number}".encode()).digest())
    return tuple(sorted(drawn[:size]))


def differing(entered: Sequence[object], again: Mapping[int, object]) -> tuple[int, ...]:
    """The numbers of slips that two people read differently."""
    return tuple(number for number, read in sorted(again.items()) if entered[number - 1] != read)


def agrees(differing: int, sampled: int) -> bool:
    """Whether so few slips were read differently that the batch may count."""
    return differing * TOLERATED <= sampled
