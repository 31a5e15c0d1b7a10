"""Weights: shares of the part above, in per cent with at most two decimals, together exactly 100."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_DOWN, Decimal
from typing import TypeVar

from portal.evaluation.errors import BadWeights
from portal.evaluation.values import Element, Group, Method
from portal.foundation.i18n import N_, Message

K = TypeVar("K", bound=str)

WHOLE = Decimal(100)
HUNDREDTH = Decimal("0.01")


def require_shares(shares: Mapping[K, Decimal], *, field: str) -> None:
    """Raise BadWeights about `field` unless every share is above 0, has two decimals at most, and all make 100."""
    for share in shares.values():
        if not share.is_finite() or share <= 0 or share != share.quantize(HUNDREDTH):
            raise _bad(field, Message(N_("Each weight must be above 0 with at most two decimals.")))
    total = sum(shares.values(), Decimal(0))
    if total != WHOLE:
        params = {"total": format(total, "f")}
        raise _bad(field, Message(N_("The weights must add up to 100; they add up to {total}."), params))


def require_method(method: Method) -> None:
    """Raise BadWeights unless the matrix is whole: every element has groups, every row makes 100.

    The error names `element:<code>` for the elements, `cell:<element>:<group>` for the groups of one.
    """
    require_shares(method.elements, field=f"element:{next(iter(method.elements), '')}")
    for element in method.elements:
        groups = method.groups.get(element, {})
        require_shares(groups, field=f"cell:{element}:{next(iter(groups), '')}")
    if not Decimal(0) <= method.integrity_points <= method.integrity_most <= WHOLE:
        fault = Message(N_("The points deducted must be between 0 and their limit, which is at most 100."))
        raise _bad("integrity_points", fault)
    if not Decimal(0) <= method.credit_points <= method.integrity_points:
        fault = Message(N_("The points for a disclosed error are from 0 to what a false figure costs."))
        raise _bad("credit_points", fault)
    verified = method.verified_share
    if verified is not None and not (Decimal(0) <= verified <= WHOLE and verified == verified.quantize(HUNDREDTH)):
        fault = Message(
            N_("The weight of ratings with a rating code is from 0 to 100, with at most two decimals.")
        )
        raise _bad("verified_share", fault)
    if method.fewest_marks < 1:
        raise _bad("fewest_marks", Message(N_("At least one rating is needed before ratings say something.")))


def _bad(field: str, fault: Message) -> BadWeights:
    return BadWeights(fault, {field: fault})


def shares_by(amounts: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Shares of 100 in proportion to `amounts`, in hundredths, by largest remainder; ties by code.

    The result does not depend on the order of `amounts`. Amounts that are not above zero get none.
    """
    counted = {code: amounts[code] for code in sorted(amounts) if amounts[code] > 0}
    total = sum(counted.values(), Decimal(0))
    exact = {code: WHOLE * amount / total for code, amount in counted.items()}
    shares = {code: share.quantize(HUNDREDTH, ROUND_DOWN) for code, share in exact.items()}
    left = int((WHOLE - sum(shares.values(), Decimal(0))) / HUNDREDTH) if shares else 0
    neediest = sorted(exact, key=lambda code: (shares[code] - exact[code], code))
    for code in neediest[:left]:
        shares[code] += HUNDREDTH
    return shares


def indicator_shares(judged: Sequence[str], registered: Mapping[str, Decimal | None]) -> dict[str, Decimal]:
    """The rule where nobody settled weights: the register's own when they are whole, else equal shares."""
    own = {code: weight for code in judged if (weight := registered.get(code)) is not None}
    if len(own) == len(judged) and sum(own.values(), Decimal(0)) == WHOLE and min(own.values()) > 0:
        return own
    return shares_by(dict.fromkeys(judged, Decimal(1)))


def default_method() -> Method:
    """The small matrix: internal first, supplemented by external (source paper, section 6).

    Department performance rests on measured results, with the committee and those served beside them;
    business processing is judged by those served alone; organisational ability by the body itself,
    supplemented by higher government.
    """
    return Method(
        elements={
            Element.DEPARTMENT_PERFORMANCE: Decimal(60),
            Element.BUSINESS_PROCESSING: Decimal(25),
            Element.ORGANISATIONAL_ABILITY: Decimal(15),
        },
        groups={
            Element.DEPARTMENT_PERFORMANCE: {
                Group.RESULTS: Decimal(70),
                Group.COMMITTEE: Decimal(15),
                Group.SERVICE_OBJECTS: Decimal(15),
            },
            Element.BUSINESS_PROCESSING: {Group.SERVICE_OBJECTS: Decimal(100)},
            Element.ORGANISATIONAL_ABILITY: {Group.SELF: Decimal(60), Group.HIGHER_GOVERNMENT: Decimal(40)},
        },
    )
