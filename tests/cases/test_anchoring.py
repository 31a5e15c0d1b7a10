"""The file of the first trusted keys may be gone for a moment, or torn: no case may be lost for that.

Were this to fail, one missing file would destroy every report ever received, and its backups with it.
"""

import pytest
from click import Command
from click.testing import CliRunner
from sqlalchemy import select

from portal.accounts.services import connect, disable_person
from portal.accounts.services.anchors import anchor_file
from portal.accounts.values import ConnectionKind
from portal.cases.errors import KeyNotHeld, KeysNotTrusted, NoSuchCase
from portal.cases.jobs import change_locks
from portal.cases.models import Case, Epoch
from portal.cases.queries import read_case
from portal.cases.services import casework, removals, upkeep
from portal.cases.services.epochs import holders_of
from portal.commands import run_jobs, serve_command
from portal.foundation.actor import Actor
from portal.foundation.context import Portal
from portal.foundation.removals import known_removals
from tests.cases.test_desk import do
from tests.factories.accounts import Someone
from tests.factories.cases import Office, desk_of, filed_report, officer_of

DAMAGE = {"gone": None, "empty": b"", "torn": b'{"version": 1, "finger', "of none": b'{"fingerprints": []}'}


def damaged(portal: Portal, how: str) -> bytes:
    """Damage the file; what it held before."""
    path, content = anchor_file(portal.settings.var), DAMAGE[how]
    before = path.read_bytes()
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    return before


def holders(portal: Portal, case_id: str) -> set[str]:
    with portal.database.read() as session:
        return set(holders_of(session, case_id))


def opens(portal: Portal, someone: Someone, case_id: str) -> str:
    with portal.database.read() as session:
        found = read_case(session, case_id=case_id, officer=officer_of(someone), now=portal.clock.now())
    return found.report.what


@pytest.mark.parametrize("how", DAMAGE)
def test_nobody_loses_a_case_while_the_anchors_are_missed(portal: Portal, office: Office, how: str) -> None:
    report = filed_report(portal)
    before = holders(portal, report.case_id)
    kept = damaged(portal, how)
    change_locks(portal)
    assert holders(portal, report.case_id) == before
    do(portal, casework.acknowledge, office.officer, report.case_id)
    do(portal, casework.add_note, office.officer, report.case_id, text="still here", submission="1")
    assert holders(portal, report.case_id) == before
    with portal.database.read() as session:
        assert known_removals(session) == ()

    anchor_file(portal.settings.var).write_bytes(kept)
    change_locks(portal)
    assert holders(portal, report.case_id) == before
    assert opens(portal, office.decider, report.case_id) == "The parks were never inspected."


def test_the_connected_lose_it_all_the_same_and_the_lock_changes_when_keys_can_be_trusted_again(
    portal: Portal, office: Office
) -> None:
    report = filed_report(portal)
    kept = damaged(portal, "gone")
    with portal.database.write() as session:
        given = {"person_id": office.decider.id, "body_code": "DPR", "kind": ConnectionKind.DECLARED}
        connect(session, **given, now=portal.clock.now())
    change_locks(portal)
    with portal.database.read() as session:
        assert session.scalars(select(Epoch.number).where(Epoch.case_id == report.case_id)).all() == [1]
        assert [one.subject for one in known_removals(session)] == [f"{report.case_id}:{office.decider.id}"]
    with pytest.raises(NoSuchCase):
        opens(portal, office.decider, report.case_id)
    assert opens(portal, office.officer, report.case_id)

    anchor_file(portal.settings.var).write_bytes(kept)
    change_locks(portal)
    with portal.database.read() as session:
        assert len(session.scalars(select(Epoch.number).where(Epoch.case_id == report.case_id)).all()) == 2
    assert office.decider.id not in holders(portal, report.case_id)


def test_what_needs_a_new_lock_waits_until_keys_can_be_trusted(portal: Portal, office: Office) -> None:
    """A lock made meanwhile would be sealed to nobody, and bury the case."""
    report = filed_report(portal)
    damaged(portal, "gone")
    with portal.database.write() as session, pytest.raises(KeysNotTrusted):
        case = session.get_one(Case, report.case_id)
        upkeep.change_lock(session, case, without=(), settings=portal.settings, now=portal.clock.now())


def test_what_the_ledger_takes_again_opens_nothing_though_no_lock_can_be_made(
    portal: Portal, office: Office
) -> None:
    report = filed_report(portal)
    damaged(portal, "gone")
    with portal.database.write() as session:
        pairs = [(report.case_id, office.decider.id)]
        removals.reapply_departures(session, pairs=pairs, settings=portal.settings, now=portal.clock.now())
    assert opens(portal, office.officer, report.case_id)
    with pytest.raises(KeyNotHeld):
        opens(portal, office.decider, report.case_id)


def test_whoever_left_meanwhile_loses_it_when_the_anchors_are_back(portal: Portal, office: Office) -> None:
    report = filed_report(portal)
    kept = damaged(portal, "gone")
    with portal.database.write() as session:
        disable_person(session, person_id=office.decider.id, actor=Actor.system(), now=portal.clock.now())
    change_locks(portal)
    assert office.decider.id in holders(portal, report.case_id)
    anchor_file(portal.settings.var).write_bytes(kept)
    change_locks(portal)
    assert office.decider.id not in holders(portal, report.case_id)


@pytest.mark.parametrize("command", [serve_command, run_jobs])
def test_nothing_is_served_without_the_anchors(portal: Portal, office: Office, command: Command) -> None:
    filed_report(portal)
    damaged(portal, "torn")
    ran = CliRunner().invoke(command, obj=portal)
    assert ran.exit_code == 1, ran.output
    assert "handlers.json is missing or cannot be read" in ran.output


def test_before_the_first_keys_are_enrolled_no_file_is_missed(portal: Portal, office: Office) -> None:
    """People set up by the pages of a house that serves; the first keys are enrolled after that."""
    damaged(portal, "gone")
    assert desk_of(portal, office.officer).get("/readyz").status_code == 200


def test_health_and_the_page_of_who_could_receive_say_it(portal: Portal, office: Office) -> None:
    ada = desk_of(portal, office.officer)
    filed_report(portal)
    assert ada.get("/readyz").status_code == 200
    damaged(portal, "gone")
    ready = ada.get("/readyz")
    assert (ready.status_code, (ready.json or {})["keys"]) == (503, "first keys missing")
    page = ada.get("/desk/cases/cover").get_data(as_text=True)
    assert "The file that says whose keys were trusted first is missing" in page
