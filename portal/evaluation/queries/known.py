"""What is known of a body in a cycle as of an edition: published figures and ratings, marks, false figures.

A figure found false in a case counts here only through what is published of it: it is voided while a
published notice marks it, and costs points once its correction is published. So a result never says
more about a case than the public log does. An error that the body disclosed is credited by what is published of
the figure alone: whether a report is under way changes nothing before it is upheld in public.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.cases.queries import upheld_for_evaluation
from portal.cases.values import Finding, UpheldFigure
from portal.evaluation.evidence import AnswersEvidence, FigureEvidence, MarkEvidence, RatingEvidence
from portal.evaluation.models import IndicatorWeightRow
from portal.evaluation.queries.appeals import appeal_of_body, liability
from portal.evaluation.queries.cycles import marks_of
from portal.evaluation.rules.satisfaction import LevelShare, Summary
from portal.evaluation.rules.scoring import Disclosed, FalseFigure, Known, Measured, Rated, RatedMonth
from portal.evaluation.rules.weights import indicator_shares
from portal.evaluation.values import AppealState, Cycle, Element, Group, Raters
from portal.publishing import queries as publishing
from portal.publishing.readings import Figure, RatingSummary
from portal.publishing.readings import LevelShare as Published
from portal.publishing.values import Cause
from portal.registry.queries import find_indicator
from portal.registry.values import Direction


def known_of(session: Session, cycle: Cycle, body: str, *, edition: int) -> Known:
    """Everything a body's score in the cycle is made of, as of `edition`."""
    figures = {
        figure.key.indicator: figure
        for figure in publishing.figures_of(session, body, edition=edition)
        if figure.key.period == cycle.period
    }
    upheld = upheld_for_evaluation(session, body, cycle.period)
    return Known(
        measured=_measured(session, cycle, body, figures, upheld, edition=edition),
        rated=_rated(session, cycle, body, edition=edition),
        answered=_answered(session, cycle, body, edition=edition),
        marks=_marks(session, cycle, body),
        false_figures=_false_figures(session, figures, upheld),
        disclosed=_disclosed(session, figures),
    )


def indicator_weights(
    session: Session, cycle: Cycle, body: str, indicators: Mapping[str, Direction]
) -> dict[str, Decimal]:
    """The settled weights, or those of the rule: the register's shares when whole, else equal ones."""
    settled = session.execute(
        select(IndicatorWeightRow.indicator, IndicatorWeightRow.weight).where(
            IndicatorWeightRow.cycle == cycle.code, IndicatorWeightRow.body == body
        )
    )
    rows = {indicator: Decimal(weight) for indicator, weight in settled}
    if rows:
        return rows
    judged = sorted(code for code, direction in indicators.items() if direction is not Direction.NONE)
    registered = {code: indicator.weight for code in judged if (indicator := find_indicator(session, code))}
    return indicator_shares(judged, registered)


def _measured(
    session: Session,
    cycle: Cycle,
    body: str,
    figures: Mapping[str, Figure],
    upheld: Sequence[UpheldFigure],
    *,
    edition: int,
) -> list[Measured]:
    published = publishing.indicators_named(session, figures, edition=edition)
    directions = {code: one.direction for code, one in published.items()}
    weights = indicator_weights(session, cycle, body, directions)
    missing = publishing.indicators_named(session, weights.keys() - directions.keys(), edition=edition)
    directions.update({code: one.direction for code, one in missing.items()})
    voided = {one.indicator for one in upheld if not one.corrected}
    return [
        Measured(
            indicator=code,
            direction=directions.get(code, Direction.NONE),
            weight=weight,
            figure=_evidence(figures[code], code in voided) if code in figures else None,
        )
        for code, weight in sorted(weights.items())
    ]


def _evidence(figure: Figure, found_false: bool) -> FigureEvidence:
    now = figure.current
    voided = found_false and figure.is_under_review
    return FigureEvidence(
        indicator=figure.key.indicator,
        period=figure.key.period,
        edition=now.edition,
        cause=now.cause.value,
        target=now.target,
        actual=now.actual,
        notice=figure.notices[-1].edition if voided else None,
    )


def _rated(session: Session, cycle: Cycle, body: str, *, edition: int) -> list[Rated]:
    months: dict[str, list[RatedMonth]] = defaultdict(list)
    for summary in publishing.rating_summaries(session, body=body, edition=edition):
        if cycle.ratings_from <= summary.period <= cycle.ratings_until:
            coded = summary.coded.n if summary.coded else None
            evidence = RatingEvidence(summary.service, summary.period, summary.edition, summary.n, coded)
            whole = None if summary.suppressed else _summary(summary.n, summary.shares)
            months[summary.service].append(RatedMonth(evidence, whole, _parts(summary)))
    services = publishing.list_services(session, body=body, edition=edition)
    return [Rated(service.code, months[service.code]) for service in services]


def _parts(published: RatingSummary) -> dict[Raters, Summary | None] | None:
    """The ratings with and without a rating code, where both are shown."""
    shown = {part.name: part for part in published.by.get("code", ()) if part.n is not None}
    if shown.keys() != {"with", "without"}:
        return None
    coded, uncoded = shown["with"], shown["without"]
    return {
        Raters.VERIFIED: _summary(coded.n, coded.shares),
        Raters.UNVERIFIED: _summary(uncoded.n, uncoded.shares),
    }


def _summary(n: int | None, shares: Sequence[Published]) -> Summary | None:
    if not n:
        return None
    return Summary(n, {int(one.level): LevelShare(one.share, one.low, one.high) for one in shares})


def _answered(session: Session, cycle: Cycle, body: str, *, edition: int) -> dict[str, Sequence[AnswersEvidence]]:
    """How the body answered low ratings of each service, of the months whose ratings count."""
    found: dict[str, Sequence[AnswersEvidence]] = {}
    for service in publishing.list_services(session, body=body, edition=edition):
        found[service.code] = [
            AnswersEvidence(
                *(service.code, one.period, one.edition),
                *(one.came[how] for how in ("in-time", "late", "overdue")),
            )
            for one in publishing.rating_answers(session, service.code, edition=edition)
            if cycle.ratings_from <= one.period <= cycle.ratings_until
        ]
    return found


def _marks(session: Session, cycle: Cycle, body: str) -> dict[tuple[Element, Group], list[MarkEvidence]]:
    found: dict[tuple[Element, Group], list[MarkEvidence]] = defaultdict(list)
    for mark in marks_of(session, cycle.code, body):
        found[mark.element, mark.group].append(MarkEvidence(mark.group, mark.value, mark.reason_digest))
    return found


def _false_figures(
    session: Session, figures: Mapping[str, Figure], upheld: Sequence[UpheldFigure]
) -> list[FalseFigure]:
    """Figures found false whose correction is public, cited by the first edition that corrected them."""
    found = []
    for one in upheld:
        figure = figures.get(one.indicator)
        corrected = [v.edition for v in figure.versions if v.cause is Cause.UPHELD_REPORT] if figure else []
        if figure and corrected:
            key = figure.key
            appeal, assessor = appeal_of_body(session, str(key)), liability(session, key)
            partly = one.finding is Finding.PARTLY
            found.append(FalseFigure(str(key), partly, corrected[0], appeal, assessor))
    return found


def _disclosed(session: Session, figures: Mapping[str, Figure]) -> list[Disclosed]:
    """Figures whose error the body disclosed before a public mark or an upheld report was about them.

    While the body's appeal against what the figure cost it is open, and when it was granted, the upheld report
    takes no credit either.
    """
    found = []
    for figure in figures.values():
        edition = disclosed_in(figure)
        if edition is None:
            continue
        upheld = next((v.edition for v in figure.versions if v.cause is Cause.UPHELD_REPORT), None)
        appeal = appeal_of_body(session, str(figure.key)) if upheld is not None else None
        lifted = appeal in (AppealState.OPEN, AppealState.GRANTED)
        found.append(Disclosed(str(figure.key), edition, None if lifted else upheld))
    return found


def disclosed_in(figure: Figure) -> int | None:
    """The edition in which the body corrected its own error; None when something public spoke of it before."""
    marks = [mark.edition for mark in figure.notices]
    marks += [version.edition for version in figure.versions if version.cause is Cause.UPHELD_REPORT]
    first = min(marks, default=None)
    for before, version in pairwise(figure.versions):
        if version.cause is Cause.SELF_DISCLOSED and not version.says_the_same_as(before):
            return version.edition if first is None or version.edition < first else None
    return None
