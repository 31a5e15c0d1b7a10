"""The page can say why a score moved: which correction a case led to, which deduction, which edition."""

from dataclasses import replace

from hypothesis import given

from portal.evaluation.rules.changes import ChangeKind, changes, reason_for
from portal.evaluation.rules.scoring import FalseFigure, Known, score
from portal.evaluation.rules.weights import default_method
from portal.evaluation.values import Element, Group, ReasonCode
from portal.registry.values import Direction
from tests.evaluation.known import figure, knowns, marks, measured, rated, summary

METHOD = replace(default_method(), verified_share=None)  # as cycles of before: all ratings together


def known(review: object) -> Known:
    return Known(
        measured=[
            measured("reviews", "50", review, Direction.DOWN),  # type: ignore[arg-type]
            measured("visits", "50", figure("visits", "100", "90")),
        ],
        rated=[rated("permits", summary(0, 0, 0, 0, 60))],
        marks={(Element.ORGANISATIONAL_ABILITY, Group.SELF): marks(Group.SELF, "90")},
    )


BEFORE = known(figure("reviews", "10", "8.5", edition=3))
VOIDED = known(figure("reviews", "10", "8.5", edition=3, notice=12))
CORRECTED = replace(
    known(figure("reviews", "10", "11.2", edition=14, cause="upheld-report")),
    false_figures=[FalseFigure("b/reviews/2025", partly=False, edition=14)],
)


def test_a_voided_figure_is_named_with_the_edition_of_its_notice() -> None:
    moved = changes(score(METHOD, BEFORE), score(METHOD, VOIDED))
    assert [(one.kind, one.code, one.edition) for one in moved] == [(ChangeKind.FIGURE_VOIDED, "reviews", 12)]
    assert (moved[0].before, moved[0].after) == (100, 0)
    assert reason_for(moved) is ReasonCode.FIGURE_VOIDED


def test_a_correction_a_case_led_to_is_named_with_its_values_and_its_deduction() -> None:
    moved = changes(score(METHOD, BEFORE), score(METHOD, CORRECTED))
    corrected, deducted = moved
    assert (deducted.kind, deducted.code, deducted.after, deducted.edition) == (
        ChangeKind.DEDUCTED,
        "b/reviews/2025",
        5,
        14,
    )
    assert (corrected.kind, corrected.edition, corrected.cause) == (
        ChangeKind.FIGURE_CORRECTED,
        14,
        "upheld-report",
    )
    assert (str(corrected.actual_before), str(corrected.actual_after)) == ("8.5", "11.2")
    assert (corrected.before, corrected.after) == (100, 88)
    assert reason_for(moved) is ReasonCode.INTEGRITY_DEDUCTION


def test_a_lifted_notice_lets_the_figure_count_again() -> None:
    moved = changes(score(METHOD, VOIDED), score(METHOD, BEFORE))
    assert [one.kind for one in moved] == [ChangeKind.FIGURE_COUNTS_AGAIN]


def test_a_scheduled_new_version_is_no_correction() -> None:
    later = known(figure("reviews", "10", "8.4", edition=5))
    moved = changes(score(METHOD, BEFORE), score(METHOD, later))
    assert [one.kind for one in moved] == [ChangeKind.FIGURE_REVISED]
    assert reason_for(moved) is ReasonCode.NEW_EVIDENCE


def test_marks_and_ratings_that_moved_are_named() -> None:
    later = replace(
        BEFORE,
        rated=[rated("permits", summary(0, 0, 0, 0, 60), summary(60, 0, 0, 0, 0))],
        marks={(Element.ORGANISATIONAL_ABILITY, Group.SELF): marks(Group.SELF, "70")},
    )
    moved = changes(score(METHOD, BEFORE), score(METHOD, later))
    assert {one.kind for one in moved} == {ChangeKind.RATINGS, ChangeKind.MARKS}
    assert reason_for(moved) is ReasonCode.MARKS_CHANGED


@given(knowns())
def test_nothing_moves_between_a_result_and_itself(one: Known) -> None:
    assert changes(score(METHOD, one), score(METHOD, one)) == ()


@given(knowns(), knowns())
def test_a_score_never_moves_without_a_reason(one: Known, other: Known) -> None:
    before, after = score(METHOD, one), score(METHOD, other)
    if before.value != after.value:
        assert changes(before, after) != ()
