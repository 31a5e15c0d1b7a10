"""Somebody fears that a key to a case was seen: from now on it opens nothing that is written."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from portal.accounts.services.anchors import anchor_file
from portal.cases import sealing
from portal.cases.errors import KeysNotTrusted, LockForged, NoSuchCase
from portal.cases.models import Epoch, Item, Wrap
from portal.cases.queries import read_case
from portal.cases.sealing import EpochKeys
from portal.cases.services import casework, decisions, epochs, joining, locks
from portal.cases.timeline import timeline
from portal.cases.values import CaseState, Finding, HolderKind, ItemKind, Why
from portal.foundation.context import Portal
from portal.foundation.crypto import CannotOpen
from portal.foundation.errors import Forbidden
from tests.cases.test_desk import do, to_state
from tests.cases.test_forged_locks import forge, write_as_reporter
from tests.conftest import new_client
from tests.factories.accounts import Someone, person
from tests.factories.cases import UNWRITTEN, Filed, Office, answer, desk_of, filed_report, officer_of, send

WHY = {"reason": "A screen was photographed.", "submission": "form"}


def new_lock(portal: Portal, someone: Someone, case_id: str, **said: str) -> None:
    do(portal, locks.renew, someone, case_id, **(WHY | said))


def newest(portal: Portal, case_id: str) -> int:
    with portal.database.read() as session:
        return epochs.newest(session, case_id)


def stolen(portal: Portal, someone: Someone, case_id: str) -> dict[int, EpochKeys]:
    """What a thief of the database and of this person's private key has of a case."""
    with portal.database.read() as session:
        rows = session.execute(
            select(Wrap.epoch, Wrap.holder, Wrap.sealed).where(
                Wrap.case_id == case_id, Wrap.person_id == someone.id
            )
        )
        found = {}
        for number, holder, sealed in rows:
            found[number] = sealing.unwrap(number, HolderKind(holder), someone.private.box_private, sealed)
    return found


def items_since(portal: Portal, case_id: str, epoch: int) -> list[Item]:
    with portal.database.read() as session:
        query = select(Item).where(Item.case_id == case_id, Item.epoch >= epoch)
        return list(session.scalars(query))


def opens(keys: EpochKeys, number: int, row: Item) -> bool:
    """Whether a key opens an item, as the lock of this number."""
    kind, desk = ItemKind(row.kind), keys.desk
    assert desk is not None
    try:
        sealing.open_item(
            EpochKeys(number, desk, keys.shared), case=row.case_id, item=row.id, kind=kind, sealed=row.sealed
        )
    except CannotOpen:
        return False
    return True


def test_what_was_stolen_before_opens_nothing_written_since(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    do(portal, casework.acknowledge, office.officer, report.case_id)
    loot = stolen(portal, office.decider, report.case_id)
    new_lock(portal, office.officer, report.case_id)
    said: dict[str, str] = {"text": "The sheets are in the cellar.", "submission": "note"}
    do(portal, casework.add_note, office.officer, report.case_id, **said)
    write_as_reporter(portal, office, report)

    since = items_since(portal, report.case_id, 2)
    assert {ItemKind(one.kind) for one in since} == {ItemKind.REASON, ItemKind.NOTE, ItemKind.FROM_REPORTER}
    assert list(loot) == [1] and not any(opens(loot[1], number, row) for row in since for number in (1, 2))
    now_held = stolen(portal, office.decider, report.case_id)  # the same key with a newer dump: hence a new pair
    assert all(opens(now_held[2], 2, row) for row in since)


def test_those_who_hold_the_case_and_its_reporter_go_on_reading_all_of_it(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    with portal.database.read() as session:
        held = epochs.holders_of(session, report.case_id)
    new_lock(portal, office.officer, report.case_id)

    with portal.database.read() as session:
        assert epochs.holders_of(session, report.case_id) == held
        for someone in (office.officer, office.decider):
            seen = read_case(session, case_id=report.case_id, officer=officer_of(someone), now=portal.clock.now())
            assert seen.report.what == "The parks were never inspected."
            assert [(one.text, one.why) for one in seen.entries] == [(WHY["reason"], Why.LOCK)]
        epoch = session.get_one(Epoch, (report.case_id, 2))
        assert epoch.stamp is not None
    asked: dict[str, str] = {"text": "Which cellar?", "submission": "message"}
    do(portal, casework.write_to_reporter, office.officer, report.case_id, **asked)
    mailbox = new_client(portal)
    answer(mailbox, "/report/mailbox", code=report.code)
    page = mailbox.get("/report/mailbox").get_data(as_text=True)
    assert "Which cellar?" in page and WHY["reason"] not in page


def test_the_same_form_sent_twice_changes_the_lock_once(portal: Portal, office: Office) -> None:
    case_id = filed_report(portal).case_id
    for _ in range(2):
        new_lock(portal, office.officer, case_id)
    assert newest(portal, case_id) == 2
    new_lock(portal, office.officer, case_id, submission="another form")
    assert newest(portal, case_id) == 3


@pytest.mark.parametrize("state", [CaseState.RECEIVED, CaseState.PROPOSED, CaseState.DECIDED, CaseState.CLOSED])
def test_a_lock_can_be_changed_in_every_state(portal: Portal, office: Office, state: CaseState) -> None:
    """Reporters write into closed cases, too; a finding that waits for its second signature goes on waiting."""
    reached = CaseState.DECIDED if state is CaseState.CLOSED else state
    case_id = to_state(portal, office, reached, Finding.NOT_UPHELD)
    if state is CaseState.CLOSED:
        do(portal, decisions.close, office.officer, case_id, **UNWRITTEN)
    before = newest(portal, case_id)
    new_lock(portal, office.officer, case_id)

    assert newest(portal, case_id) == before + 1
    if state is CaseState.PROPOSED:
        do(portal, decisions.decide, office.decider, case_id)


def test_cases_that_are_joined_get_new_locks_together(portal: Portal, office: Office) -> None:
    first, again = filed_report(portal), filed_report(portal)
    for one in (first, again):
        do(portal, casework.acknowledge, office.officer, one.case_id)
    do(portal, joining.propose_joining, office.officer, again.case_id, into_id=first.case_id, reason="same")
    do(portal, joining.agree_to_joining, office.decider, again.case_id)
    before = [newest(portal, one.case_id) for one in (first, again)]
    new_lock(portal, office.officer, again.case_id)

    assert [newest(portal, one.case_id) for one in (first, again)] == [number + 1 for number in before]


def test_whoever_does_not_hold_the_case_can_change_nothing_of_it(portal: Portal, office: Office) -> None:
    case_id = filed_report(portal).case_id
    stranger = person(portal, roles=["case-officer"], name="Sam Stranger")
    for someone in (stranger, office.connected):
        with pytest.raises(NoSuchCase):
            new_lock(portal, someone, case_id)
    assert newest(portal, case_id) == 1


def test_whoever_only_reads_cases_changes_no_lock(portal: Portal, office: Office) -> None:
    case_id = filed_report(portal).case_id
    reads = officer_of(office.officer)
    with pytest.raises(Forbidden), portal.database.write() as session:
        actor = replace(reads.actor, permissions=frozenset({"cases.read"}))
        locks.renew(session, case_id=case_id, officer=replace(reads, actor=actor), now=portal.clock.now(), **WHY)
    assert newest(portal, case_id) == 1


def test_a_lock_that_is_not_the_houses_is_not_hidden_behind_a_new_one(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    forge(portal, report.case_id, number=2)
    with pytest.raises(LockForged):
        new_lock(portal, office.officer, report.case_id)
    assert newest(portal, report.case_id) == 2


def test_while_nobodys_key_can_be_trusted_the_lock_stays(portal: Portal, office: Office) -> None:
    """A new one could be sealed to nobody: those who hold the case would lose it."""
    report = filed_report(portal)
    anchor_file(portal.settings.var).unlink()
    with pytest.raises(KeysNotTrusted):
        new_lock(portal, office.officer, report.case_id)
    answer(desk_of(portal, office.officer), f"{report.address}/lock", expect=503, reason="Seen.")

    assert newest(portal, report.case_id) == 1


@pytest.fixture
def page(portal: Portal, office: Office) -> tuple[Filed, Any]:
    report = filed_report(portal)
    return report, desk_of(portal, office.officer)


def test_the_page_of_the_case_leads_to_it_and_the_timeline_tells_it(
    portal: Portal, office: Office, page: tuple[Filed, Any]
) -> None:
    report, client = page
    assert f"{report.address}/lock" in client.get(report.address).get_data(as_text=True)
    answer(client, f"{report.address}/lock", expect=422, reason="")
    answer(client, f"{report.address}/lock", reason="A screen was photographed.")

    assert newest(portal, report.case_id) == 2
    assert "Gave it a new lock" in client.get(f"{report.address}/timeline").get_data(as_text=True)
    with portal.database.read() as session:
        events = timeline(
            session, case_id=report.case_id, officer=officer_of(office.officer), now=portal.clock.now()
        )
    assert [(one.act, one.who) for one in events][-1] == ("cases.new-lock", office.officer.id)


def test_another_site_cannot_have_a_lock_changed(portal: Portal, page: tuple[Filed, Any]) -> None:
    report, client = page
    shown, where = client.get(f"{report.address}/lock"), f"{report.address}/lock"
    assert client.post(where, data={"reason": "no token"}).status_code in (400, 403, 422)
    forged = {"Origin": "https://evil.example"}
    token = {"form_token": "x", "reason": "theirs"}
    assert client.post(where, data=token, headers=forged).status_code in (400, 403, 422)
    assert newest(portal, report.case_id) == 1
    assert send(client, where, shown, reason="Ours.").status_code == 303


def test_whoever_is_connected_gets_the_same_answer_as_for_no_case(
    portal: Portal, office: Office, page: tuple[Filed, Any]
) -> None:
    report, _ = page
    client = desk_of(portal, office.connected)
    for ask in (client.get, client.post):
        assert ask(f"{report.address}/lock").status_code == 404
    assert newest(portal, report.case_id) == 1
