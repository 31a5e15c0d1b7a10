"""The weights form, read back as a matrix and as weights of indicators."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from portal.evaluation.errors import BadWeights
from portal.evaluation.values import Element, Group, Method
from portal.evaluation.web.forms import WeightsForm
from portal.foundation.i18n import N_, Message

ZERO = Decimal(0)


def read_method(form: WeightsForm, former: Method) -> Method:
    """The matrix as typed: a cell with 0 is left out, an element without weight too.

    Raises BadWeights naming the fields that are no numbers.
    """
    faults: dict[str, Message] = {}
    elements = {one: _number(form, f"element:{one}", faults) for one in former.elements}
    cells = {
        (one, group): _number(form, f"cell:{one}:{group}", faults)
        for one in former.elements
        for group in former.groups[one]
    }
    if form.add_element.data and form.add_group.data:
        added = Element(form.add_element.data)
        elements.setdefault(added, ZERO)
        cells[added, Group(form.add_group.data)] = _number(form, "add_share", faults)
    points = _number(form, "integrity_points", faults)
    most = _number(form, "integrity_most", faults)
    credit = _number(form, "credit_points", faults)
    fewest = _number(form, "fewest_marks", faults)
    verified = _number(form, "verified_share", faults) if (form.verified_share.data or "").strip() else None
    if fewest != fewest.to_integral_value():
        faults["fewest_marks"] = Message(N_("Enter a whole number, such as 30."))
    if faults:
        raise BadWeights(N_("Some weights are not numbers."), faults)
    kept = {one: share for one, share in elements.items() if share}
    groups = {
        one: {group: share for (owner, group), share in cells.items() if owner is one and share} for one in kept
    }
    return Method(kept, groups, points, most, int(fewest), verified, credit)


def read_indicators(form: WeightsForm, bodies: tuple[str, ...]) -> dict[str, dict[str, Decimal]]:
    """Lines of `code weight` by body; a body without lines is left to the rule. Raises BadWeights."""
    found: dict[str, dict[str, Decimal]] = {}
    for body in bodies:
        field = f"indicators:{body}"
        lines = [line.split() for line in (form[field].data or "").splitlines() if line.strip()]
        try:
            weights = {code: _finite(weight) for code, weight in lines}
        except (ValueError, InvalidOperation):
            fault = Message(N_("Write one indicator a line: its code, a space, its weight."))
            raise BadWeights(N_("Some weights are not numbers."), {field: fault}) from None
        if weights:
            found[body] = weights
    return found


def _number(form: WeightsForm, name: str, faults: dict[str, Message]) -> Decimal:
    try:
        return _finite((form[name].data or "0").strip())
    except (InvalidOperation, ValueError):
        faults[name] = Message(N_("Enter a number, such as 12.5."))
        return ZERO


def _finite(text: str) -> Decimal:
    value = Decimal(text)
    if not value.is_finite() or abs(value) > 1000:
        raise ValueError(text)
    return value
