"""How far a figure reaches its target, in points."""

from decimal import ROUND_DOWN, Decimal, localcontext

from portal.evaluation.values import Standing
from portal.registry.values import Direction

FLOOR, CEILING = Decimal(0), Decimal(100)
HUNDREDTH = Decimal("0.01")
DIGITS = 200  # figures have at most 80 characters: enough that no intermediate step is rounded visibly


def standing(target: Decimal | None, actual: Decimal | None, direction: Direction, *, voided: bool) -> Standing:
    """Whether a published figure can be scored. A missing target or result is missing, never zero.

    A voided figure counts with its weight and earns nothing: were it left out, the score of a body whose
    bad figure is voided could rise.
    """
    if direction is Direction.NONE:
        return Standing.NOT_JUDGED
    if target is None:
        return Standing.NO_TARGET
    if voided:
        return Standing.VOIDED
    return Standing.NO_RESULT if actual is None else Standing.SCORED


def achievement(target: Decimal, actual: Decimal, direction: Direction) -> Decimal:
    """100 when the target is met, else 100 less the shortfall in per cent of the target; never below 0.

    Doing better than the target earns no more than meeting it. A target of zero leaves nothing between
    met and missed. Rounded down to two decimals, so that 100 always means met. Raises ValueError for an
    indicator that is not judged.
    """
    if direction is Direction.NONE:
        raise ValueError("an indicator without direction is not judged")
    with localcontext() as context:
        context.prec = DIGITS
        shortfall = target - actual if direction is Direction.UP else actual - target
        if shortfall <= 0:
            return CEILING
        if target == 0:
            return FLOOR
        points = CEILING - CEILING * shortfall / abs(target)
        return max(FLOOR, points.quantize(HUNDREDTH, ROUND_DOWN)) if points > 0 else FLOOR
