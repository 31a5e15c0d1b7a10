"""`python -m portal evaluation compute` explains a score on a terminal."""

from click.testing import CliRunner

from portal.evaluation.cli import evaluation
from portal.foundation.context import Portal
from tests.factories.evaluation import an_evaluation, published_result, score_now


def test_the_score_is_printed_with_what_it_is_made_of(portal: Portal) -> None:
    setting = an_evaluation(portal)
    edition = published_result(setting)
    run = CliRunner().invoke(evaluation, ["compute", "--cycle", "2022", "--body", "DPR"], obj=portal)
    assert run.exit_code == 0, run.output
    for words in (
        f"{score_now(setting)} of 100",
        "actual 91.50, target 85, edition 1 (scheduled)",
        "2022-03: 50 ratings with a rating code, edition 2",
        "2022-03: 30 ratings without a rating code, edition 2",
        "mark 90",
        "committee  weight 15 %  no-mark",
        f"the same as the result published in edition {edition}",
    ):
        assert words in run.output, words


def test_an_unknown_cycle_is_said_so(portal: Portal) -> None:
    run = CliRunner().invoke(evaluation, ["compute", "--cycle", "none", "--body", "DPR"], obj=portal)
    assert run.exit_code == 1
    assert "There is no such evaluation cycle." in run.output
