"""The second of two who does not agree says why, and whoever proposed it reads that in the case."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from portal.cases.models import Item
from portal.cases.queries import read_case
from portal.cases.services import (
    casework,
    decisions,
    exports,
    extensions,
    identities,
    joining,
    masks,
    retention,
    taking_back,
)
from portal.cases.values import CaseState, Finding, ItemKind, Proposed, reference
from portal.foundation.context import Portal
from tests.cases.conftest import everything_stored
from tests.cases.test_attachments import file_page
from tests.cases.test_cleaning import photograph
from tests.cases.test_desk import do, to_state
from tests.cases.test_export import KEY
from tests.cases.test_identity import filed, people
from tests.factories.accounts import Someone
from tests.factories.cases import UNWRITTEN, Office, answer, desk_of, filed_report, officer_of, problems

__all__ = ["people"]

WHY = "gannets-say-otherwise"
AGAIN = "It begins with what was proposed last and not agreed to"


def more_time(portal: Portal, office: Office) -> str:
    case_id = to_state(portal, office, CaseState.ASSIGNED)
    do(portal, extensions.propose_extension, office.officer, case_id, reason="x")
    return case_id


def join(portal: Portal, office: Office) -> str:
    main, other = (to_state(portal, office, CaseState.ACKNOWLEDGED) for _ in range(2))
    do(portal, joining.propose_joining, office.officer, other, into_id=main, reason="x")
    return other


def mask(portal: Portal, office: Office) -> str:
    case_id = to_state(portal, office, CaseState.ASSIGNED)
    do(portal, masks.propose, office.officer, case_id, words=["parks", "inspected"], reason="x")
    return case_id


def hand_over(portal: Portal, office: Office) -> str:
    case_id = to_state(portal, office, CaseState.ASSIGNED)
    officer, now = officer_of(office.officer), portal.clock.now()
    with portal.database.write() as session:
        case = read_case(session, case_id=case_id, officer=officer, now=now)
        exports.propose(session, case=case, recipient=KEY, reason="x", officer=officer, now=now)
    return case_id


def end_hold(portal: Portal, office: Office) -> str:
    case_id = to_state(portal, office, CaseState.DECIDED, Finding.NOT_UPHELD)
    do(portal, decisions.close, office.officer, case_id, **UNWRITTEN)
    do(portal, retention.hold, office.officer, case_id, reason="x")
    do(portal, retention.propose_release, office.officer, case_id, reason="x")
    return case_id


def find(portal: Portal, office: Office) -> str:
    return to_state(portal, office, CaseState.PROPOSED, Finding.NOT_UPHELD)


REFUSED: dict[str, tuple[Any, str]] = {
    "extend-refuse": (more_time, "Why more time was refused"),
    "join-refuse": (join, "Why joining was refused"),
    "mask-refuse": (mask, "Why the mask was refused"),
    "export-refuse": (hand_over, "Why handing it to an authority was refused"),
    "release-refuse": (end_hold, "Why ending the hold was refused"),
    "send-back": (find, "Why the finding was sent back"),
}


@pytest.mark.parametrize("act", REFUSED)
def test_who_refuses_says_why_and_the_proposer_reads_it(portal: Portal, office: Office, act: str) -> None:
    proposed, title = REFUSED[act]
    address = f"/desk/cases/{reference(proposed(portal, office))}"
    ada, ben = desk_of(portal, office.officer), desk_of(portal, office.decider)
    assert problems(answer(ben, f"{address}/{act}", expect=422, reason="")) == ["Say why you do not agree."]
    answer(ben, f"{address}/{act}", reason=WHY)

    page = ada.get(address).get_data(as_text=True)
    assert title in page and page.count(WHY) == 1
    assert WHY.encode() not in everything_stored(portal)


def test_a_keeper_who_refuses_says_why(portal: Portal, office: Office, people: list[Someone]) -> None:
    report = filed(portal)
    do(portal, identities.propose_opening, people[0], report.case_id, reason="x")
    answer(desk_of(portal, people[1]), f"{report.address}/identity-refuse", reason=WHY)

    page = desk_of(portal, people[0]).get(report.address).get_data(as_text=True)
    assert "Why opening who the reporter is was refused" in page and WHY in page


def test_the_next_second_reads_why_it_is_proposed_and_not_why_it_was_refused(
    portal: Portal, office: Office
) -> None:
    case_id = more_time(portal, office)
    do(portal, extensions.refuse_extension, office.decider, case_id, reason=WHY)
    do(portal, extensions.propose_extension, office.officer, case_id, reason="petrels-await")
    page = desk_of(portal, office.decider).get(f"/desk/cases/{reference(case_id)}/extend-agree")

    assert "petrels-await" in page.get_data(as_text=True) and WHY not in page.get_data(as_text=True)


def words_in(page: str) -> list[str]:
    """What stands in the field of the words to mask."""
    found = re.search(r'name="words"[^>]*>([^<]*)</textarea>', page)
    assert found is not None
    return found[1].split()


@pytest.mark.parametrize("ends", ["refused", "taken back"])
def test_a_mask_that_nobody_agreed_to_is_not_typed_anew(portal: Portal, office: Office, ends: str) -> None:
    case_id = mask(portal, office)
    if ends == "refused":
        do(portal, masks.refuse, office.decider, case_id, reason=WHY)
    else:
        do(portal, taking_back.take_back, office.officer, case_id, what=Proposed.MASKING)
    ada, address = desk_of(portal, office.officer), f"/desk/cases/{reference(case_id)}/mask"
    page = ada.get(address).get_data(as_text=True)
    assert words_in(page) == ["parks", "inspected"] and AGAIN in page
    assert "were never inspected" in ada.get(address.removesuffix("/mask")).get_data(as_text=True)

    answer(ada, address, words="parks", reason="x")
    do(portal, masks.agree, office.decider, case_id)
    page = ada.get(address).get_data(as_text=True)
    assert words_in(page) == ["parks"] and AGAIN not in page


def test_cells_of_a_refused_mask_are_taken_up_too(portal: Portal, office: Office) -> None:
    """Its copy with parts in black is gone; the next proposal draws it anew."""
    report = filed_report(portal, file=("face.jpg", photograph()))
    do(portal, casework.acknowledge, office.officer, report.case_id)
    do(portal, casework.assign, office.officer, report.case_id, person_id=office.officer.id)
    ada = desk_of(portal, office.officer)
    answer(ada, file_page(ada, report))
    said = {"file_1": "covered", "cells_1": "B3:D7", "words": "", "reason": "a face"}
    answer(ada, f"{report.address}/mask", **said)
    do(portal, masks.refuse, office.decider, report.case_id, reason=WHY)
    page = ada.get(f"{report.address}/mask").get_data(as_text=True)
    assert AGAIN in page and "B3:D7</textarea>" in page
    answer(ada, f"{report.address}/mask", **said)
    do(portal, masks.agree, office.decider, report.case_id)

    assert "parts are covered" in desk_of(portal, office.decider).get(report.address).get_data(as_text=True)


def test_who_cannot_open_what_was_refused_begins_with_what_holds(portal: Portal, office: Office) -> None:
    """Whoever was let in by the reporter has no key to what earlier officers wrote for themselves."""
    case_id = mask(portal, office)
    do(portal, masks.refuse, office.decider, case_id, reason=WHY)
    with portal.database.write() as session:
        for item in session.scalars(select(Item).where(Item.case_id == case_id, Item.kind == ItemKind.NOTE)):
            session.delete(item)
    page = desk_of(portal, office.officer).get(f"/desk/cases/{reference(case_id)}/mask")

    assert page.status_code == 200 and AGAIN not in page.get_data(as_text=True)
