"""From what is known of a body to its score: the tree of parts, what integrity costs and candour earns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from portal.evaluation.evidence import AnswersEvidence, FigureEvidence, MarkEvidence, RatingEvidence
from portal.evaluation.rules.achievement import achievement, standing
from portal.evaluation.rules.parts import WHOLE, combine, leaf, rounded, scored_share, unscored
from portal.evaluation.rules.satisfaction import Summary, satisfaction
from portal.evaluation.rules.weights import shares_by
from portal.evaluation.values import (
    AppealState,
    Credit,
    Deduction,
    Element,
    Group,
    Liability,
    Method,
    Part,
    PartKind,
    Raters,
    Score,
    Standing,
)
from portal.registry.values import Direction

LEAST_SCORED = Decimal(50)
"""A result of which less than this share (per cent) could be scored is not published."""


@dataclass(frozen=True)
class Measured:
    """An indicator of the body with its weight, and its published figure if there is one."""

    indicator: str
    direction: Direction
    weight: Decimal
    figure: FigureEvidence | None


@dataclass(frozen=True)
class RatedMonth:
    """A published month of a service, with its summary where it has numbers.

    `parts` are the same of its ratings with and without a rating code; None where the two are not shown apart.
    """

    evidence: RatingEvidence
    whole: Summary | None
    parts: Mapping[Raters, Summary | None] | None = None


@dataclass(frozen=True)
class Rated:
    """A service of the body, by its published months."""

    service: str
    months: Sequence[RatedMonth]


@dataclass(frozen=True)
class FalseFigure:
    """A figure two officers found false and whose correction is published.

    `appeal` and `assessor` as in `Deduction`.
    """

    figure: str
    partly: bool
    edition: int
    appeal: AppealState | None = None
    assessor: Liability | None = None


@dataclass(frozen=True)
class Disclosed:
    """A figure whose error the body disclosed before anything public spoke of it.

    `upheld` as `Credit.withdrawn`.
    """

    figure: str
    edition: int
    upheld: int | None = None


@dataclass(frozen=True)
class Known:
    """Everything a score is made of."""

    measured: Sequence[Measured] = ()
    rated: Sequence[Rated] = ()
    marks: Mapping[tuple[Element, Group], Sequence[MarkEvidence]] = field(default_factory=dict)
    false_figures: Sequence[FalseFigure] = ()
    answered: Mapping[str, Sequence[AnswersEvidence]] = field(default_factory=dict)
    """By service of the body."""
    disclosed: Sequence[Disclosed] = ()


def score(method: Method, known: Known) -> Score:
    """The score and all it was made of. Nothing depends on the order of what is known."""
    elements = [_element(element, weight, method, known) for element, weight in method.elements.items()]
    whole = combine(PartKind.WHOLE, "whole", WHOLE, elements)
    deductions = integrity(method, known.false_figures)
    counted = (one.points for one in deductions if one.counts)
    deducted = min(method.integrity_most, sum(counted, Decimal(0)))
    credits = candour(method, known.disclosed)
    earned = sum((one.points for one in credits if one.counts), Decimal(0))
    credited = min(method.integrity_points, earned)

    def less(points: Decimal | None) -> Decimal | None:
        if points is None:
            return None
        return min(WHOLE, max(Decimal(0), rounded(points - deducted + credited)))

    return Score(
        less(whole.value),
        less(whole.low),
        less(whole.high),
        whole,
        deductions,
        deducted,
        scored_share(whole),
        credits,
        credited,
    )


def integrity(method: Method, found: Sequence[FalseFigure]) -> tuple[Deduction, ...]:
    """One deduction per false figure, however many people reported it; half when false in part only."""
    by_figure: dict[str, Deduction] = {}
    for one in sorted(found, key=lambda item: (item.figure, item.partly, item.edition)):
        points = rounded(method.integrity_points / 2) if one.partly else method.integrity_points
        taken = Deduction(one.figure, points, one.edition, one.appeal, one.assessor)
        by_figure.setdefault(one.figure, taken)
    return tuple(by_figure.values())


def candour(method: Method, found: Sequence[Disclosed]) -> tuple[Credit, ...]:
    """What the body earns for each error it disclosed itself; nothing in cycles that give no such credit."""
    if not method.credit_points:
        return ()
    ordered = sorted(found, key=lambda item: item.figure)
    return tuple(Credit(one.figure, method.credit_points, one.edition, one.upheld) for one in ordered)


def _element(element: Element, weight: Decimal, method: Method, known: Known) -> Part:
    groups = [_group(group, share, element, method, known) for group, share in method.groups[element].items()]
    return combine(PartKind.ELEMENT, element, weight, groups)


def _group(group: Group, weight: Decimal, element: Element, method: Method, known: Known) -> Part:
    if group is Group.RESULTS:
        return combine(PartKind.GROUP, group, weight, [_indicator(one) for one in known.measured])
    if group is Group.SERVICE_OBJECTS:
        return _service_objects(weight, known.rated, method)
    if group is Group.ANSWERS:
        return combine(PartKind.GROUP, group, weight, _answers(known.answered))
    marks = sorted(known.marks.get((element, group), ()), key=lambda mark: (mark.value, mark.reason_digest or ""))
    if not marks:
        return unscored(PartKind.GROUP, group, weight, Standing.NO_MARK)
    mean = rounded(sum((mark.value for mark in marks), Decimal(0)) / len(marks))
    return leaf(PartKind.GROUP, group, weight, mean, evidence=marks)


def _indicator(one: Measured) -> Part:
    figure = one.figure
    if figure is None:
        return unscored(PartKind.INDICATOR, one.indicator, one.weight, Standing.NOT_PUBLISHED)
    how = standing(figure.target, figure.actual, one.direction, voided=figure.notice is not None)
    if how is not Standing.SCORED or figure.target is None or figure.actual is None:
        return unscored(PartKind.INDICATOR, one.indicator, one.weight, how, [figure])
    points = achievement(figure.target, figure.actual, one.direction)
    return leaf(PartKind.INDICATOR, one.indicator, one.weight, points, evidence=[figure])


def _service_objects(weight: Decimal, rated: Sequence[Rated], method: Method) -> Part:
    """Ratings with a code and those without are parts of their own, each with its weight."""
    share, fewest = method.verified_share, method.fewest_marks
    if share is None:
        return combine(PartKind.GROUP, Group.SERVICE_OBJECTS, weight, _services(rated, fewest))
    shares = {Raters.VERIFIED: share, Raters.UNVERIFIED: WHOLE - share}
    parts = [
        combine(PartKind.RATERS, raters, part, _services([of(one, raters) for one in rated], fewest))
        for raters, part in shares.items()
        if part
    ]
    return combine(PartKind.GROUP, Group.SERVICE_OBJECTS, weight, parts)


def of(rated: Rated, raters: Raters) -> Rated:
    """The ratings of one kind. Where a month does not show them apart, nothing shows that any was verified: then
    all of its ratings count as unverified."""
    return Rated(rated.service, [_month_of(month, raters) for month in rated.months])


def _month_of(month: RatedMonth, raters: Raters) -> RatedMonth:
    verified = raters is Raters.VERIFIED
    evidence = replace(month.evidence, code="with" if verified else "without", with_code=None)
    if month.parts is None:
        return RatedMonth(replace(evidence, n=None), None) if verified else RatedMonth(evidence, month.whole)
    part = month.parts[raters]
    return RatedMonth(replace(evidence, n=part.n if part else 0), part)


def _services(rated: Sequence[Rated], fewest: int) -> list[Part]:
    """Services weigh by their marks; those with too few say nothing and weigh nothing."""
    enough = {one.service: Decimal(n) for one in rated if (n := _marks(one)) >= fewest}
    shares = shares_by(enough)
    return [_service(one, shares.get(one.service)) for one in rated]


def _answers(answered: Mapping[str, Sequence[AnswersEvidence]]) -> list[Part]:
    """The share of answers that came in time, of all whose time has passed; by these numbers services weigh."""
    due = {service: Decimal(sum(one.due for one in months)) for service, months in answered.items()}
    shares = shares_by(due)
    parts = []
    for service, months in answered.items():
        evidence = sorted(months, key=lambda one: one.period)
        if service not in shares:
            parts.append(unscored(PartKind.SERVICE, service, Decimal(0), Standing.NO_ANSWERS, evidence))
            continue
        in_time = Decimal(sum(one.in_time for one in months))
        points = rounded(WHOLE * in_time / due[service])
        parts.append(leaf(PartKind.SERVICE, service, shares[service], points, evidence=evidence))
    return parts


def _service(one: Rated, share: Decimal | None) -> Part:
    evidence = sorted((month.evidence for month in one.months), key=lambda month: month.period)
    if share is None:
        why = Standing.TOO_FEW if evidence else Standing.NO_SUMMARY
        return unscored(PartKind.SERVICE, one.service, Decimal(0), why, evidence)
    points = satisfaction([month.whole for month in one.months if month.whole is not None])
    return leaf(
        PartKind.SERVICE,
        one.service,
        share,
        points.value,
        low=points.low,
        high=points.high,
        evidence=evidence,
    )


def _marks(one: Rated) -> int:
    return sum(month.whole.n for month in one.months if month.whole is not None)
