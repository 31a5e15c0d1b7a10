"""Pure decisions: shares and intervals, what is too few to show, when a closed month may change.

The interval is Wilson's score interval (E. B. Wilson, 1927, JASA 22:209) at 95 %. It is computed in
decimals, so that everyone who repeats the sum gets the same digits, and is rounded outwards: the printed
interval never claims more than the computed one.
"""

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal, localcontext

from portal.ratings.values import Counts, Level, Share, Summary

Z_95 = Decimal("1.959963984540054")  # 97.5 % point of the standard normal distribution
PLACES = Decimal("0.0001")


def wilson(count: int, n: int) -> Share:
    """The share `count`/`n` and its interval, to four places. Raises ValueError unless 0 ≤ count ≤ n, n > 0."""
    if n <= 0 or not 0 <= count <= n:
        raise ValueError(f"{count} of {n} is no share")
    with localcontext() as context:
        context.prec = 40
        total, share, z2 = Decimal(n), Decimal(count) / n, Z_95 * Z_95
        centre = share + z2 / (2 * total)
        margin = Z_95 * (share * (1 - share) / total + z2 / (4 * total * total)).sqrt()
        scale = 1 + z2 / total
        low = Decimal(0) if count == 0 else (centre - margin) / scale
        high = Decimal(1) if count == n else (centre + margin) / scale
        return Share(
            str(share.quantize(PLACES, ROUND_HALF_EVEN)),
            str(low.quantize(PLACES, ROUND_FLOOR)),
            str(high.quantize(PLACES, ROUND_CEILING)),
        )


def summarise(counts: Counts, *, threshold: int) -> Summary:
    """What may be shown of these counts: everything, or, below the threshold, no number at all."""
    n = counts.n
    if n < threshold or n == 0:
        return Summary(suppressed=True, n=None, levels={})
    return Summary(suppressed=False, n=n, levels={level: wilson(counts.of(level), n) for level in Level})


def marks_changed(old: Counts, new: Counts) -> int:
    """How many marks were added or taken away between two counts, level by level."""
    return sum(abs(after - before) for before, after in zip(old.by_level, new.by_level, strict=True))


def may_change(old: Counts, new: Counts, *, threshold: int) -> bool:
    """Whether a roll-up already published may be replaced: only by a change of many marks at once.

    Otherwise two editions, subtracted, would tell single marks.
    """
    return marks_changed(old, new) >= max(threshold, 1)


def may_roll_up(period: str, *, current: str) -> bool:
    """A month is rolled up only once it is over."""
    return period < current
