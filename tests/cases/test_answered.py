"""Whoever proposed something in a case learns at the desk that somebody else agreed or refused.

Were this to fail, a finding that was sent back would lie until its proposer happened to open the case again.
"""

import re
from datetime import date
from typing import Any

import pytest

from portal.accounts.services import declare_interest
from portal.cases.errors import NoSuchCase
from portal.cases.jobs import clear_up
from portal.cases.services import (
    batches,
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
from portal.cases.values import Proposed, reference
from portal.foundation.context import Portal
from tests.cases.conftest import everything_stored
from tests.cases.test_batches import dismissed, flood, given, promise, propose
from tests.cases.test_desk import do, titles
from tests.cases.test_identity import filed, people
from tests.cases.test_new_keys import alone, reseal
from tests.cases.test_refusals import WHY, end_hold, find, hand_over, join, mask, more_time
from tests.cases.test_retention import closed, look
from tests.cases.test_steps import later
from tests.factories.accounts import Someone, person, renewed
from tests.factories.cases import Office, desk_of, problems

__all__ = ["people"]

HEADING = "What became of what you proposed"
SENT_BACK = "The finding in a case was sent back: read why"

DECIDED: tuple[tuple[Any, Any, bool, str], ...] = (
    (find, decisions.decide, True, "The finding in a case was agreed to"),
    (find, decisions.send_back, False, SENT_BACK),
    (more_time, extensions.agree_to_extension, True, "More time for a case was agreed to"),
    (more_time, extensions.refuse_extension, False, "More time for a case was refused: read why"),
    (join, joining.agree_to_joining, True, "Joining two cases was agreed to"),
    (join, joining.refuse_joining, False, "Joining two cases was refused: read why"),
    (mask, masks.agree, True, "Masking third parties was agreed to"),
    (mask, masks.refuse, False, "Masking third parties was refused: read why"),
    (hand_over, exports.agree, True, "Handing a case to an authority was agreed to"),
    (hand_over, exports.refuse, False, "Handing a case to an authority was refused: read why"),
    (end_hold, retention.agree_to_release, True, "Ending the hold on a case was agreed to"),
    (end_hold, retention.refuse_release, False, "Ending the hold on a case was refused: read why"),
)


def sent_back(portal: Portal, office: Office) -> str:
    case_id = find(portal, office)
    do(portal, decisions.send_back, office.decider, case_id, reason=WHY)
    return case_id


def everybody(office: Office) -> list[Someone]:
    return [one for one in (office.officer, office.decider, office.connected, office.outside) if one is not None]


@pytest.mark.parametrize(("proposed", "act", "agrees", "title"), DECIDED)
def test_the_proposer_alone_is_told_until_they_open_the_case(
    portal: Portal, office: Office, proposed: Any, act: Any, agrees: bool, title: str
) -> None:
    case_id = proposed(portal, office)
    do(portal, act, office.decider, case_id, **({} if agrees else {"reason": WHY}))
    assert [one for one in everybody(office) if title in titles(portal, one)] == [office.officer]
    address = f"/desk/cases/{reference(case_id)}"
    desk_of(portal, office.decider).get(address)
    ada = desk_of(portal, office.officer)
    page = ada.get("/desk").get_data(as_text=True)
    assert HEADING in page and title in page and WHY not in page
    ada.get(address)

    assert title not in titles(portal, office.officer)
    assert HEADING not in ada.get("/desk").get_data(as_text=True)


@pytest.mark.parametrize(
    ("act", "given", "title"),
    [
        (identities.agree_to_opening, {}, "Opening a reporter's identity was agreed to"),
        (identities.refuse_opening, {"reason": WHY}, "Opening a reporter's identity was refused: read why"),
    ],
)
def test_a_keeper_is_told_too(
    portal: Portal, office: Office, people: list[Someone], act: Any, given: dict[str, Any], title: str
) -> None:
    case_id = filed(portal).case_id
    do(portal, identities.propose_opening, people[0], case_id, reason="x")
    do(portal, act, people[1], case_id, **given)

    assert [title in titles(portal, one) for one in people[:3]] == [True, False, False]


def test_whoever_takes_their_own_half_back_is_told_nothing(portal: Portal, office: Office) -> None:
    case_id = more_time(portal, office)
    do(portal, taking_back.take_back, office.officer, case_id, what=Proposed.EXTENSION)

    assert not any("refused" in one for one in titles(portal, office.officer))


def test_whoever_may_not_see_the_case_any_more_is_told_nothing_of_it(portal: Portal, office: Office) -> None:
    """Not of it, and not that there was anything: their desk is as if they had never proposed anything."""
    left, near = sent_back(portal, office), mask(portal, office)
    assert SENT_BACK in titles(portal, office.officer)
    do(portal, casework.recuse, office.officer, left)
    assert SENT_BACK not in titles(portal, office.officer)
    do(portal, masks.refuse, office.decider, near, reason=WHY)
    with portal.database.write() as session:
        declare_interest(session, body_code="DPR", actor=office.officer.actor, now=portal.clock.now())

    assert titles(portal, office.officer) == set()


def test_two_whom_the_same_was_said_are_told_each_for_themselves(portal: Portal, office: Office) -> None:
    dan = person(portal, roles=["case-decider"], name="Dan Decider")
    case_id, title = mask(portal, office), "Masking third parties was refused: read why"
    do(portal, masks.refuse, office.decider, case_id, reason=WHY)
    do(portal, masks.propose, dan, case_id, words=["parks"], reason="x")
    do(portal, masks.refuse, office.decider, case_id, reason=WHY)
    assert title in titles(portal, office.officer) & titles(portal, dan)
    desk_of(portal, dan).get(f"/desk/cases/{reference(case_id)}")

    assert title in titles(portal, office.officer) and title not in titles(portal, dan)


def test_a_deletion_that_was_refused_is_told_and_one_that_was_done_leaves_nothing(
    portal: Portal, office: Office
) -> None:
    dan = person(portal, roles=["case-decider"], name="Dan Second")
    report = closed(portal, office)
    look(portal, date(2027, 4, 1))
    do(portal, retention.propose_deletion, office.decider, report.case_id, reason="x")
    do(portal, retention.refuse_deletion, dan, report.case_id, reason=WHY)
    assert "Deleting a case was refused: read why" in titles(portal, office.decider)
    do(portal, retention.propose_deletion, office.decider, report.case_id, reason="x")
    do(portal, retention.agree_to_deletion, dan, report.case_id)

    assert titles(portal, office.decider) == set() == titles(portal, dan)


SIGNED = "Dismissing reports together was agreed to"


def test_whoever_proposed_to_dismiss_a_flood_is_told_that_it_was_signed(portal: Portal, office: Office) -> None:
    dismissed(portal, office)
    assert SIGNED in titles(portal, office.officer) and SIGNED not in titles(portal, office.decider)
    ada = desk_of(portal, office.officer)
    (address,) = {one for one in links(ada) if "/batches/" in one}
    page = ada.get(address).get_data(as_text=True)
    assert "Ben Decider gave the second signature on 1 April 2026" in page and "3 reports" in page
    assert SIGNED not in titles(portal, office.officer)

    assert desk_of(portal, office.decider).get(address).status_code == 404
    with portal.database.write() as session:
        declare_interest(session, body_code="DPR", actor=office.officer.actor, now=portal.clock.now())
    assert ada.get(address).status_code == 404


def links(client: Any) -> set[str]:
    return set(re.findall(r'href="([^"]*)"', client.get("/desk").get_data(as_text=True)))


REFUSED = "Dismissing reports together was refused: read why"


def a_batch(portal: Portal, office: Office) -> str:
    promise(portal)
    flood(portal)
    return f"/desk/cases/batches/{propose(portal, office.officer)}"


def refuse(client: Any, address: str, **fields: str) -> Any:
    """Send the second form of the page."""
    page = client.get(address).get_data(as_text=True)
    found = re.search(r'action="[^"]*/refuse".*?name="form_token"[^>]*value="([^"]*)"', page, re.DOTALL)
    assert found is not None, "nothing can be refused here"
    return client.post(f"{address}/refuse", data={"form_token": found[1], **fields})


def test_whoever_refuses_to_dismiss_a_flood_says_why_to_whoever_proposed_it(
    portal: Portal, office: Office
) -> None:
    address = a_batch(portal, office)
    ada, ben = desk_of(portal, office.officer), desk_of(portal, office.decider)
    refused = refuse(ben, address, reason="")
    assert refused.status_code == 422 and problems(refused) == ["Say why you do not agree."]
    assert refuse(ben, address, reason=WHY).status_code == 303
    assert [one for one in everybody(office) if REFUSED in titles(portal, one)] == [office.officer]
    assert address in links(ada) and WHY not in ada.get("/desk").get_data(as_text=True)

    read = ada.get(address).get_data(as_text=True)
    assert "Ben Decider refused it on 1 April 2026" in read and WHY in read and "3 reports" in read
    assert REFUSED not in titles(portal, office.officer)
    assert ben.get(address).status_code == 404
    assert WHY.encode() not in everything_stored(portal)
    assert propose(portal, office.officer)


def test_whoever_takes_a_batch_back_gives_no_reason(portal: Portal, office: Office) -> None:
    address = a_batch(portal, office)
    ada = desk_of(portal, office.officer)
    assert 'name="reason"' not in ada.get(address).get_data(as_text=True)
    assert refuse(ada, address).status_code == 303

    assert REFUSED not in titles(portal, office.officer) and ada.get(address).status_code == 404


def test_why_a_batch_was_refused_can_be_read_with_a_new_key_and_for_sixty_days(
    portal: Portal, office: Office
) -> None:
    batch_id = a_batch(portal, office).rpartition("/")[2]
    with portal.database.write() as session:
        batches.refuse(session, batch_id=batch_id, reason=WHY, **given(portal, office.decider))
    voucher = person(portal, roles=["case-officer"], name="Vera Voucher")
    ada = renewed(office.officer, office.decider, voucher)
    assert reseal(portal, ada) > 0
    with portal.database.read() as session:
        found = batches.answered(session, batch_id=batch_id, officer=alone(ada), now=portal.clock.now())
    assert found.reason == WHY
    later(portal, 61)
    clear_up(portal)

    with portal.database.read() as session, pytest.raises(NoSuchCase):
        batches.answered(session, batch_id=batch_id, officer=alone(ada), now=portal.clock.now())
    assert REFUSED not in titles(portal, ada)
