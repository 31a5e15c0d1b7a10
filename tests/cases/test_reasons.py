"""Who gives the second signature reads what for, and nothing else: each reason says what it is about."""

from typing import Any

import pytest
from pyrage import x25519

from portal.cases.services import casework, decisions, identities
from portal.cases.values import Finding
from portal.foundation.context import Portal
from tests.cases.test_desk import do
from tests.factories.accounts import Someone, person
from tests.factories.cases import Filed, Office, answer, desk_of, filed_report

KEY = str(x25519.Identity.generate().to_public())
NAME, MORE_TIME, FOUND = "name-wistful", "time-wistful", "found-wistful"


@pytest.fixture
def keepers(portal: Portal, office: Office) -> list[Someone]:
    return [
        person(portal, roles=[role, "identity-keeper"], name=f"Kim {role}")
        for role in ("case-officer", "case-decider")
    ]


@pytest.fixture
def report(portal: Portal, office: Office, keepers: list[Someone]) -> Filed:
    report = filed_report(portal, what="The count was made up.", identity="I am the clerk")
    do(portal, casework.acknowledge, office.officer, report.case_id)
    do(portal, casework.assign, office.officer, report.case_id, person_id=office.officer.id)
    return report


def page(portal: Portal, someone: Someone, address: str) -> str:
    return desk_of(portal, someone).get(address).get_data(as_text=True)


def test_the_second_of_two_reads_the_reason_of_what_waits(
    portal: Portal, office: Office, report: Filed, keepers: list[Someone]
) -> None:
    do(portal, identities.propose_opening, keepers[0], report.case_id, reason=NAME)
    ada = desk_of(portal, office.officer)
    answer(ada, f"{report.address}/extend", reason=MORE_TIME)
    answer(ada, f"{report.address}/export", recipient=KEY, reason="the prosecutor asks")

    for someone, act, said in (
        (keepers[1], "identity-agree", NAME),
        (keepers[1], "identity-refuse", NAME),
        (office.decider, "extend-agree", MORE_TIME),
        (office.decider, "extend-refuse", MORE_TIME),
        (office.decider, "export-agree", KEY),
    ):
        shown = page(portal, someone, f"{report.address}/{act}")
        assert [one for one in (NAME, MORE_TIME, KEY) if one in shown] == [said], act


def test_beside_a_finding_stands_its_own_reason_alone(
    portal: Portal, office: Office, report: Filed, keepers: list[Someone]
) -> None:
    do(portal, identities.propose_opening, keepers[0], report.case_id, reason=NAME)
    finding: dict[str, Any] = {"finding": Finding.NOT_UPHELD}
    do(portal, decisions.propose_finding, office.officer, report.case_id, **finding, reason="first")
    do(portal, decisions.send_back, office.decider, report.case_id, reason="look again")
    do(portal, decisions.propose_finding, office.officer, report.case_id, **finding, reason=FOUND)

    shown = page(portal, office.decider, f"{report.address}/decide")
    assert FOUND in shown and NAME not in shown and "look again" not in shown
    assert FOUND not in page(portal, office.decider, f"{report.address}/message")


def test_the_case_says_what_each_reason_is_for(
    portal: Portal, office: Office, report: Filed, keepers: list[Someone]
) -> None:
    do(portal, identities.propose_opening, keepers[0], report.case_id, reason=NAME)
    answer(desk_of(portal, office.officer), f"{report.address}/extend", reason=MORE_TIME)
    shown = page(portal, office.officer, report.address)
    assert "Reason for opening who the reporter is" in shown and "Reason for more time" in shown


def test_who_can_read_a_name_is_not_offered_to_ask_for_it(
    portal: Portal, office: Office, report: Filed, keepers: list[Someone]
) -> None:
    assert "Ask to open who the reporter is" in page(portal, keepers[1], report.address)
    do(portal, identities.propose_opening, keepers[0], report.case_id, reason=NAME)
    do(portal, identities.agree_to_opening, keepers[1], report.case_id)
    for keeper in keepers:
        assert "Ask to open who the reporter is" not in page(portal, keeper, report.address)
