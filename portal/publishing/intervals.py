"""How exactly a published share is known: Wilson's 95 % score interval (E. B. Wilson, 1927, JASA 22:209).

It is computed in decimals and rounded outwards, so that everyone who repeats the sum gets the same digits and
the interval never claims more than it may.
"""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from portal.publishing.readings import Version

Z_95 = Decimal("1.959963984540054")  # 97.5 % point of the standard normal distribution


class Interval(NamedTuple):
    low: Decimal
    high: Decimal

    def overlaps(self, other: "Interval") -> bool:
        return self.low <= other.high and other.low <= self.high


def wilson(count: Decimal, n: Decimal, *, places: Decimal = Decimal("0.0001")) -> Interval:
    """The interval of the share `count`/`n`, both ends between 0 and 1, rounded outwards to `places`."""
    with localcontext() as context:
        context.prec = 40
        share, z2 = count / n, Z_95 * Z_95
        centre = share + z2 / (2 * n)
        margin = Z_95 * (share * (1 - share) / n + z2 / (4 * n * n)).sqrt()
        scale = 1 + z2 / n
        low = Decimal(0) if count == 0 else (centre - margin) / scale
        high = Decimal(1) if count == n else (centre + margin) / scale
        return Interval(low.quantize(places, ROUND_FLOOR), high.quantize(places, ROUND_CEILING))


def interval_of(version: "Version", unit: object) -> Interval | None:
    """The interval of a percentage that was published with the counts it comes from, in per cent and
    with as many decimals as it has, rounded outwards.

    None when the figure is no percentage, has no whole counts, or is not their quotient: an interval about
    another number than the one shown would mislead.
    """
    count, n, actual = version.numerator, version.denominator, version.actual
    if not _is_percentage(unit) or count is None or n is None or actual is None:
        return None
    if n <= 0 or not 0 <= count <= n or count != count.to_integral_value() or n != n.to_integral_value():
        return None
    decimals = min(int(actual.as_tuple().exponent), 0)
    last_place = Decimal(1).scaleb(decimals)
    if abs(count / n * 100 - actual) > last_place:
        return None
    found = wilson(count, n, places=last_place / 100)
    return Interval((found.low * 100).quantize(last_place), (found.high * 100).quantize(last_place))


def _is_percentage(unit: object) -> bool:
    return unit == "%" or (isinstance(unit, dict) and "%" in unit.values())
