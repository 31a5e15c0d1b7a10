"""Who receives a report, where a case may go, and when it is due."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.cases import rules
from portal.cases.errors import WrongState
from portal.cases.rules import Candidate, OfADay
from portal.cases.values import CaseState, Finding, HolderKind, InspectionState, Lane


def candidate(
    name: str, *, connected: bool = False, holder: HolderKind = HolderKind.HANDLER, address: str = ""
) -> Candidate:
    return Candidate(name, name, address, f"key-{name}", b"", holder, connected)


LI, CHEN, WANG = candidate("Li Na"), candidate("Chen Wei"), candidate("Wang Fang")
OUTSIDE = candidate("Ombudsman", holder=HolderKind.OUTSIDE)


def receive(*people: Candidate, names: str = "", body_known: bool = True, outside_only: bool = False) -> list[str]:
    found = rules.recipients(people, names=names, body_known=body_known, outside_only=outside_only)
    return [person.name for person in found]


def test_every_unconnected_handler_and_the_outside_recipient_receive_a_report() -> None:
    assert receive(LI, CHEN, OUTSIDE) == ["Li Na", "Chen Wei", "Ombudsman"]


def test_connected_people_receive_nothing() -> None:
    assert receive(LI, CHEN, candidate("Zhao", connected=True)) == ["Li Na", "Chen Wei"]
    assert receive(LI, CHEN, candidate("Ombudsman", connected=True, holder=HolderKind.OUTSIDE)) == [
        "Li Na",
        "Chen Wei",
    ]


def test_one_handler_alone_could_bury_a_report() -> None:
    assert receive(LI) == []
    assert receive(LI, OUTSIDE) == ["Li Na", "Ombudsman"]


def test_somebody_who_is_both_counts_once() -> None:
    assert receive(candidate("Ombudsman"), LI, OUTSIDE) == ["Li Na", "Ombudsman"]


def test_unrecognised_body_goes_to_the_outside_recipient_alone() -> None:
    assert receive(LI, CHEN, OUTSIDE, body_known=False) == ["Ombudsman"]
    assert receive(LI, CHEN, body_known=False) == []


def test_reporter_may_choose_the_outside_recipient() -> None:
    assert receive(LI, CHEN, OUTSIDE, outside_only=True) == ["Ombudsman"]


@pytest.mark.parametrize(
    "words", ["Chen Wei", "not chen please", "CHEN", "Mr. Chén, his deputy", "chen.wei@office.example"]
)
def test_people_the_reporter_names_receive_nothing(words: str) -> None:
    chen = candidate("Chen Wei", address="chen.wei@office.example")
    assert receive(LI, chen, WANG, names=words) == ["Li Na", "Wang Fang"]


def test_chinese_names_are_found_anywhere_in_the_text() -> None:
    assert receive(LI, WANG, candidate("陈伟"), names="不要让财务处的陈 伟看到") == ["Li Na", "Wang Fang"]


def test_other_words_exclude_nobody() -> None:
    assert receive(LI, CHEN, names="the kitchen staff, the link road office") == ["Li Na", "Chen Wei"]


@given(st.text(max_size=80))
def test_no_text_lets_a_connected_person_in(text: str) -> None:
    assert "Zhao" not in receive(LI, CHEN, OUTSIDE, candidate("Zhao", connected=True), names=text)


def test_the_line_of_a_case() -> None:
    state = CaseState.RECEIVED
    for act, expected in [
        ("acknowledge", CaseState.ACKNOWLEDGED),
        ("triage", CaseState.TRIAGE),
        ("assign", CaseState.ASSIGNED),
        ("investigate", CaseState.INVESTIGATING),
        ("propose", CaseState.PROPOSED),
        ("decide", CaseState.DECIDED),
        ("act", CaseState.ACTION),
        ("close", CaseState.CLOSED),
        ("reopen", CaseState.REOPENED),
    ]:
        state = rules.after(act, state)
        assert state is expected


@pytest.mark.parametrize("act", sorted(set(rules.TRANSITIONS) - {"reopen"}))
def test_closed_case_goes_nowhere_unless_it_is_reopened(act: str) -> None:
    with pytest.raises(WrongState):
        rules.after(act, CaseState.CLOSED)


def test_no_case_is_decided_without_a_proposal() -> None:
    for state in set(CaseState) - {CaseState.PROPOSED}:
        assert not rules.may("decide", state)


def test_figure_found_false_keeps_its_case_open_until_corrected() -> None:
    assert not rules.may_close(finding=Finding.UPHELD, about_figure=True, corrected=False)
    assert rules.may_close(finding=Finding.UPHELD, about_figure=True, corrected=True)
    assert rules.may_close(finding=Finding.NOT_UPHELD, about_figure=True, corrected=False)
    assert rules.may_close(finding=Finding.UPHELD, about_figure=False, corrected=False)


@pytest.mark.parametrize(
    ("every", "body", "subject", "lane"),
    [
        (0, 0, 0, Lane.MAIN),
        (99, 9, 4, Lane.MAIN),
        (9, 9, 5, Lane.QUARANTINE),
        (10, 10, 0, Lane.QUARANTINE),
        (100, 3, 0, Lane.QUARANTINE),
        (100, 2, 2, Lane.MAIN),
        (1000, 0, 0, Lane.MAIN),
    ],
)
def test_a_flood_is_set_aside_and_the_first_reports_about_a_body_are_not(
    every: int, body: int, subject: int, lane: Lane
) -> None:
    """Else whoever has something to hide would send junk, about anything, on the day others report it."""
    assert rules.lane_for(OfADay(every, body, subject), OfADay(100, 10, 5)) is lane


def test_deadlines_fall_on_real_days() -> None:
    assert rules.acknowledge_by(date(2026, 2, 25), 7) == date(2026, 3, 4)
    assert rules.feedback_by(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert rules.feedback_by(date(2026, 2, 9), 3) == date(2026, 5, 9)


def test_files_are_added_to_an_inspection_that_is_made_while_its_case_is_open() -> None:
    for state in CaseState:
        found = [one for one in InspectionState if rules.may_attach(state=state, inspection=one)]
        made = [InspectionState.ORDERED, InspectionState.DONE]
        assert found == ([] if state is CaseState.CLOSED else made)
        assert not rules.may_attach(state=state, inspection=None)
