"""A figure is reported, found false, corrected: the body's evaluation changes, and says why, and no more.

If this failed, a falsified figure would go on earning points, or the score would tell of a case before the
public log does.
"""

import pytest

from portal.cases.rules import FOUND_FALSE
from portal.cases.values import Finding
from portal.duties.queries import duties_of, signatures_waiting_for
from portal.evaluation import services
from portal.evaluation.jobs import look_for_outdated_results
from portal.evaluation.queries import compute, find_published
from portal.evaluation.values import ReasonCode, Standing
from portal.foundation.context import Portal
from portal.publishing.queries import current_edition, find_figure
from portal.publishing.services import append_waiting, approve_correction
from portal.publishing.values import FigureKey
from tests.conftest import Beginning, World, new_client
from tests.factories import publishing as published
from tests.factories.cases import Filed, Office, an_office, answer, desk_of, filed_report, heard
from tests.factories.evaluation import Setting, an_evaluation, published_result, score_now

PARKS = FigureKey("DPR", "clean-parks", "2022")
PAGE = "/evaluations/2022/DPR"


@pytest.fixture
def beginning(request: pytest.FixtureRequest) -> Beginning | None:
    return an_evaluation if "setting" in request.fixturenames else None


@pytest.fixture
def setting(portal: Portal, world: World) -> Setting:
    return world.told_in(portal)


def found(portal: Portal, office: Office, report: Filed, finding: Finding) -> None:
    """Two officers find it, and its notice is appended."""
    ada, ben = desk_of(portal, office.officer), desk_of(portal, office.decider)
    answer(ada, report.address + "/acknowledge")
    answer(ada, report.address + "/assign", person=office.officer.id)
    if finding in FOUND_FALSE:
        heard(portal, office.officer, report.case_id)
    answer(ada, report.address + "/propose", finding=finding.value, reason="The sheets are empty.")
    answer(ben, report.address + "/decide")


def corrected(portal: Portal, office: Office, report: Filed, actual: str) -> int:
    answer(
        desk_of(portal, office.officer), report.address + "/correct", new_actual=actual, reason="The field office."
    )
    now = portal.clock.now()
    with portal.database.write() as session:
        (proposal,) = signatures_waiting_for(session, office.decider.actor, now=now)
        approve_correction(session, proposal_id=proposal.id, actor=office.decider.actor, now=now)
    append_waiting(portal)
    with portal.database.read() as session:
        return current_edition(session).n


def test_the_evaluation_follows_a_case_from_its_notice_to_its_correction(setting: Setting) -> None:
    portal = setting.portal
    first = published_result(setting)
    before = score_now(setting)
    office = an_office(portal)
    report = filed_report(portal)
    assert score_now(setting) == before, "a report alone moves nothing"

    found(portal, office, report, Finding.UPHELD)
    assert score_now(setting) == before, "a finding moves nothing before its notice is public"
    append_waiting(portal)
    with portal.database.read() as session:
        computed = compute(session, cycle="2022", body="DPR")
    results = computed.score.whole.parts[0].parts[0]
    parks = next(part for part in results.parts if part.code == "clean-parks")
    assert (parks.standing, parks.value) == (Standing.VOIDED, 0)
    assert computed.score.deductions == (), "points are deducted with the correction, not with the notice"
    assert computed.score.value is not None and before is not None and computed.score.value < before
    assert computed.reason_code is ReasonCode.FIGURE_VOIDED

    look_for_outdated_results(portal)
    with portal.database.read() as session:
        waiting = duties_of(session, setting.officer.actor, now=portal.clock.now())
    assert [duty.address for duty in waiting if duty.kind == services.REVIEW] == ["/desk/evaluation/2022/DPR"]

    correction = corrected(portal, office, report, "61.5")
    second = published_result(setting, reason="A figure was corrected after an upheld report.")
    with portal.database.read() as session:
        result = find_published(session, "2022", "DPR", edition=second)
    assert result is not None
    assert (result.reason_code, result.replaces) == (ReasonCode.INTEGRITY_DEDUCTION, first)
    assert [(one.figure, one.points, one.edition) for one in result.score.deductions] == [
        ("DPR/clean-parks/2022", 5, correction)
    ]
    page = new_client(portal).get(PAGE).get_data(as_text=True)
    for words in (
        "Why the score changed from",
        "corrected after an upheld report",
        "91.50%",
        "61.5%",
        "5 points were deducted for integrity, because this figure was found false:",
        "A figure was corrected after an upheld report.",
    ):
        assert words in page, words
    for secret in (
        "The sheets are empty.",
        "The parks were never inspected.",
        office.officer.name,
        report.case_id,
    ):
        assert secret not in page


def test_two_cases_on_one_figure_cost_its_points_once(setting: Setting) -> None:
    portal = setting.portal
    office = an_office(portal)
    reports = [filed_report(portal), filed_report(portal)]
    for report in reports:
        found(portal, office, report, Finding.UPHELD)
    append_waiting(portal)
    corrected(portal, office, reports[0], "61.5")
    with portal.database.read() as session:
        computed = compute(session, cycle="2022", body="DPR")
    assert computed.score.deducted == 5
    assert len(computed.score.deductions) == 1


def test_a_partly_false_figure_costs_half_and_an_honest_one_nothing(setting: Setting) -> None:
    portal = setting.portal
    office = an_office(portal)
    honest = filed_report(portal)
    found(portal, office, honest, Finding.NOT_UPHELD)
    append_waiting(portal)
    with portal.database.read() as session:
        assert compute(session, cycle="2022", body="DPR").score.deducted == 0
    partly = filed_report(portal)
    found(portal, office, partly, Finding.PARTLY)
    append_waiting(portal)
    corrected(portal, office, partly, "80")
    with portal.database.read() as session:
        score = compute(session, cycle="2022", body="DPR").score
    assert str(score.deducted) == "2.50"


def disclosed(portal: Portal, setting: Setting, actual: str = "88.0") -> int:
    """The body's own correction of its figure, published."""
    with portal.database.read() as session:
        figure = find_figure(session, PARKS, edition=current_edition(session).n)
    assert figure is not None
    told = published.figure(actual=actual, replaces=figure.current.edition, cause="self-disclosed")
    return published.append(portal, told, kind="correction")


def credits_now(portal: Portal) -> list[tuple[int, int | None]]:
    with portal.database.read() as session:
        score = compute(session, cycle="2022", body="DPR").score
    assert score.credited == sum(one.points for one in score.credits if one.counts)
    return [(one.edition, one.withdrawn) for one in score.credits]


def test_a_disclosed_error_is_credited_whether_or_not_somebody_reported_it(setting: Setting) -> None:
    """If only unreported errors were credited, the score would tell the body that a report exists."""
    portal = setting.portal
    office = an_office(portal)
    report = filed_report(portal)
    first = published_result(setting)
    told = disclosed(portal, setting)
    assert credits_now(portal) == [(told, None)]
    second = published_result(setting)
    page = new_client(portal).get(PAGE).get_data(as_text=True)
    assert "1 points, because the body itself disclosed an error in this figure:" in page
    assert "with 1 for errors the body disclosed itself" in page
    with portal.database.read() as session:
        result = find_published(session, "2022", "DPR", edition=second)
    assert result is not None and (result.replaces, result.score.credited) == (first, 1)

    found(portal, office, report, Finding.UPHELD)
    append_waiting(portal)
    assert credits_now(portal) == [(told, None)], "a neutral notice takes nothing"
    upheld = corrected(portal, office, report, "61.5")
    assert credits_now(portal) == [(told, upheld)]
    published_result(setting)
    page = new_client(portal).get(PAGE).get_data(as_text=True)
    assert "Withdrawn: a report about this figure was upheld in edition" in page
    assert "points credited for disclosing an error were withdrawn, because a report about this figure" in page


def test_a_dismissed_report_takes_no_credit(setting: Setting) -> None:
    portal = setting.portal
    office = an_office(portal)
    honest = filed_report(portal)
    told = disclosed(portal, setting)
    found(portal, office, honest, Finding.NOT_UPHELD)
    append_waiting(portal)
    assert credits_now(portal) == [(told, None)]


def test_what_the_body_tells_after_a_public_mark_earns_nothing(setting: Setting) -> None:
    portal = setting.portal
    mark = {"t": "notice", **PARKS._asdict(), "state": "under-review"}
    published.append(portal, mark, kind="notice")
    disclosed(portal, setting)
    assert credits_now(portal) == []


def test_a_correction_that_changes_nothing_earns_nothing(setting: Setting) -> None:
    disclosed(setting.portal, setting, actual="91.50")
    assert credits_now(setting.portal) == []
