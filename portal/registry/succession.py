"""What the register refuses about outside codes, bodies that follow each other, and parts of totals."""

from __future__ import annotations

from sqlalchemy.orm import Session

from portal.foundation.i18n import N_, Message, message
from portal.registry import outside, queries, rules
from portal.registry.values import Body, Ended, EndedHow, Indicator

FOLLOWING = {
    EndedHow.MERGED: (1, 50),
    EndedHow.SPLIT: (2, 50),
    EndedHow.RENAMED: (1, 1),
    EndedHow.DISSOLVED: (0, 0),
}
"""How many bodies follow one that ended so: the fewest and the most."""


def body_faults(session: Session, body: Body) -> dict[str, Message]:
    """What is wrong with a body's codes, days, successors and former names, by field."""
    faults = _code_faults(session, body)
    if body.ended is not None:
        faults.update(_end_faults(session, body, body.ended))
    for former in body.former:
        texts = list(former.names.values())
        expected = next((fault for fault in map(rules.name_fault, texts) if fault), None)
        if expected is not None or not texts:
            faults["former.en"] = Message(expected or N_("Enter a name in at least one language."))
    return faults


def total_faults(session: Session, indicator: Indicator) -> dict[str, Message]:
    """What is wrong with the total that an indicator is said to be a part of."""
    if indicator.part_of is None:
        return {}
    total = queries.find_indicator(session, indicator.part_of)
    if total is None:
        return {"part_of": unknown(indicator.part_of)}
    if indicator.part_of == indicator.code or total.part_of is not None:
        return {"part_of": message(N_("A part belongs to a total that is not itself a part."))}
    return {}


def unknown(code: str) -> Message:
    return message(N_("There is no {code} in the register."), code=code)


def _code_faults(session: Session, body: Body) -> dict[str, Message]:
    """Two bodies that exist never share a unified social credit code; a division may have several bodies."""
    faults: dict[str, Message] = {}
    for scheme, code in body.codes.items():
        known = outside.is_scheme(scheme)
        expected = outside.code_fault(scheme, code) if known else N_("a short name of a scheme")
        if expected is not None:
            faults[f"codes.{scheme}"] = Message(expected)
        elif scheme == outside.USCC and body.ended is None:
            holders = {one.code for one in queries.bodies_with_code(session, scheme, code)} - {body.code}
            if holders:
                faults[f"codes.{scheme}"] = message(N_("This is the code of {body}."), body=min(holders))
    return faults


def _end_faults(session: Session, body: Body, ended: Ended) -> dict[str, Message]:
    """A body ends after it began, and is followed by bodies of the register that do not lead back to it."""
    if body.valid_from is not None and ended.on <= body.valid_from:
        return {"ended_on": message(N_("A body cannot end before it began."))}
    fewest, most = FOLLOWING[ended.how]
    if not fewest <= len(set(ended.into)) <= most:
        text = N_("A merged or renamed body has a successor, a split one several, a dissolved one none.")
        return {"successors": message(text)}
    for code in ended.into:
        if queries.find_body(session, code) is None:
            return {"successors": unknown(code)}
        if queries.ends_in(session, code, body.code):
            return {"successors": message(N_("A body cannot follow itself."))}
    return {}
