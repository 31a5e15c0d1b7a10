"""A score is a tree of parts: bounded, monotone, indifferent to order, and never raised by voiding."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.evaluation.evidence import AnswersEvidence, RatingEvidence
from portal.evaluation.rules.scoring import Disclosed, FalseFigure, Known, score
from portal.evaluation.rules.weights import default_method
from portal.evaluation.statements import score_from_json, score_to_json
from portal.evaluation.values import Element, Group, Part, PartKind, Raters, Standing
from portal.registry.values import Direction
from tests.evaluation.known import apart, figure, knowns, marks, measured, rated, summary

METHOD = replace(default_method(), verified_share=None)  # as cycles of before: all ratings together


def parts(part: Part) -> Iterator[Part]:
    yield part
    for child in part.parts:
        yield from parts(child)


def found(known: Known, code: str) -> Part:
    return next(part for part in parts(score(METHOD, known).whole) if part.code == code)


WELL_KNOWN = Known(
    measured=[
        measured("reviews", "60", figure("reviews", "12", "8.5"), Direction.DOWN),
        measured("visits", "40", figure("visits", "100", "90")),
    ],
    rated=[rated("permits", summary(0, 0, 0, 0, 60))],
    marks={
        (Element.DEPARTMENT_PERFORMANCE, Group.COMMITTEE): marks(Group.COMMITTEE, "70", "80"),
        (Element.ORGANISATIONAL_ABILITY, Group.SELF): marks(Group.SELF, "90"),
        (Element.ORGANISATIONAL_ABILITY, Group.HIGHER_GOVERNMENT): marks(Group.HIGHER_GOVERNMENT, "60"),
    },
)


def test_a_score_can_be_recomputed_with_a_pocket_calculator() -> None:
    results = Decimal("0.6") * 100 + Decimal("0.4") * 90  # 96
    department = Decimal("0.7") * results + Decimal("0.15") * 75 + Decimal("0.15") * 100  # 93.45
    ability = Decimal("0.6") * 90 + Decimal("0.4") * 60  # 78
    whole = Decimal("0.6") * department + Decimal("0.25") * 100 + Decimal("0.15") * ability
    found = score(METHOD, WELL_KNOWN)
    assert found.value == whole == Decimal("92.77")
    assert found.scored_share == 100
    assert found.low is not None and found.low < found.value


def test_what_is_missing_is_not_scored_and_its_weight_goes_to_its_siblings() -> None:
    gap = replace(
        WELL_KNOWN,
        measured=[
            measured("reviews", "60", figure("reviews", None, "8.5"), Direction.DOWN),
            measured("visits", "40", figure("visits", "100", "90")),
        ],
    )
    assert found(gap, "reviews").standing is Standing.NO_TARGET
    assert found(gap, "reviews").value is None
    assert found(gap, Group.RESULTS).value == 90
    assert score(METHOD, gap).scored_share == Decimal("74.80")


def test_too_few_ratings_say_nothing() -> None:
    few = replace(WELL_KNOWN, rated=[rated("permits", summary(0, 0, 0, 0, 29))])
    assert found(few, "permits").standing is Standing.TOO_FEW
    assert found(few, Element.BUSINESS_PROCESSING).standing is Standing.NOTHING_SCORED
    enough = replace(WELL_KNOWN, rated=[rated("permits", summary(0, 0, 0, 0, 14), summary(0, 0, 0, 0, 16))])
    assert found(enough, "permits").value == 100


APART = replace(METHOD, verified_share=Decimal(60))


def raters(known: Known, which: Raters) -> Part:
    return next(part for part in parts(score(APART, known).whole) if part.code == which)


def test_ratings_with_and_without_a_code_are_parts_of_their_own() -> None:
    coded, uncoded = summary(0, 0, 40, 0, 0), summary(0, 0, 0, 0, 30)  # 50 points, and 100
    known = replace(WELL_KNOWN, rated=[apart("permits", coded, uncoded)])
    verified, unverified = raters(known, Raters.VERIFIED), raters(known, Raters.UNVERIFIED)
    assert (verified.weight, verified.value, unverified.weight, unverified.value) == (60, 50, 40, 100)
    whole = next(part for part in parts(score(APART, known).whole) if part.code == Group.SERVICE_OBJECTS)
    assert whole.value == Decimal("0.6") * 50 + Decimal("0.4") * 100
    for part, n, code in ((verified, 40, "with"), (unverified, 30, "without")):
        (evidence,) = part.parts[0].evidence
        assert isinstance(evidence, RatingEvidence)
        assert (evidence.n, evidence.code) == (n, code)


def test_a_month_that_does_not_show_them_apart_counts_as_unverified_alone() -> None:
    known = replace(WELL_KNOWN, rated=[rated("permits", summary(0, 0, 0, 0, 60))])
    assert raters(known, Raters.VERIFIED).standing is Standing.NOTHING_SCORED
    assert raters(known, Raters.UNVERIFIED).value == 100
    assert score(APART, known).value == score(METHOD, known).value  # its weight goes to the part beside it
    assert score(APART, known).scored_share < score(METHOD, known).scored_share


def test_too_few_ratings_of_one_kind_say_nothing_beside_many_of_the_other() -> None:
    known = replace(WELL_KNOWN, rated=[apart("permits", summary(29, 0, 0, 0, 0), summary(0, 0, 0, 0, 90))])
    assert raters(known, Raters.VERIFIED).parts[0].standing is Standing.TOO_FEW
    assert score(APART, known).value == score(APART, WELL_KNOWN).value


def answers(period: str, *counts: int) -> AnswersEvidence:
    return AnswersEvidence("permits", period, 1, *counts)


def test_answers_to_low_ratings_count_where_the_matrix_says_so() -> None:
    owed = {"permits": [answers("2025-02", 5, 2, 3), answers("2025-01", 10, 0, 0)], "parks": []}
    known = replace(WELL_KNOWN, answered=owed)
    assert score(METHOD, known) == score(METHOD, WELL_KNOWN)  # here it does not
    groups = {**METHOD.groups, Element.BUSINESS_PROCESSING: {Group.ANSWERS: Decimal(100)}}
    method = replace(METHOD, groups=groups)
    part = next(part for part in parts(score(method, known).whole) if part.code == Group.ANSWERS)
    assert part.value == 75  # 15 of the 20 whose time has passed
    assert [one.standing for one in part.parts] == [Standing.SCORED, Standing.NO_ANSWERS]
    assert [one.period for one in part.parts[0].evidence if isinstance(one, AnswersEvidence)] == [
        "2025-01",
        "2025-02",
    ]


def test_nobody_can_stand_in_for_those_who_were_served() -> None:
    stuffed = replace(
        WELL_KNOWN,
        rated=[],
        marks={(Element.BUSINESS_PROCESSING, Group.SERVICE_OBJECTS): marks(Group.SERVICE_OBJECTS, "100")},
    )
    assert found(stuffed, Element.BUSINESS_PROCESSING).standing is Standing.NOTHING_SCORED


def test_a_false_figure_costs_its_points_once_however_many_reported_it() -> None:
    false = FalseFigure("b/reviews/2025", partly=False, edition=14)
    before = score(METHOD, WELL_KNOWN)
    after = score(METHOD, replace(WELL_KNOWN, false_figures=[false, replace(false, edition=15), false]))
    assert before.value is not None and after.value == before.value - 5
    assert [one.edition for one in after.deductions] == [14]


def test_a_partly_false_figure_costs_half_and_a_limit_holds() -> None:
    partly = score(METHOD, replace(WELL_KNOWN, false_figures=[FalseFigure("b/x/2025", True, 3)]))
    assert partly.deducted == Decimal("2.5")
    many = [FalseFigure(f"b/i{n}/2025", False, n) for n in range(30)]
    assert score(METHOD, replace(WELL_KNOWN, false_figures=many)).deducted == 20


def test_a_disclosed_error_earns_its_points_until_a_report_about_it_is_upheld() -> None:
    told = Disclosed("b/reviews/2025", edition=9)
    before = score(METHOD, WELL_KNOWN)
    after = score(METHOD, replace(WELL_KNOWN, disclosed=[told]))
    assert before.value is not None and after.value == before.value + 1
    late = score(METHOD, replace(WELL_KNOWN, disclosed=[replace(told, upheld=14)]))
    assert (late.value, late.credited) == (before.value, 0)
    assert [(one.edition, one.withdrawn) for one in late.credits] == [(9, 14)]


def test_candour_earns_no_more_than_a_false_figure_costs_and_nothing_where_the_cycle_gives_none() -> None:
    many = [Disclosed(f"b/i{n}/2025", n) for n in range(1, 30)]
    assert score(METHOD, replace(WELL_KNOWN, disclosed=many)).credited == METHOD.integrity_points
    silent = replace(METHOD, credit_points=Decimal(0))
    assert score(silent, replace(WELL_KNOWN, disclosed=many)) == score(silent, WELL_KNOWN)


def test_nothing_known_gives_no_score_rather_than_zero() -> None:
    nothing = score(METHOD, Known())
    assert nothing.value is None
    assert nothing.scored_share == 0


@given(knowns())
def test_every_part_is_bounded_and_its_interval_encloses_it(known: Known) -> None:
    result = score(METHOD, known)
    for part in parts(result.whole):
        if part.value is None:
            assert part.low is part.high is None
        else:
            assert part.low is not None and part.high is not None
            assert 0 <= part.low <= part.value <= part.high <= 100
    assert 0 <= result.scored_share <= 100
    assert result.value is None or 0 <= result.value <= 100


@given(knowns())
def test_a_part_lies_between_the_parts_it_was_made_of(known: Known) -> None:
    for part in parts(score(METHOD, known).whole):
        values = [child.value for child in part.parts if child.value is not None and child.weight]
        if part.value is not None and values:
            assert min(values) <= part.value <= max(values)


@given(knowns())
def test_weights_add_up_in_every_part_that_was_scored(known: Known) -> None:
    for part in parts(score(METHOD, known).whole):
        if part.parts and part.standing is Standing.SCORED:
            assert sum(child.weight for child in part.parts) == 100


@given(knowns(), st.randoms())
def test_the_order_of_what_is_known_does_not_matter(known: Known, random: object) -> None:
    def mixed(items: object) -> list[object]:
        copy = list(items)  # type: ignore[call-overload]
        random.shuffle(copy)  # type: ignore[attr-defined]
        return copy

    shuffled = Known(
        mixed(known.measured),  # type: ignore[arg-type]
        [replace(one, months=mixed(one.months)) for one in mixed(known.rated)],  # type: ignore[attr-defined,type-var,misc]
        {key: mixed(known.marks[key]) for key in mixed(known.marks)},  # type: ignore[misc]
        mixed(known.false_figures),  # type: ignore[arg-type]
        disclosed=mixed(known.disclosed),  # type: ignore[arg-type]
    )
    assert score(METHOD, shuffled) == score(METHOD, known)


@given(knowns(), st.data())
def test_voiding_a_figure_never_raises_the_score(known: Known, data: st.DataObject) -> None:
    figures = [n for n, one in enumerate(known.measured) if one.figure is not None]
    if not figures:
        return
    place = data.draw(st.sampled_from(figures))
    changed = list(known.measured)
    evidence = changed[place].figure
    assert evidence is not None
    changed[place] = replace(changed[place], figure=replace(evidence, notice=7))
    before, after = score(METHOD, known), score(METHOD, replace(known, measured=changed))
    assert before.value is None or (after.value is not None and after.value <= before.value)


@given(knowns(), st.text("xyz", min_size=1, max_size=2))
def test_a_deduction_never_raises_the_score(known: Known, name: str) -> None:
    more = replace(known, false_figures=[*known.false_figures, FalseFigure(f"b/{name}/2025", False, 3)])
    before, after = score(METHOD, known), score(METHOD, more)
    assert before.value is None or (after.value is not None and after.value <= before.value)


@given(knowns(), st.decimals(0, 50, places=2))
def test_a_better_figure_never_lowers_the_score(known: Known, gain: Decimal) -> None:
    better = [
        replace(one, figure=replace(one.figure, actual=one.figure.actual + gain))
        if one.direction is Direction.UP and one.figure is not None and one.figure.actual is not None
        else one
        for one in known.measured
    ]
    before, after = score(METHOD, known), score(METHOD, replace(known, measured=better))
    assert before.value is None or (after.value is not None and after.value >= before.value)


@given(knowns())
def test_a_published_score_is_read_back_as_it_was(known: Known) -> None:
    result = score(METHOD, known)
    assert score_to_json(score_from_json(score_to_json(result))) == score_to_json(result)
    assert score_from_json(score_to_json(result)) == result


@pytest.mark.parametrize("group", [Group.RESULTS, Group.SERVICE_OBJECTS])
def test_a_body_without_figures_or_services_is_scored_on_the_rest(group: Group) -> None:
    bare = Known(marks=WELL_KNOWN.marks)
    assert found(bare, group).standing is Standing.NOTHING_SCORED
    assert found(bare, group).kind is PartKind.GROUP
    assert score(METHOD, bare).value is not None
