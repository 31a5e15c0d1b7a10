"""What is known of an invented body, built by hand or drawn by hypothesis, for the pure rules."""

from decimal import Decimal

from hypothesis import strategies as st

from portal.evaluation.evidence import FigureEvidence, MarkEvidence, RatingEvidence
from portal.evaluation.rules.satisfaction import LevelShare, Summary
from portal.evaluation.rules.scoring import Disclosed, FalseFigure, Known, Measured, Rated, RatedMonth
from portal.evaluation.rules.weights import shares_by
from portal.evaluation.values import Element, Group, Raters
from portal.ratings.rules import wilson
from portal.registry.values import Direction


def figure(
    indicator: str,
    target: str | None,
    actual: str | None,
    *,
    edition: int = 1,
    cause: str = "scheduled",
    notice: int | None = None,
) -> FigureEvidence:
    return FigureEvidence(
        indicator,
        "2025",
        edition,
        cause,
        None if target is None else Decimal(target),
        None if actual is None else Decimal(actual),
        notice,
    )


def measured(
    indicator: str, weight: str, found: FigureEvidence | None, direction: Direction = Direction.UP
) -> Measured:
    return Measured(indicator, direction, Decimal(weight), found)


def summary(*counts: int) -> Summary:
    """A month with so many marks of level 1, 2, 3, 4, 5, as the ratings room publishes it."""
    n = sum(counts)
    shares = {level: wilson(count, n) for level, count in enumerate(counts, start=1)}
    return Summary(
        n,
        {k: LevelShare(Decimal(s.share), Decimal(s.low), Decimal(s.high)) for k, s in shares.items()},
    )


def rated(service: str, *months: Summary) -> Rated:
    return Rated(
        service,
        [
            RatedMonth(RatingEvidence(service, f"2025-{place:02}", place, month.n), month)
            for place, month in enumerate(months, start=1)
        ],
    )


def apart(service: str, verified: Summary | None, unverified: Summary | None) -> Rated:
    """One month of which ratings with and without a rating code are shown apart."""
    n = sum(one.n for one in (verified, unverified) if one)
    evidence = RatingEvidence(service, "2025-01", 1, n, verified.n if verified else 0)
    parts = {Raters.VERIFIED: verified, Raters.UNVERIFIED: unverified}
    return Rated(service, [RatedMonth(evidence, summary(0, 0, 0, 0, n) if n else None, parts)])


def marks(group: Group, *values: str) -> list[MarkEvidence]:
    return [MarkEvidence(group, Decimal(value)) for value in values]


numbers = st.decimals(-1000, 1000, places=2)
directions = st.sampled_from([Direction.UP, Direction.DOWN])


@st.composite
def knowns(draw: st.DrawFn) -> Known:
    """Anything a body can be known by: figures with gaps, ratings few and many, marks, false figures."""
    codes = [f"i{number}" for number in range(draw(st.integers(0, 6)))]
    weights = shares_by({code: Decimal(draw(st.integers(1, 50))) for code in codes})
    found = [
        Measured(
            code,
            draw(st.sampled_from(Direction)),
            weights[code],
            draw(
                st.none()
                | st.builds(
                    FigureEvidence,
                    st.just(code),
                    st.just("2025"),
                    st.integers(1, 9),
                    st.just("scheduled"),
                    st.none() | numbers,
                    st.none() | numbers,
                    st.none() | st.integers(1, 9),
                )
            ),
        )
        for code in codes
    ]
    counts = st.lists(st.integers(0, 40), min_size=5, max_size=5).filter(any)
    services = [
        rated(f"s{number}", *(summary(*draw(counts)) for _ in range(draw(st.integers(0, 3)))))
        for number in range(draw(st.integers(0, 3)))
    ]
    values = st.lists(st.decimals(0, 100, places=1), max_size=3)
    entered = {
        (element, group): [MarkEvidence(group, value) for value in draw(values)]
        for element, group in (
            (Element.DEPARTMENT_PERFORMANCE, Group.COMMITTEE),
            (Element.ORGANISATIONAL_ABILITY, Group.SELF),
            (Element.ORGANISATIONAL_ABILITY, Group.HIGHER_GOVERNMENT),
        )
    }
    false = [
        FalseFigure(f"b/{code}/2025", draw(st.booleans()), draw(st.integers(1, 9)))
        for code in draw(st.lists(st.sampled_from(codes), max_size=4) if codes else st.just([]))
    ]
    told = [
        Disclosed(f"b/{code}/2025", draw(st.integers(1, 9)), draw(st.none() | st.just(10))) for code in codes[:3]
    ]
    return Known(found, services, entered, false, disclosed=told)
