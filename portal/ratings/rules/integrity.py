"""The published rules by which ratings of a closed month are set aside until two people have looked at them.

None follows a person: they compare totals with totals. Each fires on numbers that a body can check itself, and
`/ratings/how` says them in words; change a number here and change the words there.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from portal.foundation.i18n import N_
from portal.ratings.rules import wilson
from portal.ratings.values import Counts

MOST_CODES_ABOVE_MATTERS = Decimal("1.05")
FEWEST_CODES_ABOVE = 10
FEWEST_TOP_MARKS = 30
TOP_SHARE = Decimal("0.98")
FEWEST_IN_SHIFT = 50
SHIFT = Decimal("0.30")


class Rule(StrEnum):
    CODES_WITHOUT_MATTERS = "codes-without-matters"
    TOP_MARKS = "top-marks"
    CHANNEL_SHIFT = "channel-shift"


RULE_WORDS = {
    Rule.CODES_WITHOUT_MATTERS: N_("More rating codes were handed out or used than matters were settled"),
    Rule.TOP_MARKS: N_("Nearly every rating of one channel is the best, and those of the others are not"),
    Rule.CHANNEL_SHIFT: N_("One channel suddenly brings a much larger part of the ratings"),
}


@dataclass(frozen=True)
class Fired:
    """A rule that fired: on which channel's marks, or on all that came with a code, and on what numbers."""

    rule: Rule
    facts: Mapping[str, int | str]
    channel: str | None = None


@dataclass(frozen=True)
class Codes:
    """Codes handed out and used in a month, and matters settled as another source counts them."""

    issued: int
    used: int
    matters: int


def judge_codes(codes: Codes) -> Fired | None:
    """More codes than matters: somebody other than a client may have held them."""
    most = max(codes.issued, codes.used)
    if most - codes.matters < FEWEST_CODES_ABOVE or most <= codes.matters * MOST_CODES_ABOVE_MATTERS:
        return None
    facts = {"issued": codes.issued, "used": codes.used, "matters": codes.matters}
    return Fired(Rule.CODES_WITHOUT_MATTERS, facts)


def judge_channels(now: Mapping[str, Counts], before: Mapping[str, Counts]) -> Iterator[Fired]:
    """Runs of top marks in one channel, and a channel that suddenly grew; `before` is the month before."""
    whole, whole_before = _n(now.values()), _n(before.values())
    for channel, counts in sorted(now.items()):
        others = [one for name, one in now.items() if name != channel]
        if counts.n >= FEWEST_TOP_MARKS and _top(counts) >= TOP_SHARE and _n(others) >= FEWEST_TOP_MARKS:
            rest = wilson(sum(one.by_level[4] for one in others), _n(others))
            if Decimal(rest.high) < TOP_SHARE:
                yield Fired(Rule.TOP_MARKS, {"marks": counts.n, "top": counts.by_level[4]}, channel)
                continue
        if whole_before >= FEWEST_IN_SHIFT and counts.n >= FEWEST_IN_SHIFT:
            was = before.get(channel, Counts((0, 0, 0, 0, 0))).n
            if Decimal(counts.n) / whole - Decimal(was) / whole_before >= SHIFT:
                facts = {"marks": counts.n, "of": whole, "before": was, "of_before": whole_before}
                yield Fired(Rule.CHANNEL_SHIFT, facts, channel)


def _top(counts: Counts) -> Decimal:
    return Decimal(counts.by_level[4]) / counts.n


def _n(several: Iterable[Counts]) -> int:
    return sum(one.n for one in several)
