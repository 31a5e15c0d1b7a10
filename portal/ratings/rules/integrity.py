"""The published rules by which ratings are set aside until two people have looked at them.

None follows a person: they compare totals with totals, and comments with comments. Each fires on numbers that a
body can check itself, and `/ratings/how` says them in words; change a number here and the words change with it.
Bursts, texts and networks have modules of their own beside this one.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum

from portal.foundation.clock import months_after
from portal.foundation.i18n import N_
from portal.ratings.rules import wilson
from portal.ratings.values import RECEIPT_MONTHS, Counts

MOST_CODES_ABOVE_MATTERS = Decimal("1.05")
FEWEST_CODES_ABOVE = 10
FEWEST_TOP_MARKS = 30
TOP_SHARE = Decimal("0.98")
FEWEST_IN_SHIFT = 50
SHIFT = Decimal("0.30")
USUAL_MONTHS = 1
"""In the month of issue and so many after it a code is used within its usual time."""
FEWEST_AGED = 30
AGE_SHIFT = Decimal("0.40")
MONTHS_LOOKED_BACK = 3
FEWEST_FROM_OWN_NETWORK = 10


class Rule(StrEnum):
    CODES_WITHOUT_MATTERS = "codes-without-matters"
    RECEIPT_AGE = "receipt-age"
    BURST = "burst"
    ALIKE_TEXTS = "alike-texts"
    TOP_MARKS = "top-marks"
    CHANNEL_SHIFT = "channel-shift"
    OWN_NETWORK = "own-network"


RULE_WORDS = {
    Rule.CODES_WITHOUT_MATTERS: N_("More rating codes were handed out or used than matters were settled"),
    Rule.RECEIPT_AGE: N_(
        "Many more rating codes than usual were used at once, or long after they were handed out"
    ),
    Rule.BURST: N_("Many more ratings came on one day than on any usual day of the service"),
    Rule.ALIKE_TEXTS: N_("Many comments say nearly the same in nearly the same words"),
    Rule.TOP_MARKS: N_("Nearly every rating of one channel is the best, and those of the others are not"),
    Rule.CHANNEL_SHIFT: N_("One channel suddenly brings a much larger part of the ratings"),
    Rule.OWN_NETWORK: N_("Ratings without a code came from the body's own network"),
}


class ReceiptAge(StrEnum):
    """How old a receipt was when it was used: this much is kept of it, and never a day."""

    SAME_DAY = "same-day"
    USUAL = "usual"
    OLD = "old"


def age_of(*, fresh: bool, expires: str, month: str) -> ReceiptAge:
    """The age in `month` of a receipt whose last month is `expires`; `fresh` until the night after its issue."""
    if fresh:
        return ReceiptAge.SAME_DAY
    last_usual = months_after(expires, USUAL_MONTHS - RECEIPT_MONTHS)
    return ReceiptAge.OLD if month > last_usual else ReceiptAge.USUAL


Cell = tuple[str, bool, int]
"""A kind of marks within a service's month: channel, whether with a code, level."""


@dataclass(frozen=True)
class Fired:
    """A rule that fired, and on what numbers. It is about the marks of one `channel`, or about so many of each
    `cells`, or about so many of an answer by a channel (`answers`), or, where it says none of these, about all
    that came with a code."""

    rule: Rule
    facts: Mapping[str, int | str | list[str]]
    channel: str | None = None
    cells: Mapping[Cell, int] = field(default_factory=dict)
    answers: Mapping[tuple[str, int], int] = field(default_factory=dict)

    def concerns(self, totals: Mapping[Cell, int]) -> dict[Cell, int]:
        """How many marks of each kind it takes from these. Of alike answers those without a code go first."""
        if self.channel is not None:
            return {cell: count for cell, count in totals.items() if cell[0] == self.channel}
        if self.cells:
            taken = {cell: min(count, totals.get(cell, 0)) for cell, count in self.cells.items()}
        elif self.answers:
            taken = dict(self._of_answers(totals))
        else:
            taken = {cell: count for cell, count in totals.items() if cell[1]}
        return {cell: count for cell, count in taken.items() if count}

    def without(self, aside: Mapping[Cell, int]) -> "Fired":
        """The same where marks are set aside already that may be the very ones it is about."""
        answers: Counter[tuple[str, int]] = Counter()
        for (channel, _, level), count in aside.items():
            answers[channel, level] += count
        return replace(
            self,
            cells={cell: max(count - aside.get(cell, 0), 0) for cell, count in self.cells.items()},
            answers={answer: max(count - answers[answer], 0) for answer, count in self.answers.items()},
        )

    def _of_answers(self, totals: Mapping[Cell, int]) -> Iterator[tuple[Cell, int]]:
        for (channel, level), count in self.answers.items():
            left = count
            for coded in (False, True):
                cell = (channel, coded, level)
                taken = min(left, totals.get(cell, 0))
                left -= taken
                yield cell, taken


@dataclass(frozen=True)
class Codes:
    """Codes handed out and used in a month, and matters settled as another source counts them."""

    issued: int
    used: int
    matters: int


@dataclass(frozen=True)
class Ages:
    """Codes used in a month or several, and how many of them on the day of issue or after their usual time."""

    used: int = 0
    same_day: int = 0
    old: int = 0

    def __add__(self, other: "Ages") -> "Ages":
        return Ages(self.used + other.used, self.same_day + other.same_day, self.old + other.old)


def judge_codes(codes: Codes) -> Fired | None:
    """More codes than matters: somebody other than a client may have held them."""
    most = max(codes.issued, codes.used)
    if most - codes.matters < FEWEST_CODES_ABOVE or most <= codes.matters * MOST_CODES_ABOVE_MATTERS:
        return None
    facts = {"issued": codes.issued, "used": codes.used, "matters": codes.matters}
    return Fired(Rule.CODES_WITHOUT_MATTERS, facts)


def judge_ages(now: Ages, before: Ages) -> Fired | None:
    """Codes used in bulk sooner or later than before; a service without a past may use its codes the same day."""
    if now.used < FEWEST_AGED:
        return None
    known = before.used >= FEWEST_AGED
    for fact, count, was in (("used_old", now.old, before.old), ("used_same_day", now.same_day, before.same_day)):
        usual = Decimal(was) / before.used if known else Decimal(fact == "used_same_day")
        if Decimal(count) / now.used - usual >= AGE_SHIFT:
            percent = int((usual * 100).quantize(Decimal(1), ROUND_HALF_EVEN))
            return Fired(Rule.RECEIPT_AGE, {"used": now.used, fact: count, "usual_percent": percent})
    return None


def judge_own_network(count: Mapping[tuple[str, int], int]) -> Fired | None:
    """Marks without a code from where the body's people work; by channel and level."""
    total = sum(count.values())
    if total < FEWEST_FROM_OWN_NETWORK:
        return None
    cells = {(channel, False, level): number for (channel, level), number in count.items()}
    return Fired(Rule.OWN_NETWORK, {"own_network": total}, cells=cells)


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
