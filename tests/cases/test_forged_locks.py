"""Somebody who can write to the database, and has no key and no file of the server, gets to read nothing: a lock
that the portal did not make, or not for this case, is refused by everybody before a word is written under it."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from portal.accounts.models import HandlerKey
from portal.cases import sealing
from portal.cases.errors import LockForged
from portal.cases.models import Epoch, Item, Mailbox, Wrap
from portal.cases.queries import read_case
from portal.cases.sealing import EpochKeys
from portal.cases.services import casework, mailbox
from portal.cases.services.former import UPGRADED_FROM, begin, finish
from portal.cases.values import HolderKind
from portal.foundation import crypto
from portal.foundation.context import Portal
from portal.foundation.migrate import downgrade, upgrade
from tests.cases.test_desk import do
from tests.factories.cases import Filed, Office, answer, bring_up, desk_of, filed_report, officer_of

SECRET = "what nobody outside may read"


def forge(portal: Portal, case_id: str, *, number: int, stamp: bytes | None = b"") -> EpochKeys:
    """An epoch of somebody who writes rows: they know ids and public keys, which lie there in clear."""
    evil = sealing.new_epoch(number)
    with portal.database.write() as session:
        wraps = session.scalars(select(Wrap).where(Wrap.case_id == case_id, Wrap.epoch == 1)).all()
        publics = {one.id: one.box_public for one in session.scalars(select(HandlerKey))}
        reporter = sealing.wrap(evil, HolderKind.REPORTER, session.get_one(Mailbox, case_id).public)
        day = session.scalars(select(Epoch.opened_on)).first()
        for one in session.scalars(select(Wrap).where(Wrap.case_id == case_id, Wrap.epoch == number)):
            session.delete(one)
        session.flush()
        there = session.get(Epoch, (case_id, number))
        if there is None:
            session.add(Epoch(case_id=case_id, number=number, opened_on=day, stamp=stamp, reporter=reporter))
        else:
            there.reporter = reporter
        session.flush()
        for one in wraps:
            row = {name: getattr(one, name) for name in ("case_id", "holder", "person_id", "key_id")}
            sealed = sealing.wrap(evil, HolderKind(one.holder), publics[one.key_id])
            session.add(Wrap(epoch=number, sealed=sealed, **row))
    return evil


def write_as_officer(portal: Portal, office: Office, report: Filed) -> None:
    do(portal, casework.add_note, office.officer, report.case_id, text=SECRET, submission="note")


def write_as_reporter(portal: Portal, office: Office, report: Filed) -> None:
    fields: dict[str, Any] = {"settings": portal.settings, "now": portal.clock.now()}
    with portal.database.write() as session:
        secret = mailbox.enter(session, code=report.code, keys=portal.keys, **fields)
        mailbox.write(session, secret=secret, text=SECRET, submission="message", **fields)


def assign(portal: Portal, office: Office, report: Filed) -> None:
    do(portal, casework.assign, office.officer, report.case_id, person_id=office.decider.id)


WRITERS = (write_as_officer, write_as_reporter, assign)


def items_in(portal: Portal, case_id: str, epoch: int) -> int:
    with portal.database.read() as session:
        return len(session.scalars(select(Item).where(Item.case_id == case_id, Item.epoch == epoch)).all())


@pytest.mark.parametrize("write", WRITERS)
def test_nothing_is_written_under_an_epoch_that_somebody_put_into_the_database(
    portal: Portal, office: Office, write: Callable[..., None]
) -> None:
    report = filed_report(portal)
    do(portal, casework.acknowledge, office.officer, report.case_id)
    forge(portal, report.case_id, number=2)

    with pytest.raises(LockForged):
        write(portal, office, report)
    assert items_in(portal, report.case_id, 2) == 0


@pytest.mark.parametrize("stamp", ["none", "of epoch 1", "of another case"])
def test_a_stamp_of_another_epoch_or_case_does_not_help(portal: Portal, office: Office, stamp: str) -> None:
    report, other = filed_report(portal), filed_report(portal)
    do(portal, casework.recuse, office.decider, other.case_id)  # the other case has a second epoch
    with portal.database.read() as session:
        taken = {
            "none": None,
            "of epoch 1": session.get_one(Epoch, (report.case_id, 1)).stamp,
            "of another case": session.get_one(Epoch, (other.case_id, 2)).stamp,
        }[stamp]
    forge(portal, report.case_id, number=2, stamp=taken)

    for write in (write_as_officer, write_as_reporter):
        with pytest.raises(LockForged):
            write(portal, office, report)


@pytest.mark.parametrize("write", [write_as_officer, write_as_reporter])
def test_the_wraps_of_a_true_epoch_cannot_be_replaced(
    portal: Portal, office: Office, write: Callable[..., None]
) -> None:
    report = filed_report(portal)
    forge(portal, report.case_id, number=1)

    with pytest.raises(LockForged):
        write(portal, office, report)


def test_wraps_of_one_case_are_no_keys_to_another(portal: Portal, office: Office) -> None:
    """A reporter who writes rows knows the key of their own case, and would read the other under it."""
    own, report = filed_report(portal), filed_report(portal)
    with portal.database.write() as session:
        session.execute(delete(Wrap).where(Wrap.case_id == report.case_id))
        session.execute(update(Wrap).where(Wrap.case_id == own.case_id).values(case_id=report.case_id))

    with pytest.raises(LockForged):
        write_as_officer(portal, office, report)


def test_a_reporters_public_key_that_was_exchanged_receives_no_new_lock(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    with portal.database.write() as session:
        session.execute(update(Mailbox).values(public=crypto.box_keys().public))

    with pytest.raises(LockForged):
        do(portal, casework.recuse, office.decider, report.case_id)


def test_an_exchanged_code_opens_nobodys_mailbox(portal: Portal, office: Office) -> None:
    """Whoever writes rows can send a report, and lay the words it gave them over another one's mailbox."""
    own, report = filed_report(portal), filed_report(portal)
    with portal.database.write() as session:
        mine = session.get_one(Mailbox, own.case_id)
        row = {name: getattr(mine, name) for name in ("lookup", "salt", "public")}
        session.delete(mine)
        session.flush()
        session.execute(update(Mailbox).where(Mailbox.case_id == report.case_id).values(**row))

    with pytest.raises(LockForged):
        write_as_reporter(portal, office, own)


def test_desk_and_mailbox_say_plainly_that_a_lock_is_not_theirs(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    desk: Any = desk_of(portal, office.officer)
    client: Any = report.client
    answer(client, "/report/mailbox", code=report.code)
    forge(portal, report.case_id, number=2)

    for page in (desk.get(report.address), client.get("/report/mailbox")):
        assert page.status_code == 409
        assert "was not made by this portal" in page.get_data(as_text=True)
    assert desk.get("/desk/cases").status_code == 200


def test_locks_hold_when_the_key_that_stamps_them_is_rotated(portal: Portal, office: Office) -> None:
    before, during = filed_report(portal), []
    for _ in range(2):
        portal.keys.rotate("locks")
        during.append(filed_report(portal))

    for report in (before, *during):
        write_as_officer(portal, office, report)
        write_as_reporter(portal, office, report)


def from_before(portal: Portal) -> None:
    """Take the house to the last schema without stamps, and bring it up as `db upgrade` does."""
    downgrade(portal.database, UPGRADED_FROM)
    bring_up(portal)


def test_cases_from_before_open_and_get_a_lock_of_the_house_before_anything_is_added(
    portal: Portal, office: Office
) -> None:
    one, other = filed_report(portal), filed_report(portal)
    from_before(portal)
    with portal.database.read() as session:
        found = read_case(session, case_id=one.case_id, officer=officer_of(office.officer), now=portal.clock.now())
    write_as_officer(portal, office, one)
    write_as_reporter(portal, office, other)

    assert found.report.what == "The parks were never inspected."
    for case in (one, other):
        assert (items_in(portal, case.case_id, 1), items_in(portal, case.case_id, 2)) == (1, 1)
    write_as_reporter(portal, office, one)
    with portal.database.read() as session:
        assert session.scalar(select(func.max(Epoch.number)).where(Epoch.case_id == one.case_id)) == 2


def test_only_what_was_there_on_that_day_passes_for_from_before(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    from_before(portal)
    forge(portal, report.case_id, number=2, stamp=None)
    finish(portal)  # the schema is brought up again, with nothing to do

    with pytest.raises(LockForged):
        write_as_officer(portal, office, report)


def test_an_upgrade_that_stopped_half_way_is_finished_by_the_next(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    downgrade(portal.database, UPGRADED_FROM)
    begin(portal)
    upgrade(portal.database)
    begin(portal)
    finish(portal)

    write_as_officer(portal, office, report)
