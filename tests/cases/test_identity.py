"""Who a reporter is lies apart: no key of the case opens it, and no one person does."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select

from portal.accounts.models import RoleGrant
from portal.cases import shares
from portal.cases.errors import NobodyToDecide, NoSuchCase, WrongState
from portal.cases.models import IdentityKey, IdentityShare
from portal.cases.queries import read_case
from portal.cases.services import casework, identities, masks
from portal.duties.errors import NoSuchProposal, OwnProposal
from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from portal.foundation.errors import Forbidden
from tests.cases.conftest import everything_stored
from tests.cases.test_desk import DAY, do
from tests.conftest import new_client
from tests.factories.accounts import Someone, person
from tests.factories.cases import (
    FIGURE,
    Filed,
    a_figure,
    answer,
    case_ids,
    code_on,
    desk_of,
    officer_of,
    problems,
    send,
)

NAME = "Wilhelmina Featherstonehaugh, 555-0142"
KEEPER = "identity-keeper"


@pytest.fixture
def people(portal: Portal) -> tuple[Someone, Someone, Someone, Someone]:
    """Two keepers, a third, and a decider who keeps nothing."""
    a_figure(portal)
    return (
        person(portal, roles=["case-officer", KEEPER], name="Ada Officer"),
        person(portal, roles=["case-decider", KEEPER], name="Ben Decider"),
        person(portal, roles=["case-officer", KEEPER], name="Cai Officer"),
        person(portal, roles=["case-decider"], name="Dee Decider"),
    )


def filed(portal: Portal) -> Filed:
    client, before = new_client(portal), case_ids(portal)
    client.post("/report", data=FIGURE)
    answer(client, "/report/what", what="Look here.")
    answer(client, "/report/who", identity=NAME)
    assert NAME in client.get("/report/check").get_data(as_text=True)
    answer(client, "/report/check")
    (case_id,) = case_ids(portal) - before
    return Filed(case_id, code_on(client.get("/report/done")), portal)


def read(portal: Portal, someone: Someone, case_id: str) -> str:
    with portal.database.write() as session:
        officer = officer_of(someone)
        return identities.read(session, case_id=case_id, officer=officer, now=portal.clock.now())


@given(st.binary(min_size=32, max_size=32), st.integers(2, 9), st.data())
def test_any_two_shares_give_the_secret_back(secret: bytes, count: int, data: st.DataObject) -> None:
    made = shares.split(secret, count)
    one, other = data.draw(st.permutations(made))[:2]
    assert shares.join(one, other) == secret


def test_one_share_is_none() -> None:
    first, second = shares.split(bytes(32), 2)
    stranger = shares.split(bytes(32), 2)[1]
    for wrong in (first, stranger[:2] + stranger[3:], stranger):
        with pytest.raises(ValueError, match="share"):
            shares.join(first, wrong)
    assert bytes(8) not in first and bytes(8) not in second  # the secret of zeros shows in neither
    with pytest.raises(ValueError, match="two or more"):
        shares.split(bytes(32), 1)


def test_two_keepers_open_it_and_the_reporter_sees_the_day(portal: Portal, people: Any) -> None:
    """Nothing of it is in the report, on the disk, or on a page before two have signed."""
    ada, ben, cai, _ = people
    report = filed(portal)
    assert NAME.split(",")[0].encode() not in everything_stored(portal)
    desk, mailbox = desk_of(portal, ada), new_client(portal)
    page = desk.get(report.address).get_data(as_text=True)
    assert "Sealed apart" in page and "Featherstonehaugh" not in page
    answer(mailbox, "/report/mailbox", code=report.code)
    assert "Nobody has opened it" in mailbox.get("/report/mailbox").get_data(as_text=True)

    answer(desk, f"{report.address}/identity", reason="A court asks for a witness.")
    with pytest.raises((OwnProposal, NoSuchProposal)):
        do(portal, identities.agree_to_opening, ada, report.case_id)
    with pytest.raises(WrongState):
        read(portal, ada, report.case_id)
    assert desk.get(f"{report.address}/who").status_code == 404
    answer(desk_of(portal, ben), f"{report.address}/identity-agree", sure="y")

    shown = answer(desk, f"{report.address}/who", expect=200).get_data(as_text=True)
    assert "Featherstonehaugh" in shown and read(portal, ben, report.case_id) == NAME
    with pytest.raises(WrongState):
        read(portal, cai, report.case_id)
    assert "Two officers opened it together on" in mailbox.get("/report/mailbox").get_data(as_text=True)
    assert NAME.split(",")[0].encode() not in everything_stored(portal)
    with portal.database.read() as session:
        acts = list(session.connection().exec_driver_sql("SELECT act FROM audit_row").scalars())
    assert acts.count("cases.read-identity") == 2 and "cases.open-identity" in acts


@pytest.mark.parametrize("name", ["identity", "export"])
def test_a_copied_cookie_brings_out_neither_who_wrote_nor_the_case(portal: Portal, people: Any, name: str) -> None:
    """What was typed before that became too old stays on the page and can be sent once it is confirmed."""
    ada, *_ = people
    report, desk = filed(portal), desk_of(portal, ada)
    do(portal, casework.acknowledge, ada, report.case_id)
    address = f"{report.address}/{name}"
    page = desk.get(address)
    assert page.status_code == 200
    assert isinstance(portal.clock, FixedClock)
    portal.clock.at += timedelta(minutes=11)
    assert desk.get(address).headers["Location"].split("?")[0] == "/desk/confirm"
    typed = {"reason": "A court asks for a witness.", "recipient": "age1"}
    if name == "identity":
        refused = send(desk, address, page, **typed)
        assert refused.status_code == 403 and typed["reason"] in refused.get_data(as_text=True)
        assert "Confirm first that it is you" in " ".join(problems(refused))
    answer(desk, "/desk/confirm", code=ada.code)
    assert desk.get(address).status_code == 200
    if name == "identity":
        assert send(desk, address, page, **typed).status_code == 303


def test_deciding_cases_opens_no_identity(portal: Portal, people: Any) -> None:
    """It takes a second right: whoever works on the case does not have it by that."""
    _, _, _, dee = people
    report = filed(portal)
    with pytest.raises(Forbidden):
        do(portal, identities.propose_opening, dee, report.case_id, reason="I want to know")
    late = person(portal, roles=["case-decider", KEEPER], name="Eve Late")
    with pytest.raises(NoSuchCase):
        do(portal, identities.propose_opening, late, report.case_id, reason="I want to know")
    do(portal, casework.acknowledge, dee, report.case_id)
    do(portal, casework.share, dee, report.case_id, person_id=late.id)
    with pytest.raises(WrongState):  # the case was given to her, a share of this was not
        do(portal, identities.propose_opening, late, report.case_id, reason="I want to know")
    do(portal, identities.propose_opening, people[0], report.case_id, reason="A court asks.")
    with pytest.raises((WrongState, NoSuchProposal)):  # nor does she sign what waits, though let in and a keeper
        do(portal, identities.agree_to_opening, late, report.case_id)
    with portal.database.read() as session:
        assert session.scalars(select(IdentityKey)).all() == []


def test_whoever_steps_aside_loses_the_share(portal: Portal, people: Any) -> None:
    ada, ben, cai, _ = people
    report = filed(portal)
    do(portal, identities.propose_opening, ada, report.case_id, reason="needed")
    do(portal, casework.recuse, ada, report.case_id)
    with portal.database.read() as session:
        left = set(session.scalars(select(IdentityShare.person_id)))
    assert left == {ben.id, cai.id}
    with pytest.raises(WrongState):  # what the one who left had asked for went with them
        do(portal, identities.agree_to_opening, ben, report.case_id)
    do(portal, casework.recuse, ben, report.case_id)
    with pytest.raises(NobodyToDecide):
        do(portal, identities.propose_opening, cai, report.case_id, reason="alone")


def test_after_some_days_it_has_to_be_asked_for_again(portal: Portal, people: Any) -> None:
    ada, ben, *_ = people
    report = filed(portal)
    do(portal, identities.propose_opening, ada, report.case_id, reason="needed")
    do(portal, identities.agree_to_opening, ben, report.case_id)
    assert isinstance(portal.clock, FixedClock)
    portal.clock.at += 15 * DAY
    with pytest.raises(WrongState):
        read(portal, ada, report.case_id)
    with portal.database.write() as session:
        identities.forget_opened(session, today=portal.clock.now().date())
        assert session.scalars(select(IdentityKey.person_id)).all() == []


def test_a_name_is_not_asked_for_where_one_person_could_open_it(portal: Portal) -> None:
    a_figure(portal)
    person(portal, roles=["case-officer", KEEPER], name="Ada Officer")
    person(portal, roles=["case-decider"], name="Ben Decider")
    client = new_client(portal)
    client.post("/report", data=FIGURE)
    assert 'name="identity"' not in client.get("/report/who").get_data(as_text=True)


def test_leaving_people_out_can_leave_too_few_for_a_name(portal: Portal, people: Any) -> None:
    client = new_client(portal)
    client.post("/report", data=FIGURE)
    answer(client, "/report/what", what="Look here.")
    refused = answer(client, "/report/who", names="Ben and Cai", identity=NAME, expect=422)
    assert any("cannot be sealed safely" in one for one in problems(refused))


def test_nothing_is_filed_when_the_keepers_went_before_it_was_sent(portal: Portal, people: Any) -> None:
    client, before = new_client(portal), case_ids(portal)
    client.post("/report", data=FIGURE)
    answer(client, "/report/what", what="Look here.")
    answer(client, "/report/who", identity=NAME)
    with portal.database.write() as session:
        gone = delete(RoleGrant).where(RoleGrant.role == KEEPER, RoleGrant.person_id != people[0].id)
        session.execute(gone)
    refused = answer(client, "/report/check", expect=422)

    assert any("cannot be sealed safely" in one for one in problems(refused))
    assert case_ids(portal) == before
    assert "Look here." in client.get("/report/check").get_data(as_text=True)


TOLD = "A court summons a witness, gannets."


def mailbox_of(portal: Portal, report: Filed) -> str:
    mailbox = new_client(portal)
    answer(mailbox, "/report/mailbox", code=report.code)
    return mailbox.get("/report/mailbox").get_data(as_text=True)


def test_what_the_two_tell_the_reporter_of_why_waits_in_the_mailbox(portal: Portal, people: Any) -> None:
    """Sealed like a message, and read by whoever holds the case: nobody tells a reporter something else unseen."""
    ada, ben, _, dee = people
    report = filed(portal)
    do(portal, identities.propose_opening, ada, report.case_id, reason="A court asks, petrels.")
    page = mailbox_of(portal, report)
    assert "Only two officers together can, and they must write down why" in page
    answer(desk_of(portal, ben), f"{report.address}/identity-agree", sure="y", told=TOLD)

    page = mailbox_of(portal, report)
    assert TOLD in page and "petrels" not in page and "There are no messages yet" in page
    assert TOLD in desk_of(portal, dee).get(report.address).get_data(as_text=True)
    assert b"gannets" not in everything_stored(portal)
    do(portal, identities.propose_opening, ada, report.case_id, reason="Once more.")
    do(portal, identities.agree_to_opening, ben, report.case_id)
    page = mailbox_of(portal, report)
    assert TOLD not in page and "They wrote down why, sealed in the case" in page


def test_what_the_reporter_was_told_is_masked_for_those_who_read_the_case(portal: Portal, people: Any) -> None:
    ada, ben, cai, dee = people
    report = filed(portal)
    do(portal, identities.propose_opening, ada, report.case_id, reason="x")
    do(portal, identities.agree_to_opening, ben, report.case_id, told=TOLD)
    do(portal, casework.acknowledge, ada, report.case_id)
    do(portal, casework.assign, ada, report.case_id, person_id=ada.id)
    do(portal, masks.propose, ada, report.case_id, words=["gannets"], reason="x")
    do(portal, masks.agree, dee, report.case_id)

    assert "gannets" not in desk_of(portal, cai).get(report.address).get_data(as_text=True)
    assert TOLD in mailbox_of(portal, report)


def test_an_authority_does_not_learn_that_the_reporter_was_told_why(portal: Portal, people: Any) -> None:
    ada, ben, *_ = people
    report = filed(portal)
    do(portal, identities.propose_opening, ada, report.case_id, reason="x")
    do(portal, identities.agree_to_opening, ben, report.case_id, told=TOLD)
    with portal.database.read() as session:
        found = read_case(session, case_id=report.case_id, officer=officer_of(ada), now=portal.clock.now())

    assert found.identity is not None and found.identity.told == TOLD
    assert not any("gannets" in one.text for one in found.entries)


def test_who_gives_a_name_reads_who_can_open_it_and_what_is_said_then(portal: Portal, people: Any) -> None:
    client = new_client(portal)
    client.post("/report", data=FIGURE)
    answer(client, "/report/what", what="Look here.")
    page = client.get("/report/who").get_data(as_text=True)

    assert "only two officers together can, and they must write down why. You are not asked before." in page
