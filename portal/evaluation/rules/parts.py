"""Putting parts together: the weighted mean of what counts, rounded where it is shown."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal, localcontext

from portal.evaluation.evidence import Evidence
from portal.evaluation.values import Part, PartKind, Standing

HUNDREDTH = Decimal("0.01")
ZERO, WHOLE = Decimal(0), Decimal(100)


def leaf(
    kind: PartKind,
    code: str,
    weight: Decimal,
    value: Decimal,
    *,
    low: Decimal | None = None,
    high: Decimal | None = None,
    evidence: Sequence[Evidence] = (),
) -> Part:
    """A scored part that rests on evidence alone."""
    low, high = value if low is None else low, value if high is None else high
    return Part(kind, code, weight, Standing.SCORED, value, low, high, tuple(evidence))


def unscored(
    kind: PartKind, code: str, weight: Decimal, standing: Standing, evidence: Sequence[Evidence] = ()
) -> Part:
    """A part without points, and why; a voided one counts as nothing earned, any other does not count."""
    points = ZERO if standing is Standing.VOIDED else None
    return Part(kind, code, weight, standing, points, points, points, tuple(evidence))


def combine(kind: PartKind, code: str, weight: Decimal, parts: Sequence[Part]) -> Part:
    """The part made of `parts`: their weighted mean, over the weight of those that count.

    The weight of a part that is not scored goes to its siblings in proportion. The order of `parts`
    does not matter; they are kept sorted, heaviest first.
    """
    kept = tuple(sorted(parts, key=lambda part: (-part.weight, part.code)))
    counted = [part for part in kept if part.standing.counts]
    value = _mean([(part.weight, part.value) for part in counted])
    if value is None:
        return Part(kind, code, weight, Standing.NOTHING_SCORED, None, None, None, (), kept)
    low = _mean([(part.weight, part.low) for part in counted])
    high = _mean([(part.weight, part.high) for part in counted])
    return Part(kind, code, weight, Standing.SCORED, value, low, high, (), kept)


def scored_share(part: Part) -> Decimal:
    """How much of the part's weight could be scored, in per cent with two decimals.

    A part in a scored one whose own parts are partly unscored counts for what is scored in it.
    """
    return rounded(_scored(part))


def rounded(value: Decimal) -> Decimal:
    return value.quantize(HUNDREDTH, ROUND_HALF_UP)


def _scored(part: Part) -> Decimal:
    if not part.parts:
        return WHOLE if part.standing.counts else ZERO
    total = sum((child.weight for child in part.parts), ZERO)
    if total <= 0:
        return ZERO
    with localcontext() as context:
        context.prec = 60
        return sum((child.weight * _scored(child) for child in part.parts), ZERO) / total


def _mean(values: Sequence[tuple[Decimal, Decimal | None]]) -> Decimal | None:
    total = sum((weight for weight, _ in values), ZERO)
    if total <= 0:
        return None
    with localcontext() as context:
        context.prec = 60
        return rounded(sum((weight * (value or ZERO) for weight, value in values), ZERO) / total)
