"""A cycle from its opening to a published result: who may do what, and what two people must do."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.accounts.queries import connections_of, is_connected
from portal.accounts.values import ConnectionKind
from portal.audit.models import AuditEntry
from portal.duties.errors import AlreadyDecided, NoSuchProposal, OwnProposal
from portal.duties.queries import signatures_waiting_for
from portal.evaluation import services
from portal.evaluation.errors import (
    BadCycle,
    BadMark,
    BadWeights,
    CycleClosed,
    CycleExists,
    NoSuchCycle,
    NothingToPublish,
    NotInGroup,
    ResultOutdated,
    TooLittleScored,
)
from portal.evaluation.models import MarkRow
from portal.evaluation.queries import (
    compute,
    get_cycle,
    mark_tasks,
    marks_of,
    object_state,
    published_versions,
)
from portal.evaluation.rules.weights import default_method
from portal.evaluation.values import CycleState, Element, Group, ReasonCode, Standing
from portal.foundation.context import Portal
from portal.foundation.errors import Forbidden, Invalid
from portal.publishing.queries import current_edition, texts_cited
from tests.conftest import Beginning, World
from tests.factories import publishing as published
from tests.factories.accounts import person
from tests.factories.evaluation import (
    Setting,
    a_cycle,
    a_rating,
    an_evaluation,
    appoint,
    mark,
    propose,
    publish,
    published_result,
    score_now,
)
from tests.pages import PageClient

ABILITY, SELF = Element.ORGANISATIONAL_ABILITY, Group.SELF


@pytest.fixture
def beginning(request: pytest.FixtureRequest) -> Beginning | None:
    return an_evaluation if "setting" in request.fixturenames else None


@pytest.fixture
def setting(portal: Portal, world: World) -> Setting:
    return world.told_in(portal)


def test_the_score_is_computed_from_what_is_published(setting: Setting) -> None:
    results = (100 + 75) / Decimal(2)  # clean-parks is met, late-permits misses 12 by a quarter
    rated = (60 * 85 + 40 * 92) / Decimal(100)  # with a rating code, and without
    department = (70 * results + 15 * rated) / Decimal(85)  # nobody on the committee has marked
    ability = (60 * 90 + 40 * 60) / Decimal(100)
    expected = (60 * department + 25 * rated + 15 * ability) / 100
    assert score_now(setting) == expected.quantize(Decimal("0.01"))


def test_what_is_only_proposed_to_the_log_does_not_count_yet(setting: Setting) -> None:
    before = score_now(setting)
    with setting.portal.database.write() as session:
        correction = published.figure(actual="10", cause="source-correction", replaces=1)
        from portal.publishing.services import propose_act

        propose_act(
            session,
            kind="correction",
            statements=[correction],
            proposed_by="p",
            approved_by="q",
            now=setting.portal.clock.now(),
        )
    assert score_now(setting) == before


def test_a_result_needs_two_people(setting: Setting) -> None:
    proposal = propose(setting)
    both = person(setting.portal, roles=["evaluation-officer", "evaluation-approver"])
    now = setting.portal.clock.now()
    with setting.portal.database.write() as session, pytest.raises(Forbidden):
        services.publish_result(session, proposal_id=proposal, actor=setting.officer.actor, now=now)
    edition = publish(setting, proposal)
    with setting.portal.database.write() as session, pytest.raises(AlreadyDecided):
        services.publish_result(session, proposal_id=proposal, actor=both.actor, now=now)
    with setting.portal.database.read() as session:
        (result,) = published_versions(session, "2022", "DPR", edition=edition)
        assert object_state(session, "2022", "DPR") is CycleState.PUBLISHED
    assert (result.reason_code, result.replaces) == (ReasonCode.FIRST_RESULT, None)
    assert result.score.value == score_now(setting)


def test_one_person_with_both_roles_cannot_give_both_signatures(setting: Setting) -> None:
    both = person(setting.portal, roles=["evaluation-officer", "evaluation-approver"])
    proposal = propose(replace(setting, officer=both))
    with setting.portal.database.write() as session, pytest.raises(OwnProposal):
        services.publish_result(session, proposal_id=proposal, actor=both.actor, now=setting.portal.clock.now())


def test_nobody_connected_to_the_body_proposes_or_publishes_its_result(setting: Setting) -> None:
    kin = person(
        setting.portal, roles=["evaluation-officer", "evaluation-approver"], connected_to=["DPR"], name="Kin"
    )
    with pytest.raises(NotInGroup):
        propose(replace(setting, officer=kin))
    proposal = propose(setting)
    now = setting.portal.clock.now()
    with setting.portal.database.write() as session:
        assert signatures_waiting_for(session, kin.actor, now=now) == ()
        with pytest.raises(NoSuchProposal):
            services.publish_result(session, proposal_id=proposal, actor=kin.actor, now=now)


def test_the_same_result_is_not_published_twice(setting: Setting) -> None:
    published_result(setting)
    with pytest.raises(NothingToPublish):
        propose(setting)


def test_a_result_whose_figures_moved_since_is_not_signed(setting: Setting) -> None:
    proposal = propose(setting)
    published.append(setting.portal, published.figure(actual="10", cause="source-correction", replaces=1))
    with pytest.raises(ResultOutdated):
        publish(setting, proposal)
    with setting.portal.database.write() as session:
        services.decline_result(
            session, proposal_id=proposal, actor=setting.approver.actor, now=setting.portal.clock.now()
        )
        assert object_state(session, "2022", "DPR") is CycleState.OPEN
    published_result(setting)


def test_a_new_result_names_the_one_it_replaces_and_why(setting: Setting) -> None:
    first = published_result(setting)
    published.append(
        setting.portal,
        published.figure(actual="50", cause="source-correction", replaces=1),
        kind="correction",
    )
    second = published_result(setting, reason="The figure was corrected at its source.")
    with setting.portal.database.read() as session:
        before, after = published_versions(session, "2022", "DPR", edition=second)
    assert (before.edition, after.replaces) == (first, first)
    assert after.reason_code is ReasonCode.FIGURE_CORRECTED
    assert before.score.value is not None and after.score.value is not None
    assert after.score.value < before.score.value


def test_reasons_enter_the_log_as_digests_and_can_be_read_beside_it(setting: Setting) -> None:
    edition = published_result(setting, reason="The yearly result of the parks office.")
    with setting.portal.database.read() as session:
        (result,) = published_versions(session, "2022", "DPR", edition=edition)
        assert result.reason_digest is not None
        found = texts_cited(session, [result.reason_digest], edition=edition)
        assert found[result.reason_digest].text == "The yearly result of the parks office."
        assert texts_cited(session, [result.reason_digest], edition=edition - 1) == {}
        digests = [mark.reason_digest for mark in marks_of(session, "2022", "DPR")]
        words = {one.text for one in texts_cited(session, [d for d in digests if d], edition=edition).values()}
    assert words == {"As the records show."}


def test_too_little_scored_is_not_a_result(portal: Portal) -> None:
    setting = an_evaluation(portal)
    empty = {"names": {"en": "Empty"}, "period": "1999", "ratings_from": "1999-01", "ratings_until": "1999-12"}
    a_cycle(portal, setting.officer, code="1999", **empty)
    with pytest.raises(TooLittleScored):
        propose(replace(setting, cycle="1999"))


def test_a_mark_connects_the_evaluator_to_the_body(setting: Setting) -> None:
    now = setting.portal.clock.now()
    with setting.portal.database.read() as session:
        assert is_connected(session, person_id=setting.government.id, body_code="DPR", at=now)
        (connection,) = connections_of(session, setting.government.id)
    assert (connection.kind, connection.cycle) == (ConnectionKind.SCORED, "2022")


def test_a_person_marks_only_for_the_group_they_belong_to(setting: Setting) -> None:
    with pytest.raises(NotInGroup):
        mark(setting, setting.own, ABILITY, Group.HIGHER_GOVERNMENT, "100")
    with pytest.raises(NotInGroup):
        mark(setting, setting.government, ABILITY, SELF, "100")
    with pytest.raises(Forbidden):
        mark(setting, setting.officer, ABILITY, SELF, "100")


def test_only_cells_of_the_matrix_that_people_fill_are_marked(setting: Setting) -> None:
    for element, group in (
        (Element.BUSINESS_PROCESSING, Group.SERVICE_OBJECTS),
        (Element.DEPARTMENT_PERFORMANCE, Group.RESULTS),
        (Element.POLICY_MAKING, Group.POLICY_OBJECTS),
        (Element.BUSINESS_PROCESSING, SELF),
    ):
        with pytest.raises(NoSuchCycle):
            mark(setting, setting.own, element, group, "100")


def test_whoever_works_for_the_body_marks_its_self_evaluation_only(setting: Setting) -> None:
    kin = person(setting.portal, roles=["evaluator"], connected_to=["DPR"])
    appoint(setting, kin, Group.HIGHER_GOVERNMENT)
    with pytest.raises(NotInGroup):
        mark(setting, kin, ABILITY, Group.HIGHER_GOVERNMENT, "100")


def test_a_representative_of_one_body_marks_no_other(setting: Setting) -> None:
    with setting.portal.database.read() as session:
        tasks = mark_tasks(session, setting.own.id)
    assert [(task.body, task.element, task.group) for task in tasks] == [("DPR", ABILITY, SELF)]
    with pytest.raises(NoSuchCycle):
        mark(setting, setting.own, ABILITY, SELF, "100", body="OTHER")


def test_a_mark_is_a_number_from_0_to_100_with_a_reason_of_some_length(setting: Setting) -> None:
    for value in ("", "x", "-1", "100.1", "50.55", "NaN", "Infinity", "1e1000", "-1e-99", "５０.5.5"):
        with pytest.raises(BadMark) as refused:
            mark(setting, setting.own, ABILITY, SELF, value)
        assert set(refused.value.fields) == {"value"}, value
    for reason in ("", "  \x00 ", "x" * 2001):
        with pytest.raises(BadMark) as refused:
            mark(setting, setting.own, ABILITY, SELF, "50", reason=reason)
        assert set(refused.value.fields) == {"reason"}


def test_a_later_mark_replaces_the_former_and_leaves_it_readable(setting: Setting) -> None:
    mark(setting, setting.own, ABILITY, SELF, "82.5")
    with setting.portal.database.read() as session:
        counting = [one.value for one in marks_of(session, "2022", "DPR") if one.group is SELF]
        kept = session.scalars(select(MarkRow.value).where(MarkRow.evaluator_group == SELF)).all()
    assert counting == [Decimal("82.5")]
    assert sorted(kept) == ["82.5", "90"]


def test_marks_close_with_the_first_proposed_result(setting: Setting) -> None:
    propose(setting)
    with pytest.raises(CycleClosed):
        mark(setting, setting.own, ABILITY, SELF, "100")


def test_weights_need_two_people_and_nothing_scored_before(setting: Setting) -> None:
    portal, now = setting.portal, setting.portal.clock.now()
    method = replace(
        default_method(),
        elements={Element.DEPARTMENT_PERFORMANCE: Decimal(100)},
        groups={Element.DEPARTMENT_PERFORMANCE: {Group.RESULTS: Decimal(100)}},
        integrity_points=Decimal(8),
    )
    weights = {"DPR": {"clean-parks": Decimal("80"), "late-permits": Decimal("20")}}
    with portal.database.write() as session:
        proposal = services.propose_weights(
            session,
            cycle="2022",
            method=method,
            indicators=weights,
            reason="As consulted.",
            actor=setting.officer.actor,
            now=now,
        )
    assert score_now(setting) != 95, "nothing changes with one signature"
    with portal.database.write() as session, pytest.raises(Forbidden):
        services.approve_weights(session, proposal_id=proposal.id, actor=setting.officer.actor, now=now)
    with portal.database.write() as session:
        services.approve_weights(session, proposal_id=proposal.id, actor=setting.approver.actor, now=now)
    assert score_now(setting) == 95
    with portal.database.read() as session:
        assert get_cycle(session, "2022").method == method
    propose(setting)
    with portal.database.write() as session, pytest.raises(CycleClosed):
        services.propose_weights(
            session,
            cycle="2022",
            method=method,
            indicators={},
            reason="Too late.",
            actor=setting.officer.actor,
            now=now,
        )


def test_weights_that_do_not_fit_are_refused(setting: Setting) -> None:
    for weights in (
        {"DPR": {"clean-parks": Decimal("99")}},
        {"DPR": {"unknown": Decimal("100")}},
        {"OTHER": {"clean-parks": Decimal("100")}},
    ):
        with setting.portal.database.write() as session, pytest.raises(BadWeights):
            services.propose_weights(
                session,
                cycle="2022",
                method=default_method(),
                indicators=weights,
                reason="x",
                actor=setting.officer.actor,
                now=setting.portal.clock.now(),
            )


def test_a_cycle_says_everything_that_is_wrong_with_it_at_once(setting: Setting) -> None:
    wrong = {"names": {}, "period": "20x", "ratings_from": "2022", "ratings_until": "2022-13", "bodies": ["NO"]}
    with pytest.raises(BadCycle) as refused:
        a_cycle(setting.portal, setting.officer, code="NO CODE", **wrong)
    assert set(refused.value.fields) == {"code", "names", "period", "ratings_from", "ratings_until", "bodies"}
    with pytest.raises(BadCycle):
        a_cycle(setting.portal, setting.officer, code="x", ratings_from="2022-12", ratings_until="2022-01")
    with pytest.raises(CycleExists):
        a_cycle(setting.portal, setting.officer)
    with pytest.raises(Forbidden):
        a_cycle(setting.portal, setting.approver, code="other")


def test_a_suppressed_month_says_nothing_and_is_listed(setting: Setting) -> None:
    published.append(setting.portal, a_rating(1, 0, 0, 0, 0, period="2022-04"), kind="ratings")
    with setting.portal.database.read() as session:
        computed = compute(session, cycle="2022", body="DPR")
    processing = next(part for part in computed.score.whole.parts if part.code == "business-processing")
    for raters, value, n in zip(processing.parts[0].parts, (85, 92), (50, 30), strict=True):
        (service,) = raters.parts
        assert service.standing is Standing.SCORED and service.value == value
        assert [month.n for month in service.evidence] == [n, None]  # type: ignore[union-attr]


def test_whether_low_ratings_were_answered_counts_where_two_people_gave_it_a_weight(
    setting: Setting, client: PageClient
) -> None:
    counts = {"came": {"in-time": "9", "late": "1", "waiting": "4", "overdue": "2"}, "ended": {}}
    about = {"service": "permits", "body": "DPR", "period": "2022-03", "as_of": "2022-05-01"}
    answers = {"t": "rating-answers", **about, "threshold": 10, "asked": "16", **counts}
    before = score_now(setting)
    published.append(setting.portal, answers, kind="ratings")
    assert score_now(setting) == before  # the default matrix gives it none
    method = default_method()
    groups = {**method.groups, Element.BUSINESS_PROCESSING: {Group.ANSWERS: Decimal(100)}}
    now, method = setting.portal.clock.now(), replace(method, groups=groups, verified_share=None)
    said = {"cycle": "2022", "method": method, "indicators": {}, "reason": "As consulted."}
    with setting.portal.database.write() as session:
        proposal = services.propose_weights(session, **said, actor=setting.officer.actor, now=now)  # type: ignore[arg-type]
        services.approve_weights(session, proposal_id=proposal.id, actor=setting.approver.actor, now=now)
    with setting.portal.database.read() as session:
        computed = compute(session, cycle="2022", body="DPR")
    processing = next(part for part in computed.score.whole.parts if part.code == "business-processing")
    assert processing.value == 75  # 9 of the 12 whose time has passed
    assert computed.cycle.method.verified_share is None
    published_result(setting)
    page = client.get("/evaluations/2022/DPR").text
    assert "Answers to low ratings: given in time" in page
    assert "9 answered in time, 1 late, 2 overdue" in page
    assert "Ratings with a rating code" not in page  # here all are taken together


def test_months_outside_the_cycle_do_not_count(setting: Setting) -> None:
    before = score_now(setting)
    published.append(setting.portal, a_rating(90, 0, 0, 0, 0, period="2023-01"), kind="ratings")
    assert score_now(setting) == before


def test_a_reason_is_needed_to_publish(setting: Setting) -> None:
    with pytest.raises(Invalid):
        propose(setting, reason=" ")


def test_every_act_leaves_an_audit_row_without_words(setting: Setting) -> None:
    published_result(setting)
    with setting.portal.database.read() as session:
        rows = session.scalars(select(AuditEntry).where(AuditEntry.act.startswith("evaluation."))).all()
    assert {row.act for row in rows} == {
        "evaluation.open-cycle",
        "evaluation.appoint",
        "evaluation.enter-mark",
        "evaluation.publish",
    }
    assert all("records" not in str(row.details) for row in rows)


def test_an_edition_that_moves_the_score_opens_a_duty_once(setting: Setting) -> None:
    from portal.duties.queries import duties_of
    from portal.evaluation.jobs import look_for_outdated_results

    portal = setting.portal

    def waiting() -> list[str]:
        look_for_outdated_results(portal)
        with portal.database.read() as session:
            found = duties_of(session, setting.officer.actor, now=portal.clock.now())
        return [duty.address for duty in found if duty.kind == services.REVIEW]

    published_result(setting)
    assert waiting() == []
    published.append(portal, published.body("OTHER"))
    assert waiting() == []
    published.append(portal, published.figure(actual="50", cause="source-correction", replaces=1))
    assert waiting() == ["/desk/evaluation/2022/DPR"]
    assert waiting() == ["/desk/evaluation/2022/DPR"]
    published_result(setting)
    assert waiting() == []


def test_the_current_edition_is_what_a_result_says_it_was_computed_from(setting: Setting) -> None:
    with setting.portal.database.read() as session:
        before = current_edition(session).n
    edition = published_result(setting)
    with setting.portal.database.read() as session:
        (result,) = published_versions(session, "2022", "DPR", edition=edition)
    assert (result.as_of, result.edition) == (before, before + 1)
