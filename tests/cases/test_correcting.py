"""What two unconnected officers found false is set right in public, whoever would rather have it otherwise.

Were this to fail, people of the accused body could end the review of their own figure, or leave a case that can
never be closed and costs them nothing.
"""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts.services import connect
from portal.accounts.values import ConnectionKind
from portal.app import create_runner
from portal.audit.queries import acts_of_chain, main_chain
from portal.audit.values import case_chain
from portal.cases.errors import TooSoon
from portal.cases.jobs import escalate, follow_figures, owe_corrections
from portal.cases.models import Case, MissedRow
from portal.cases.queries import upheld_for_evaluation
from portal.cases.services import casework, corrections, decisions, joining
from portal.cases.values import CaseState, Deadline, Finding, reference
from portal.duties.queries import signatures_waiting_for
from portal.evaluation.queries.known import _false_figures
from portal.foundation.context import Portal
from portal.publishing.errors import CorrectionRefused, MarkGuarded, NoticeStands, ProposerConnected
from portal.publishing.queries import current_edition, find_figure
from portal.publishing.readings import Figure
from portal.publishing.services import append_waiting, approve_correction, propose_correction
from portal.publishing.services.corrections import decline_correction
from portal.publishing.services.notices import approve_notice, place_notice, propose_notice
from portal.publishing.values import Cause, FigureKey, NoticeState
from portal.web.words import say
from tests.cases.test_desk import do, state_of, titles, to_state
from tests.cases.test_steps import later
from tests.conftest import new_client
from tests.factories.accounts import Someone, person
from tests.factories.cases import UNWRITTEN, Office, desk_of, filed_report, heard, officer_of, send

KEY = FigureKey("DPR", "clean-parks", "2022")
RIGHT = {"new_actual": "50", "new_target": "", "reason": "counted in the field"}
DUTY = "Propose the correction of a figure"
OVERDUE = "A deadline of a case was missed: see that it is acted on"


def figure(portal: Portal) -> Figure:
    append_waiting(portal)
    with portal.database.read() as session:
        found = find_figure(session, KEY, edition=current_edition(session).n)
    assert found is not None
    return found


def decided(portal: Portal, office: Office) -> str:
    case_id = to_state(portal, office, CaseState.DECIDED)
    assert figure(portal).is_under_review
    return case_id


def insider(portal: Portal, role: str = "registrar") -> Someone:
    return person(portal, roles=[role], name=f"Insider {role}", connected_to=["DPR"])


def correct(portal: Portal, first: Someone, second: Someone, value: str = "50") -> None:
    now = portal.clock.now()
    with portal.database.write() as session:
        cause = Cause("source-correction")
        proposal = propose_correction(
            session, figure=KEY, cause=cause, new_actual=value, reason="a typo", actor=first.actor, now=now
        )
    with portal.database.write() as session:
        approve_correction(session, proposal_id=proposal.id, actor=second.actor, now=now)


def lift(portal: Portal, first: Someone, second: Someone, state: NoticeState = NoticeState.LIFTED) -> None:
    now = portal.clock.now()
    with portal.database.write() as session:
        proposal = propose_notice(session, figure=KEY, state=state, reason="x", actor=first.actor, now=now)
    with portal.database.write() as session:
        approve_notice(session, proposal_id=proposal.id, actor=second.actor, now=now)


def sign(portal: Portal, someone: Someone, act: Any = approve_correction) -> None:
    now = portal.clock.now()
    with portal.database.write() as session:
        (waits,) = signatures_waiting_for(session, someone.actor, now=now)
        act(session, proposal_id=waits.id, actor=someone.actor, now=now)


def test_the_connected_neither_lift_the_mark_nor_change_what_it_stands_beside(
    portal: Portal, office: Office
) -> None:
    decided(portal, office)
    theirs, other = insider(portal), person(portal, roles=["registrar"], name="Rae Registrar")
    for first, second in ((theirs, office.decider), (other, office.connected)):
        for act in (correct, lift):
            with pytest.raises(MarkGuarded):
                act(portal, first, second)
        with pytest.raises(MarkGuarded):
            lift(portal, first, second, NoticeState.WITHDRAWN)
    assert figure(portal).is_under_review


def test_whoever_holds_a_case_reads_that_its_figure_was_published_anew(portal: Portal, office: Office) -> None:
    """Before a finding nothing marks the figure, so that nobody learns of a report: its holders must notice."""
    case_id = to_state(portal, office, CaseState.ASSIGNED)
    follow_figures(portal)
    correct(portal, insider(portal), office.connected)
    for _hour in range(2):
        assert figure(portal).is_revised
        follow_figures(portal)
    correct(portal, insider(portal), office.connected, "51")
    figure(portal)
    follow_figures(portal)
    with portal.database.read() as session:
        told = [one for one in acts_of_chain(session, case_chain(case_id)) if one.act == "cases.value-changed"]
        assert len(told) == 2 and not any(one.details for one in told)
        assert not [one for one in main_chain(session).items if one.act == "cases.value-changed"]


def test_two_unconnected_people_may_still_lift_it(portal: Portal, office: Office) -> None:
    decided(portal, office)
    lift(portal, person(portal, roles=["registrar"], name="Rae Registrar"), office.decider)
    assert not figure(portal).is_under_review


def test_a_mark_that_connected_people_placed_is_theirs_to_lift(portal: Portal, office: Office) -> None:
    """So whoever is refused learns that somebody unconnected placed the mark, and not what made them."""
    theirs = insider(portal)
    lift(portal, theirs, office.connected, NoticeState.UNDER_REVIEW)
    assert figure(portal).is_under_review
    correct(portal, theirs, office.connected)
    assert not figure(portal).is_under_review


def test_a_decision_marks_anew_what_connected_people_marked_before(portal: Portal, office: Office) -> None:
    theirs = insider(portal)
    lift(portal, theirs, office.connected, NoticeState.UNDER_REVIEW)
    figure(portal)
    decided(portal, office)
    with pytest.raises(MarkGuarded):
        lift(portal, theirs, office.connected)
    with pytest.raises(NoticeStands), portal.database.write() as session:
        given = {"figure": KEY, "state": NoticeState.UNDER_REVIEW, "actor": theirs.actor}
        place_notice(session, **given, now=portal.clock.now())


def test_a_figure_set_right_by_others_before_is_still_upheld_in_public_and_counted(
    portal: Portal, office: Office
) -> None:
    """The connected corrected it for another cause while the case was under way."""
    case_id = to_state(portal, office, CaseState.PROPOSED)
    correct(portal, insider(portal), office.connected)
    figure(portal)
    do(portal, decisions.decide, office.decider, case_id)
    append_waiting(portal)
    do(portal, corrections.propose, office.officer, case_id, **RIGHT)
    sign(portal, office.decider)
    found = figure(portal)
    assert (found.current.cause, str(found.actual), found.is_under_review) == (Cause.UPHELD_REPORT, "50", False)
    do(portal, decisions.close, office.officer, case_id, **UNWRITTEN)
    with portal.database.read() as session:
        (upheld,) = upheld_for_evaluation(session, "DPR", "2022")
        assert upheld.corrected
        assert [one.figure for one in _false_figures(session, {"clean-parks": found}, [upheld])] == [str(KEY)]
    client = desk_of(portal, office.officer)
    for path in ("/corrections", "/corrections.json", "/bodies/DPR/indicators/clean-parks"):
        assert client.get(path).status_code == 200, path


def test_a_figure_that_stands_as_the_reporter_read_it_is_not_corrected_by_the_same_value(
    portal: Portal, office: Office
) -> None:
    case_id = decided(portal, office)
    with pytest.raises(CorrectionRefused):
        do(portal, corrections.propose, office.officer, case_id, new_actual="", new_target="", reason="x")


def test_a_correction_goes_with_whoever_proposed_it(portal: Portal, office: Office) -> None:
    case_id = decided(portal, office)
    do(portal, corrections.propose, office.officer, case_id, **RIGHT)
    assert DUTY not in titles(portal, office.decider)
    do(portal, casework.declare_conflict, office.officer, case_id)
    assert titles(portal, office.decider) >= {DUTY}
    with pytest.raises(ValueError, match="not enough values"):
        sign(portal, office.decider)
    do(portal, corrections.propose, office.decider, case_id, **RIGHT)


def test_nobody_signs_a_correction_whose_proposer_became_connected(portal: Portal, office: Office) -> None:
    """Also in the minute before the case is taken from them."""
    case_id = decided(portal, office)
    do(portal, corrections.propose, office.officer, case_id, **RIGHT)
    with portal.database.write() as session:
        given = {"person_id": office.officer.id, "body_code": "DPR", "kind": ConnectionKind.EMPLOYED}
        connect(session, **given, now=portal.clock.now())
    with pytest.raises(ProposerConnected):
        sign(portal, office.decider)


def test_a_correction_that_is_refused_is_owed_anew(portal: Portal, office: Office) -> None:
    """Were this to fail, whoever refuses a correction would bury the finding: nobody would be asked again."""
    case_id = decided(portal, office)
    do(portal, corrections.propose, office.officer, case_id, **RIGHT)
    owe_corrections(portal)
    assert DUTY not in titles(portal, office.decider), "it waits for its second signature"
    sign(portal, office.decider, decline_correction)
    for _hour in range(2):
        owe_corrections(portal)
    assert DUTY in titles(portal, office.decider) and DUTY in titles(portal, office.officer)
    with portal.database.read() as session:
        case = session.get_one(Case, case_id)
        assert case.correct_due_on is not None and case.corrected_on is None
        acts = [one.act for one in acts_of_chain(session, case_chain(case_id))]
    assert acts.count("cases.owe-correction") == 1

    later(portal, 1)
    do(portal, corrections.propose, office.officer, case_id, **RIGHT)
    sign(portal, office.decider)
    owe_corrections(portal)
    assert DUTY not in titles(portal, office.decider), "signed, and about to be published"
    figure(portal)
    owe_corrections(portal)
    assert DUTY not in titles(portal, office.decider)


def test_refusals_do_not_put_off_the_day_by_which_a_correction_is_owed(portal: Portal, office: Office) -> None:
    """Were this to fail, two people could propose and refuse by turns for ever, and nothing was missed."""
    case_id = decided(portal, office)
    with portal.database.read() as session:
        first = session.get_one(Case, case_id).correct_due_on
    for days in (3, 3, 3):
        later(portal, days)
        do(portal, corrections.propose, office.officer, case_id, **RIGHT)
        sign(portal, office.decider, decline_correction)
        owe_corrections(portal)
        escalate(portal)
    with portal.database.read() as session:
        assert session.get_one(Case, case_id).correct_due_on == first
        missed = session.scalars(select(MissedRow).where(MissedRow.case_id == case_id)).all()
        assert [(one.deadline, one.due_on) for one in missed] == [(Deadline.CORRECT, first)]
    assert OVERDUE in titles(portal, office.outside or office.decider), "told again, once it was owed again"


@pytest.mark.parametrize("act", [approve_correction, decline_correction])
def test_the_main_record_does_not_tell_who_signs_what_a_case_led_to(
    portal: Portal, office: Office, act: Any
) -> None:
    case_id = decided(portal, office)
    do(portal, corrections.propose, office.officer, case_id, **RIGHT)
    sign(portal, office.decider, act)
    runner = create_runner(portal)
    while runner.step():
        pass
    with portal.database.read() as session:
        assert not {one.actor_id for one in main_chain(session).items} & {office.officer.id, office.decider.id}
        noted = {one.act for one in acts_of_chain(session, case_chain(case_id))}
    assert noted & {"publishing.approve-correction", "publishing.decline-correction"}
    assert state_of(portal, case_id)[0] == "action"


def test_a_correction_without_a_case_stands_in_the_main_record(portal: Portal, office: Office) -> None:
    theirs = insider(portal)
    correct(portal, theirs, office.connected)
    runner = create_runner(portal)
    while runner.step():
        pass
    with portal.database.read() as session:
        acts = {one.act for one in main_chain(session).items if one.actor_id == office.connected.id}
    assert "publishing.approve-correction" in acts


def test_report_mark_and_correction_are_days_apart(portal: Portal, office: Office) -> None:
    """Did they fall on one day, whoever sent the report could be looked for among those there that day."""
    asked = {"mark_after_days": 7, "correct_after_days": 3}
    there = replace(portal, settings=portal.settings.model_copy(update=asked))
    case_id = to_state(portal, office, CaseState.PROPOSED)
    case = f"/desk/cases/{reference(case_id)}"
    begun = portal.clock.now()

    def done(days: int, someone: Someone, act: str, **fields: str) -> bool:
        portal.clock.at = begun + timedelta(days=days)  # type: ignore[attr-defined]
        desk = desk_of(there, someone)
        response = send(desk, f"{case}/{act}", desk.get(f"{case}/{act}"), **fields)
        if response.status_code == 409:
            assert "so that its day does not tell when the report came" in response.get_data(as_text=True)
        return response.status_code == 303

    assert not done(6, office.decider, "decide") and not figure(portal).is_under_review
    assert done(7, office.decider, "decide") and figure(portal).is_under_review
    assert not done(9, office.officer, "correct", **RIGHT)
    assert done(10, office.officer, "correct", **RIGHT)
    sign(portal, office.decider)
    versions, notices = figure(portal).versions, figure(portal).notices
    assert [one.at.date() for one in (notices[0], versions[-1])] == [
        (begun + timedelta(days=days)).date() for days in (7, 10)
    ]


@pytest.mark.parametrize(
    ("prefix", "mark", "correction"),
    [
        ("", "This can be done from 16 February 2026 on.", "This can be done from 19 February 2026 on."),
        ("/zh-Hans", "自 2026年2月16日 起方可办理", "自 2026年2月19日 起方可办理"),
    ],
)
def test_the_page_says_from_which_day_on_before_anybody_presses_the_button(
    portal: Portal, office: Office, prefix: str, mark: str, correction: str
) -> None:
    """Whoever came to sign or to put a value forward would type it all, and then be told to come back."""
    asked = {"mark_after_days": 7, "correct_after_days": 3}
    there = replace(portal, settings=portal.settings.model_copy(update=asked))
    case_id, begun = to_state(portal, office, CaseState.PROPOSED), portal.clock.now()
    case = f"{prefix}/desk/cases/{reference(case_id)}"

    def page(days: int, someone: Someone, act: str = "") -> str:
        portal.clock.at = begun + timedelta(days=days)  # type: ignore[attr-defined]
        return desk_of(there, someone).get(f"{case}{act}").get_data(as_text=True)

    assert mark in page(6, office.decider, "/decide") and mark in page(6, office.decider)
    assert mark not in page(6, office.decider, "/send-back")
    assert mark not in page(7, office.decider, "/decide") and mark not in page(7, office.decider)
    do(portal, decisions.decide, office.decider, case_id)
    assert correction in page(9, office.officer, "/correct") and correction in page(9, office.officer)
    assert correction not in page(10, office.officer, "/correct") and correction not in page(10, office.officer)


def test_a_finding_of_which_nothing_is_told_in_public_waits_for_no_day(portal: Portal, office: Office) -> None:
    there = replace(portal, settings=portal.settings.model_copy(update={"mark_after_days": 7}))
    case_id = to_state(portal, office, CaseState.PROPOSED, Finding.NOT_UPHELD)
    page = desk_of(there, office.decider).get(f"/desk/cases/{reference(case_id)}/decide")
    assert "This can be done from" not in page.get_data(as_text=True)


def test_a_report_that_was_joined_later_moves_the_first_day_of_the_mark(portal: Portal, office: Office) -> None:
    first = to_state(portal, office, CaseState.ASSIGNED)
    portal.clock.at += timedelta(days=6)  # type: ignore[attr-defined]
    again = filed_report(portal).case_id
    do(portal, casework.acknowledge, office.officer, again)
    do(portal, joining.propose_joining, office.officer, again, into_id=first, reason="the same")
    do(portal, joining.agree_to_joining, office.decider, again)
    heard(portal, office.officer, first)
    do(portal, decisions.propose_finding, office.officer, first, finding=Finding.UPHELD, reason="so")
    careful = replace(
        officer_of(office.decider), settings=portal.settings.model_copy(update={"mark_after_days": 7})
    )
    portal.clock.at += timedelta(days=6)  # type: ignore[attr-defined]
    with pytest.raises(TooSoon), portal.database.write() as session:
        decisions.decide(session, case_id=first, officer=careful, now=portal.clock.now())
    portal.clock.at += timedelta(days=1)  # type: ignore[attr-defined]
    with portal.database.write() as session:
        decisions.decide(session, case_id=first, officer=careful, now=portal.clock.now())


def test_what_is_not_told_in_public_is_decided_on_any_day(portal: Portal, office: Office) -> None:
    case_id = to_state(portal, office, CaseState.PROPOSED, Finding.NOT_UPHELD)
    careful = replace(
        officer_of(office.decider), settings=portal.settings.model_copy(update={"mark_after_days": 7})
    )
    with portal.database.write() as session:
        decisions.decide(session, case_id=case_id, officer=careful, now=portal.clock.now())


@pytest.mark.parametrize(("locale", "day"), [("en", "6 December 2026"), ("zh_Hans", "2026年12月6日")])
def test_day_from_which_it_can_be_done_is_written_out_for_its_reader(
    portal: Portal, locale: str, day: str
) -> None:
    app = new_client(portal).application
    with app.test_request_context("/desk", environ_overrides={"portal.locale": locale}):
        assert day in say(TooSoon(date(2026, 12, 6)).message)
