"""The words of evaluations, in the reader's language."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from portal.evaluation.values import (
    AppealState,
    CycleState,
    Element,
    Group,
    Part,
    Party,
    Raters,
    ReasonCode,
    Standing,
)
from portal.web.wording import lazy_gettext as _l

ELEMENTS: Mapping[str, Any] = {
    Element.ORGANISATIONAL_ABILITY: _l("Organisational ability"),
    Element.POLICY_MAKING: _l("Policy-making"),
    Element.ADMINISTRATIVE_DECISIONS: _l("Administrative decision-making"),
    Element.EXECUTION_OF_DECREES: _l("Execution of decrees"),
    Element.BUSINESS_GUIDANCE: _l("Business guidance"),
    Element.BUSINESS_PROCESSING: _l("Business processing"),
    Element.LETTERS_AND_VISITS: _l("Reception of letters and visits"),
    Element.PROJECT_PERFORMANCE: _l("Project performance"),
    Element.DEPARTMENT_PERFORMANCE: _l("Department performance"),
}

GROUPS: Mapping[str, Any] = {
    Group.RESULTS: _l("Measured results: indicators against their targets"),
    Group.SERVICE_OBJECTS: _l("Management and service objects: their ratings"),
    Group.ANSWERS: _l("Answers to low ratings: given in time"),
    Group.SELF: _l("Self-evaluation"),
    Group.STAFF: _l("Internal staff and team members"),
    Group.COMMITTEE: _l("Evaluation committee"),
    Group.HIGHER_GOVERNMENT: _l("Higher government"),
    Group.HIGHER_AUTHORITY: _l("Higher business authority"),
    Group.LOWER_DEPARTMENTS: _l("Lower business departments"),
    Group.PARTY_COMMITTEE: _l("Party committee"),
    Group.EXPERTS: _l("Experts"),
    Group.POLICY_OBJECTS: _l("Policy objects"),
    Group.AUDIT: _l("Audit"),
    Group.PROJECT_MANAGEMENT: _l("Project management"),
}

RATERS: Mapping[str, Any] = {
    Raters.VERIFIED: _l("Ratings with a rating code"),
    Raters.UNVERIFIED: _l("Ratings without a rating code"),
}

STANDINGS: Mapping[Standing, tuple[Any, str]] = {
    Standing.SCORED: (_l("Scored"), "good"),
    Standing.VOIDED: (_l("Voided: earns nothing while under review"), "bad"),
    Standing.NOT_PUBLISHED: (_l("Not scored: no figure published"), "neutral"),
    Standing.NO_TARGET: (_l("Not scored: no target"), "neutral"),
    Standing.NO_RESULT: (_l("Not scored: no result"), "neutral"),
    Standing.NOT_JUDGED: (_l("Not scored: gives context only"), "neutral"),
    Standing.NO_SUMMARY: (_l("Not scored: no ratings published"), "neutral"),
    Standing.TOO_FEW: (_l("Not scored: too few ratings"), "neutral"),
    Standing.NO_ANSWERS: (_l("Not scored: no answers published"), "neutral"),
    Standing.NO_MARK: (_l("Not scored: no mark entered"), "neutral"),
    Standing.NOTHING_SCORED: (_l("Not scored"), "neutral"),
}

REASONS: Mapping[ReasonCode, Any] = {
    ReasonCode.FIRST_RESULT: _l("First result"),
    ReasonCode.FIGURE_CORRECTED: _l("A figure was corrected"),
    ReasonCode.FIGURE_VOIDED: _l("A figure came under review"),
    ReasonCode.INTEGRITY_DEDUCTION: _l("Deduction for integrity"),
    ReasonCode.NEW_EVIDENCE: _l("Newer figures or ratings"),
    ReasonCode.MARKS_CHANGED: _l("Marks were entered"),
    ReasonCode.METHOD_CORRECTED: _l("Weights were corrected"),
    ReasonCode.APPEAL: _l("An appeal"),
}

APPEAL_STATES: Mapping[AppealState, tuple[Any, str]] = {
    AppealState.OPEN: (_l("Open: held until it is decided"), "attention"),
    AppealState.GRANTED: (_l("Granted"), "good"),
    AppealState.DISMISSED: (_l("Dismissed"), "neutral"),
}

PARTIES: Mapping[Party, Any] = {
    Party.BODY: _l("The body"),
    Party.ASSESSOR: _l("Whoever had verified it"),
}

STATES: Mapping[CycleState, tuple[Any, str]] = {
    CycleState.OPEN: (_l("Open for marks"), "info"),
    CycleState.SCORED: (_l("Result proposed"), "attention"),
    CycleState.PUBLISHED: (_l("Published"), "good"),
}


def points(value: Decimal | str | None) -> str:
    """Points as they were rounded, without zeros that say nothing: 92.5, 100, – when there are none."""
    if value is None:
        return "–"
    text = format(Decimal(value), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def contribution(part: Part, siblings: tuple[Part, ...]) -> Decimal | None:
    """How many points of the part above come from this one, to two decimals."""
    total = sum((one.weight for one in siblings if one.standing.counts), Decimal(0))
    if part.value is None or not part.standing.counts or not total:
        return None
    return (part.value * part.weight / total).quantize(Decimal("0.01"))
