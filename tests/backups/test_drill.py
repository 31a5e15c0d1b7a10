"""The drill: a house burns down, and everything that must be back is back, and nothing that must be gone."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from portal.accounts.passwords import Stretcher
from portal.accounts.queries import get_person
from portal.accounts.queries.keys import find_key_row
from portal.accounts.services import disable_person, issue_start_code, revoke_role
from portal.audit.cli import audit
from portal.audit.models import AuditEntry
from portal.backups import place
from portal.backups.errors import RestoreRefused
from portal.backups.heads import Outside
from portal.cases.errors import NoSuchCase
from portal.cases.jobs import HANDLERS
from portal.cases.models import Case, StoredFile
from portal.cases.services import casework, mailbox, retention
from portal.cases.services.access import get_granted
from portal.foundation.actor import Actor
from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from portal.foundation.jobs import Runner
from portal.foundation.removals import ledger_file, read_ledger
from portal.publishing.cli.log import log_group
from portal.publishing.store import LogStore
from portal.publishing.verification.own_source import OwnSource
from portal.publishing.verification.remembering import write_remembered
from portal.publishing.verification.verify import verify
from tests.backups.conftest import back_up, bring_back, settle
from tests.cases.test_desk import do
from tests.cases.test_retention import closed, look
from tests.conftest import new_client, open_test_portal
from tests.factories.accounts import sign_in
from tests.factories.cases import Filed, Office, a_figure, an_office, filed_report, officer_of
from tests.factories.publishing import append, figure

SYSTEM = Actor.system()


def opens(portal: Portal, report: Filed) -> bool:
    """Whether the seven words still open the mailbox, with the report's own text behind it."""
    now = portal.clock.now()
    with portal.database.write() as session:
        secret = mailbox.enter(session, code=report.code, keys=portal.keys, settings=portal.settings, now=now)
    if secret is None:
        return False
    with portal.database.read() as session:
        return mailbox.look(session, secret=secret, settings=portal.settings, now=now) is not None


def commands_pass(portal: Portal) -> None:
    log = CliRunner().invoke(log_group, ["verify"], obj=portal)
    assert (log.exit_code, "holds" in log.output) == (0, True), log.output
    record = CliRunner().invoke(audit, ["verify"], obj=portal)
    assert record.exit_code == 0, record.output


def delete_for_good(portal: Portal, office: Office, case_id: str) -> None:
    """As two people delete a case whose time is over, and the runner what it had stored."""
    do(portal, retention.propose_deletion, office.officer, case_id, reason="Its time is over.")
    do(portal, retention.agree_to_deletion, office.decider, case_id)
    runner = Runner(portal, HANDLERS, ())
    while runner.step():
        pass


def test_a_house_comes_back_on_another_machine_and_what_was_deleted_stays_deleted(
    portal: Portal, elsewhere: Portal, tmp_path: Path
):
    a_figure(portal)
    office = an_office(portal)
    gone = closed(portal, office)
    assert look(portal, date(2027, 3, 1))  # its time is over, and that is announced
    kept, left = filed_report(portal, file=("a.txt", b"seen")), filed_report(portal)
    file = back_up(portal, tmp_path)
    # after the backup: a case is deleted, somebody steps aside, a figure is published
    delete_for_good(portal, office, gone.case_id)
    assert not opens(portal, gone)
    with portal.database.write() as session:
        casework.recuse(session, case_id=left.case_id, officer=officer_of(office.officer), now=portal.clock.now())
    settle(portal)
    append(portal, figure(period="2023"))
    head = LogStore(portal.settings.var).head()
    shutil.copytree(portal.settings.var / "log", elsewhere.settings.var / "log")

    done = bring_back(elsewhere, file, ledger=ledger_file(portal.settings.var))

    assert done.recovered.entered == 1
    assert dict(done.removed) == {"cases.deleted": 1, "cases.recused": 1, "cases.holder-removed": 1}
    assert not place.is_marked(elsewhere.settings.var)
    assert LogStore(elsewhere.settings.var).head() == head
    commands_pass(elsewhere)
    assert (opens(elsewhere, kept), opens(elsewhere, gone), opens(elsewhere, left)) == (True, False, True)
    with elsewhere.database.read() as session:
        assert session.get(Case, gone.case_id) is None
        stored = session.scalars(select(StoredFile.id)).all()
        officer = officer_of(office.officer)
        assert get_granted(session, case_id=kept.case_id, officer=officer, now=elsewhere.clock.now())
        with pytest.raises(NoSuchCase):
            get_granted(session, case_id=left.case_id, officer=officer, now=elsewhere.clock.now())
    assert [path.name for path in (elsewhere.settings.var / "files").iterdir()] == list(stored)
    assert {one.kind for one in read_ledger(ledger_file(elsewhere.settings.var))} == set(done.removed)
    # and it goes on as if nothing had been: the next act, the next report
    append(elsewhere, figure(period="2024"))
    assert opens(elsewhere, filed_report(elsewhere))


def test_people_who_left_since_the_backup_stay_out(portal: Portal, elsewhere: Portal, tmp_path: Path):
    office, now = an_office(portal), portal.clock.now()
    file = back_up(portal, tmp_path)
    with portal.database.write() as session:
        disable_person(session, person_id=office.decider.id, actor=SYSTEM, now=now)
        revoke_role(session, person_id=office.officer.id, role="case-officer", actor=SYSTEM, now=now)
        stretcher = Stretcher.of(portal.settings)
        issue_start_code(session, person_id=office.connected.id, stretcher=stretcher, actor=SYSTEM, now=now)
    settle(portal)
    bring_back(elsewhere, file, ledger=ledger_file(portal.settings.var))
    with elsewhere.database.read() as session:
        assert not get_person(session, office.decider.id).is_active
        assert get_person(session, office.officer.id).roles == ()
        assert find_key_row(session, office.connected.id) is None, "the key they gave up would open again"


def test_every_session_ends(portal: Portal, elsewhere: Portal, tmp_path: Path):
    office, report = an_office(portal), filed_report(portal)
    client = new_client(elsewhere)
    secret = sign_in(new_client(portal), office.officer)
    with portal.database.write() as session:
        mailbox_secret = mailbox.enter(
            session, code=report.code, keys=portal.keys, settings=portal.settings, now=portal.clock.now()
        )
    bring_back(elsewhere, back_up(portal, tmp_path))
    client.set_cookie("__Host-desk", secret, domain="portal.test", secure=True, path="/")
    assert "/desk/sign-in" in client.get("/desk/sessions").headers["Location"]
    with elsewhere.database.read() as session:
        now = elsewhere.clock.now()
        assert mailbox.look(session, secret=mailbox_secret, settings=elsewhere.settings, now=now) is None


def test_the_audit_record_says_itself_which_end_of_it_is_lost(portal: Portal, elsewhere: Portal, tmp_path: Path):
    an_office(portal)
    file = back_up(portal, tmp_path)
    an_office(portal)
    settle(portal)
    shutil.copytree(portal.settings.var / "anchors", elsewhere.settings.var / "anchors", dirs_exist_ok=True)
    with portal.database.read() as session:
        before = session.scalar(select(func.count()).select_from(AuditEntry))
    (elsewhere.settings.var / "anchors" / "handlers.json").unlink()

    done = bring_back(elsewhere, file)

    assert done.audit_lost == before
    with elsewhere.database.read() as session:
        row = session.scalars(select(AuditEntry).where(AuditEntry.act == "house.restore")).one()
    assert row.details["lost-until"] == str(before)
    assert CliRunner().invoke(audit, ["verify"], obj=elsewhere).exit_code == 0


def test_a_public_log_is_never_rolled_back_unseen(portal: Portal, elsewhere: Portal, tmp_path: Path):
    """The one thing a restored backup must never do: show less than was public, and sign on from there."""
    a_figure(portal)
    file = back_up(portal, tmp_path)
    append(portal, figure(period="2023"))
    with portal.database.read() as session:
        found = verify(OwnSource(session, LogStore(portal.settings.var)))
    write_remembered(tmp_path / "head", found.remembered)

    with pytest.raises(RestoreRefused, match="Nothing from outside"):
        bring_back(elsewhere, file, outside=Outside())
    with pytest.raises(RestoreRefused, match="had 2 entries; here and in the backup are 1"):
        bring_back(elsewhere, file, outside=Outside(remembered=tmp_path / "head"))
    with elsewhere.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 0
    assert not (elsewhere.settings.var / "log").exists()
    shutil.copytree(portal.settings.var / "log", elsewhere.settings.var / "log")
    done = bring_back(elsewhere, file, outside=Outside(remembered=tmp_path / "head"))
    assert done.recovered.entered == 1


def test_two_histories_are_refused(
    portal: Portal, elsewhere: Portal, tmp_path: Path, new_database_url: Callable[[], str], clock: FixedClock
):
    a_figure(portal)
    file = back_up(portal, tmp_path)
    shutil.copytree(portal.settings.var / "keys", tmp_path / "liar" / "keys")
    liar = open_test_portal(tmp_path / "liar", new_database_url(), clock)
    a_figure(liar, actual="12.00")
    liar.database.dispose()
    shutil.copytree(liar.settings.var / "log", elsewhere.settings.var / "log")
    with pytest.raises(RestoreRefused, match="different histories"):
        bring_back(elsewhere, file)
    assert not place.is_marked(elsewhere.settings.var)
