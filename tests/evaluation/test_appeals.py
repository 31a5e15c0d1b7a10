"""A body appeals against points taken, and whoever verified the figure against being kept from marking.

If this failed, those who found a figure false could confirm themselves, or an appeal would change nothing until it
was too late: points taken in public, the case behind them deleted.
"""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal.accounts.services import connect
from portal.accounts.values import ConnectionKind
from portal.cases.models import Case
from portal.cases.services import retention
from portal.cases.values import Finding, Hold
from portal.duties.errors import OwnProposal
from portal.duties.queries import duties_of
from portal.evaluation.errors import NoAppeal, TookPart
from portal.evaluation.jobs import look_for_outdated_results
from portal.evaluation.models import AppealRow
from portal.evaluation.queries import compute, find_published
from portal.evaluation.queries.appeals import is_kept_from_marking
from portal.evaluation.rules.appeals import liability_of, may_appeal, may_judge
from portal.evaluation.rules.scoring import FalseFigure, Known, integrity, score
from portal.evaluation.rules.weights import default_method
from portal.evaluation.services import appeals, judging
from portal.evaluation.values import AppealState, Liability, Party, ReasonCode
from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from portal.publishing.services import append_waiting
from tests.conftest import Beginning, World, new_client
from tests.evaluation.test_after_a_case import corrected, found
from tests.factories.accounts import Someone, person
from tests.factories.cases import Office, an_office, answer, desk_of, filed_report
from tests.factories.evaluation import Setting, an_evaluation, published_result, score_now

FIGURE = "DPR/clean-parks/2022"
WORDS = "The field office counted another park."


@pytest.mark.parametrize(
    ("due_on", "appealed", "expected"),
    [
        (date(2026, 3, 2), False, True),
        (date(2026, 3, 1), False, True),
        (date(2026, 2, 28), False, False),
        (date(2026, 3, 2), True, False),
        (None, False, False),
    ],
)
def test_an_appeal_is_filed_once_and_until_its_last_day(
    due_on: date | None, appealed: bool, expected: bool
) -> None:
    assert may_appeal(due_on=due_on, appealed=appealed, today=date(2026, 3, 1)) is expected


def test_nobody_decides_on_what_they_had_a_part_in_or_are_connected_to() -> None:
    assert may_judge("third", part={"proposer", "decider"}, connected=False)
    assert not may_judge("decider", part={"proposer", "decider"}, connected=False)
    assert not may_judge("third", part=set(), connected=True)


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ([], None),
        ([None], Liability.STANDS),
        ([AppealState.OPEN], Liability.SUSPENDED),
        ([AppealState.GRANTED], Liability.LIFTED),
        ([AppealState.DISMISSED], Liability.STANDS),
        ([AppealState.GRANTED, AppealState.OPEN], Liability.SUSPENDED),
        ([AppealState.GRANTED, None], Liability.STANDS),
    ],
)
def test_what_verifying_a_false_figure_costs_is_held_and_lifted_by_appeals(
    states: list[AppealState | None], expected: Liability | None
) -> None:
    assert liability_of(states) is expected


@pytest.mark.parametrize(
    ("state", "points"),
    [(None, 5), (AppealState.OPEN, 0), (AppealState.GRANTED, 0), (AppealState.DISMISSED, 5)],
)
def test_points_are_taken_unless_an_appeal_holds_or_lifts_them(state: AppealState | None, points: int) -> None:
    method = default_method()
    taken = [FalseFigure(FIGURE, False, 3, state)]
    assert [one.appeal for one in integrity(method, taken)] == [state]
    assert score(method, Known(false_figures=taken)).deducted == points


def a_figure_found_false(portal: Portal) -> dict[str, Any]:
    """It was reported, upheld and corrected after a first result was published; the next takes points for it."""
    setting = an_evaluation(portal)
    published_result(setting)
    office = an_office(portal)
    report = filed_report(portal)
    found(portal, office, report, Finding.UPHELD)
    append_waiting(portal)
    corrected(portal, office, report, "61.5")
    return {"setting": setting, "office": office}


@pytest.fixture
def beginning(request: pytest.FixtureRequest) -> Beginning | None:
    return a_figure_found_false if "setting" in request.fixturenames else None


@pytest.fixture
def told(portal: Portal, world: World) -> dict[str, Any]:
    return dict(world.told_in(portal))


@pytest.fixture
def setting(told: dict[str, Any]) -> Setting:
    there: Setting = told["setting"]
    return there


@pytest.fixture
def office(told: dict[str, Any]) -> Office:
    there: Office = told["office"]
    return there


def file(setting: Setting, someone: Someone, party: Party = Party.BODY) -> str:
    with setting.portal.database.write() as session:
        return appeals.file_appeal(
            session,
            figure=FIGURE,
            party=party,
            words=WORDS,
            actor=someone.actor,
            settings=setting.portal.settings,
            now=setting.portal.clock.now(),
        )


def judge(setting: Setting, act: Any, someone: Someone, appeal_id: str, **fields: Any) -> None:
    with setting.portal.database.write() as session:
        act(session, appeal_id=appeal_id, actor=someone.actor, now=setting.portal.clock.now(), **fields)


def reviewers(setting: Setting) -> tuple[Someone, Someone]:
    made = [person(setting.portal, roles=["appeal-reviewer"], name=name) for name in ("Ria First", "Roy Second")]
    return made[0], made[1]


def is_held(setting: Setting) -> bool:
    """Whether the case that found the figure false stays for an appeal."""
    with setting.portal.database.read() as session:
        (case,) = session.scalars(select(Case))
        return Hold.APPEAL in retention.of(session, case, settings=setting.portal.settings).holds


def test_an_open_appeal_holds_the_points_and_the_case_and_two_others_lift_them(
    setting: Setting, office: Office
) -> None:
    portal = setting.portal
    signer = person(portal, roles=["body-signer"], name="Sig Signer", connected_to=["DPR"])
    with pytest.raises(NoAppeal):
        file(setting, signer)
    published_result(setting, reason="A figure was corrected.")
    before = score_now(setting)
    desk = desk_of(portal, signer)
    answer(desk, f"/desk/appeals/file/body/{FIGURE}", words=WORDS)
    with portal.database.read() as session:
        (appeal,) = appeals.appeals_of(session, actor=signer.actor, now=portal.clock.now())
    with pytest.raises(NoAppeal):
        file(setting, signer)
    assert is_held(setting)
    after = score_now(setting)
    assert before is not None and after is not None and after == before + 5

    look_for_outdated_results(portal)
    with portal.database.read() as session:
        waiting = duties_of(session, setting.officer.actor, now=portal.clock.now())
    assert "evaluation.review" in {duty.kind for duty in waiting}, "the office is asked to publish it anew"
    edition = published_result(setting, reason="The body has appealed.")
    with portal.database.read() as session:
        result = find_published(session, "2022", "DPR", edition=edition)
    assert result is not None and result.reason_code is ReasonCode.APPEAL
    page = new_client(portal).get("/evaluations/2022/DPR").get_data(as_text=True)
    assert "appeal is open: these points are not taken now." in page and WORDS not in page

    first, second = reviewers(setting)
    decided: dict[str, Any] = {"outcome": AppealState.GRANTED, "reason": "It did."}
    answer_page = desk_of(portal, first).get(f"/desk/appeals/{appeal.id}").get_data(as_text=True)
    assert WORDS in answer_page and "Propose a decision" in answer_page
    judge(setting, judging.propose_decision, first, appeal.id, **decided)
    with pytest.raises(OwnProposal):
        judge(setting, judging.decide, first, appeal.id)
    judge(setting, judging.decide, second, appeal.id)
    assert not is_held(setting)
    assert score_now(setting) == after
    assert "It did." in desk.get(f"/desk/appeals/{appeal.id}").get_data(as_text=True)
    with pytest.raises(IntegrityError), portal.database.write() as session:
        session.execute(update(AppealRow).values(decided_by=AppealRow.proposed_by))


def test_nobody_who_found_it_signed_for_it_or_belongs_to_the_body_decides(
    setting: Setting, office: Office
) -> None:
    portal = setting.portal
    published_result(setting, reason="A figure was corrected.")
    signer = person(portal, roles=["body-signer"], name="Sig Signer", connected_to=["DPR"])
    late = person(portal, roles=["body-signer"], name="Lia Late", connected_to=["DPR"])
    first, second = reviewers(setting)
    appeal_id = file(setting, signer)
    kin = person(portal, roles=["appeal-reviewer"], name="Kin Reviewer", connected_to=["DPR"])
    with pytest.raises(TookPart):
        judge(setting, judging.propose_decision, kin, appeal_id, outcome=AppealState.DISMISSED, reason="so")
    with portal.database.write() as session:
        session.execute(update(Case).values(proposed_by=second.id))
    with pytest.raises(TookPart):
        judge(setting, judging.propose_decision, second, appeal_id, outcome=AppealState.DISMISSED, reason="so")
    assert desk_of(portal, second).get(f"/desk/appeals/{appeal_id}").status_code == 404
    assert desk_of(portal, office.decider).get(f"/desk/appeals/{appeal_id}").status_code == 403
    assert desk_of(portal, late).get(f"/desk/appeals/{appeal_id}").status_code == 200, "a colleague of the body"
    assert desk_of(portal, first).get(f"/desk/appeals/{appeal_id}").status_code == 200


def test_whoever_verified_it_enters_no_marks_unless_an_appeal_holds_that(setting: Setting, office: Office) -> None:
    portal = setting.portal
    checker = person(portal, roles=["registrar", "evaluator"], name="Vera Verifier")
    with portal.database.write() as session:
        about = {"body_code": "DPR", "indicator_code": "clean-parks", "period": "2022"}
        kind = ConnectionKind.VERIFIED
        connect(session, person_id=checker.id, kind=kind, now=portal.clock.now(), **about)
    edition = published_result(setting, reason="A figure was corrected.")
    with portal.database.read() as session:
        result = find_published(session, "2022", "DPR", edition=edition)
        assert result is not None and result.score.deductions[0].assessor is Liability.STANDS
        assert is_kept_from_marking(session, checker.id, "2022")
        assert not is_kept_from_marking(session, checker.id, "2023")
    page = new_client(portal).get("/evaluations/2022/DPR").get_data(as_text=True)
    assert "whoever verified it enters no marks" in page and checker.name not in page
    file(setting, checker, Party.ASSESSOR)
    with portal.database.read() as session:
        assert not is_kept_from_marking(session, checker.id, "2022")
        (taken,) = compute(session, cycle="2022", body="DPR").score.deductions
    assert (taken.assessor, taken.appeal) == (Liability.SUSPENDED, None)


def test_the_case_stays_until_each_appeal_about_its_figure_is_decided(setting: Setting, office: Office) -> None:
    portal = setting.portal
    checker = person(portal, roles=["registrar", "evaluator"], name="Vera Verifier")
    with portal.database.write() as session:
        about = {"body_code": "DPR", "indicator_code": "clean-parks", "period": "2022"}
        connect(session, person_id=checker.id, kind=ConnectionKind.VERIFIED, now=portal.clock.now(), **about)
    published_result(setting, reason="A figure was corrected.")
    signer = person(portal, roles=["body-signer"], name="Sig Signer", connected_to=["DPR"])
    first, second = reviewers(setting)
    filed = [file(setting, signer), file(setting, checker, Party.ASSESSOR)]
    for appeal_id, held in zip(filed, (True, False), strict=True):
        assert is_held(setting)
        judge(
            setting,
            judging.propose_decision,
            first,
            appeal_id,
            outcome=AppealState.DISMISSED,
            reason="It did not.",
        )
        judge(setting, judging.decide, second, appeal_id)
        assert is_held(setting) is held


def test_no_appeal_after_the_last_day(setting: Setting, office: Office) -> None:
    portal = setting.portal
    published_result(setting, reason="A figure was corrected.")
    signer = person(portal, roles=["body-signer"], name="Sig Signer", connected_to=["DPR"])
    assert isinstance(portal.clock, FixedClock)
    with portal.database.read() as session:
        due_on = appeals.last_day(session, FIGURE, portal.settings)
    assert due_on is not None
    portal.clock.at = portal.clock.at.replace(year=due_on.year, month=due_on.month, day=due_on.day + 1)
    with pytest.raises(NoAppeal):
        file(setting, signer)
