"""Which dismissed cases are read again, by a seed that nobody who dismisses knows. Pure.

The log takes the digest of a quarter's seed before the quarter begins, and the seed itself when the lot is drawn.
A case is drawn when the digest of the seed and of its proof of filing's commitment is small enough, so that its
reporter, who has that commitment, can check it, and that no case is drawn because of what others there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from portal.cases.values import Finding
from portal.foundation import crypto

DISMISSED = frozenset({Finding.NOT_UPHELD, Finding.NOT_ADMISSIBLE, Finding.REFERRED})
"""Every finding after which nothing follows here: a report that was referred can be buried like one that failed.

That its reporter withdrew is no finding: such a case ends in one of these, and is in the lot with them.
"""
_WHOLE = 1 << 256


def seed_of(key: bytes, period: str) -> bytes:
    """A quarter's seed, from a server key outside the database; it does not lead back to the key."""
    return crypto.hkdf(key, f"gongping dismissals read again 1|{period}")


def commitment_to(seed: bytes) -> bytes:
    return crypto.sha256(seed)


def seed_behind(commitment: bytes, keys: Iterable[bytes], period: str) -> bytes:
    """The seed that was committed to, also after the key was rotated. Raises LookupError when no key gives it."""
    for key in keys:
        seed = seed_of(key, period)
        if crypto.same(commitment_to(seed), commitment):
            return seed
    raise LookupError("no server key gives the seed that the log committed to")


def seed_of_batches(seed: bytes) -> bytes:
    """What the sample of reports dismissed together is drawn by: it follows from a quarter's seed, and whoever
    sees such a sample learns nothing of the lot that the quarter's seed draws."""
    return crypto.hkdf(seed, "gongping reports dismissed together 1")


def is_drawn(seed: bytes, mark: bytes, *, percent: int, part: int = 1) -> bool:
    """Whether the lot falls on this one; `part` is 10 for a tenth of the share."""
    return _ticket(seed, mark) * 100 * part < percent * _WHOLE


def draw(
    seed: bytes, marks: Mapping[str, bytes], *, percent: int, part: int = 1, least: int = 1
) -> frozenset[str]:
    """The cases drawn, by id; where there are any, at least the `least` with the lowest digests."""
    drawn = {case for case, mark in marks.items() if is_drawn(seed, mark, percent=percent, part=part)}
    if len(drawn) < least:
        drawn.update(sorted(marks, key=lambda case: _ticket(seed, marks[case]))[:least])
    return frozenset(drawn)


def _ticket(seed: bytes, mark: bytes) -> int:
    return int.from_bytes(crypto.sha256(seed + mark), "big")
