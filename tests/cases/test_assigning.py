"""To whom a case is suggested, and handing over what somebody has in hand."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.accounts.services import come_back, say_away
from portal.cases import rules
from portal.cases.errors import NotEligible, NotThere
from portal.cases.models import Case, Epoch
from portal.cases.permissions import CasesPermission
from portal.cases.services import assigning, casework, decisions, handover
from portal.cases.services.epochs import holders_of
from portal.cases.values import Able, Competence, Finding, Handed, Language, Matter, Need, Skill, reference
from portal.foundation.context import Portal
from tests.factories import publishing as published
from tests.factories.accounts import Someone, person
from tests.factories.cases import Office, answer, desk_of, filed_report, officer_of

NEED = Need(Language.CHINESE, Matter.RATINGS, frozenset({"DPR", "CITY"}))


@pytest.mark.parametrize(
    ("competence", "expected"),
    [
        (Competence(), set()),
        (Competence(languages=frozenset({Language.ENGLISH})), set()),
        (Competence(frozenset(Language), frozenset({Matter.RATINGS}), frozenset({"CITY"})), set(Skill)),
        (Competence(sectors=frozenset({"STATE"}), matters=frozenset({Matter.FIGURE})), set()),
    ],
)
def test_skills_that_a_case_asks_for(competence: Competence, expected: set[Skill]) -> None:
    assert rules.skills_for(NEED, competence) == expected


def test_a_skill_outweighs_three_open_cases_and_no_more() -> None:
    idle, able, busy = Able("c", "", 0), Able("b", "", 3, frozenset({Skill.MATTER})), Able("a", "", 1)
    fitting = replace(able, load=2)

    assert rules.by_fitness((busy, idle, able)) == (able, idle, busy), "equals are taken in the order of their ids"
    assert rules.by_fitness((idle, fitting)) == (fitting, idle)
    assert rules.by_fitness((idle, replace(able, load=4))) == (idle, replace(able, load=4))


def in_hands_of(portal: Portal, someone: Someone, giver: Someone, **subject: str) -> str:
    """A case that this person has in hand."""
    case_id = filed_report(portal, subject=dict(subject) or None).case_id
    given: dict[str, Any] = {"case_id": case_id, "officer": officer_of(giver), "now": portal.clock.now()}
    with portal.database.write() as session:
        casework.acknowledge(session, **given)
        casework.assign(session, person_id=someone.id, **given)
    return case_id


def suggested(portal: Portal, case_id: str, by: Someone) -> dict[str, int]:
    with portal.database.read() as session:
        given: dict[str, Any] = {"officer": officer_of(by), "permission": CasesPermission.HANDLE}
        found = assigning.suggested(session, case_id=case_id, now=portal.clock.now(), **given)
    return {one.name: one.load for one in found}


def test_whoever_has_the_least_in_hand_is_suggested_first(portal: Portal, office: Office) -> None:
    for _ in range(2):
        in_hands_of(portal, office.officer, office.decider)
    found = suggested(portal, filed_report(portal).case_id, office.decider)

    assert found["Ada Officer"] == 2 and found["Ben Decider"] == 0
    assert next(reversed(found)) == "Ada Officer" and "Cleo Connected" not in found


def test_load_counts_only_what_everybody_who_holds_the_case_knows_of(portal: Portal, office: Office) -> None:
    """Were this to fail, somebody would see from a colleague's load that a body of theirs was reported."""
    published.append(portal, published.body("DOT"))
    near = person(portal, roles=["case-officer"], name="Nea Near", connected_to=["DOT"])
    in_hands_of(portal, office.officer, office.decider, body="DOT")
    seen_by_all = filed_report(portal, subject={"body": "DOT"}).case_id
    seen_by_near = filed_report(portal).case_id

    assert suggested(portal, seen_by_all, office.decider)["Ada Officer"] == 1
    assert suggested(portal, seen_by_near, office.decider)["Ada Officer"] == 0
    assert suggested(portal, seen_by_near, near)["Ada Officer"] == 0


def test_nobody_who_is_away_is_given_a_case_by_others(portal: Portal, office: Office) -> None:
    case_id, now = filed_report(portal).case_id, portal.clock.now()
    with portal.database.write() as session:
        say_away(session, actor=office.officer.actor, until=now.date(), address="", now=now)
        casework.acknowledge(session, case_id=case_id, officer=officer_of(office.decider), now=now)
    assert "Ada Officer" not in suggested(portal, case_id, office.decider)
    assert "Ada Officer" in suggested(portal, case_id, office.officer), "who looks at it is there"
    given: dict[str, Any] = {"case_id": case_id, "person_id": office.officer.id}
    with portal.database.write() as session, pytest.raises(NotThere):
        casework.assign(session, **given, officer=officer_of(office.decider), now=now)

    with portal.database.write() as session:
        come_back(session, actor=office.officer.actor, now=now)
        casework.assign(session, **given, officer=officer_of(office.decider), now=now)
    assert assignee_of(portal, case_id) == office.officer.id


def test_declared_competence_speaks_for_somebody_on_the_page(portal: Portal, office: Office) -> None:
    ada, ben = desk_of(portal, office.officer), desk_of(portal, office.decider)
    for _ in range(2):
        answer(ada, "/desk/cases/competence", languages=["zh_Hans"], matters=["figure"])
    report = filed_report(portal, what="检查从未进行。")
    answer(ben, f"{report.address}/acknowledge")
    page = ben.get(f"{report.address}/assign").get_data(as_text=True)

    assert page.index("Ada Officer") < page.index("reads this writing") < page.index("Olga Outside")
    assert page.count("reads this writing") == page.count("knows this kind") == 1


def test_acknowledging_assigns_by_rule_only_where_the_office_set_it_so(portal: Portal, office: Office) -> None:
    by_hand, by_rule = filed_report(portal).case_id, filed_report(portal).case_id
    ben = officer_of(office.decider)
    settings = ben.settings.model_copy(update={"assign_by_rule": True})
    with portal.database.write() as session:
        assigning.acknowledge(session, case_id=by_hand, officer=ben, now=portal.clock.now())
        given = {"officer": replace(ben, settings=settings), "now": portal.clock.now()}
        assigning.acknowledge(session, case_id=by_rule, **given)
        states = [session.get_one(Case, one).state for one in (by_hand, by_rule)]
        chosen = session.get_one(Case, by_rule).assigned_to

    assert states == ["acknowledged", "assigned"]
    assert chosen in {office.officer.id, office.decider.id, office.outside.id if office.outside else ""}


def hand_over(portal: Portal, by: Someone, of: Someone, to: Someone | None = None, **how: bool) -> Handed:
    with portal.database.write() as session:
        given: dict[str, Any] = {"officer": officer_of(by), "now": portal.clock.now(), **how}
        return handover.hand_over(session, person_id=of.id, to=to.id if to else None, **given)


def assignee_of(portal: Portal, case_id: str) -> str | None:
    with portal.database.read() as session:
        return session.get_one(Case, case_id).assigned_to


def test_everything_in_hand_goes_to_a_colleague_who_can_then_read_it(portal: Portal, office: Office) -> None:
    third = person(portal, roles=["case-officer"], name="Theo Third")
    case_id, other = (in_hands_of(portal, office.officer, office.decider) for _ in range(2))
    later = person(portal, roles=["case-officer"], name="Lia Later")
    handed = hand_over(portal, office.officer, office.officer, later)

    assert set(handed.moved) == {case_id, other} and handed.stayed == ()
    assert assignee_of(portal, case_id) == assignee_of(portal, other) == later.id
    assert desk_of(portal, later).get(f"/desk/cases/{reference(case_id)}").status_code == 200
    assert hand_over(portal, third, office.officer, later) == Handed()


def test_a_case_stays_where_nobody_who_was_meant_may_have_it(portal: Portal, office: Office) -> None:
    case_id = in_hands_of(portal, office.officer, office.decider)

    assert hand_over(portal, office.decider, office.officer, office.connected) == Handed(stayed=(case_id,))
    assert assignee_of(portal, case_id) == office.officer.id


def test_a_finding_that_waits_stays_with_whoever_proposed_it(portal: Portal, office: Office) -> None:
    case_id = in_hands_of(portal, office.officer, office.decider)
    with portal.database.write() as session:
        given: dict[str, Any] = {"officer": officer_of(office.officer), "now": portal.clock.now()}
        finding = Finding.NOT_UPHELD
        decisions.propose_finding(session, case_id=case_id, finding=finding, reason="so", **given)

    assert hand_over(portal, office.decider, office.officer) == Handed()


def test_who_gives_up_their_keys_is_locked_out_and_can_be_let_in_again(portal: Portal, office: Office) -> None:
    case_id = in_hands_of(portal, office.officer, office.decider)
    hand_over(portal, office.officer, office.officer, office.decider, gives_up_keys=True)
    with portal.database.read() as session:
        assert office.officer.id not in holders_of(session, case_id)
        assert session.scalar(select(func.max(Epoch.number)).where(Epoch.case_id == case_id)) == 2
    assert desk_of(portal, office.officer).get(f"/desk/cases/{reference(case_id)}").status_code == 404

    with portal.database.write() as session:
        given: dict[str, Any] = {"officer": officer_of(office.decider), "now": portal.clock.now()}
        casework.assign(session, case_id=case_id, person_id=office.officer.id, **given)
    assert desk_of(portal, office.officer).get(f"/desk/cases/{reference(case_id)}").status_code == 200


def test_nobody_takes_the_keys_of_a_colleague(portal: Portal, office: Office) -> None:
    in_hands_of(portal, office.officer, office.decider)

    with pytest.raises(NotEligible):
        hand_over(portal, office.decider, office.officer, gives_up_keys=True)


def test_handover_counts_only_cases_that_exist_for_whoever_looks(portal: Portal, office: Office) -> None:
    in_hands_of(portal, office.officer, office.decider)
    ben, cleo = (desk_of(portal, one).get("/desk/cases/handover") for one in (office.decider, office.connected))

    assert "Ada Officer · 1 case" in ben.get_data(as_text=True)
    assert "Nobody has a case in hand" in cleo.get_data(as_text=True)
    page = answer(desk_of(portal, office.decider), "/desk/cases/handover", expect=200, of=office.officer.id, to="")
    assert "1 case was handed over." in page.get_data(as_text=True)


def test_many_cases_go_in_steps_that_let_others_write_between(
    portal: Portal, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were all of them moved at once, every reporter would wait for seconds."""
    monkeypatch.setattr(handover, "MOST_AT_ONCE", 2)
    cases = {in_hands_of(portal, office.officer, office.decider) for _ in range(3)}
    ben = desk_of(portal, office.decider)
    first = answer(ben, "/desk/cases/handover", expect=200, of=office.officer.id, to="").get_data(as_text=True)
    assert "2 cases were handed over." in first and "1 more waits to be handed over." in first
    assert "Ada Officer · 1 case" in first
    assert len([one for one in cases if assignee_of(portal, one) == office.officer.id]) == 1
    last = answer(ben, "/desk/cases/handover", expect=200, of=office.officer.id, to="").get_data(as_text=True)
    assert "1 case was handed over." in last and "Hand over the next ones" not in last
    assert office.officer.id not in {assignee_of(portal, one) for one in cases}
