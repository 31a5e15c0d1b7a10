"""What a backup must not be brought back from, or into."""

import os
import shutil
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from pyrage import x25519
from sqlalchemy import func, select

from portal.accounts.models import PersonRow
from portal.audit.queries import acts_of_chain
from portal.audit.values import MAIN
from portal.backups import place
from portal.backups.cli import commands
from portal.backups.contents import Manifest, marks_of
from portal.backups.errors import BackupRefused, RestoreRefused
from portal.backups.making import make_backup, remove_expired
from portal.commands import main
from portal.foundation.archive import Archive, member, recipient_of, write_archive
from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from portal.foundation.keys import KeyRing
from tests.backups.conftest import IDENTITY, RECIPIENT, back_up, bring_back, settle
from tests.conftest import open_test_portal
from tests.factories.accounts import person
from tests.factories.cases import an_office, filed_report

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"])  # nothing here is about the engine
backup_command, restore_command = commands


def is_untouched(portal: Portal) -> bool:
    with portal.database.read() as session:
        people = session.scalar(select(func.count()).select_from(PersonRow))
    return not people and not place.is_marked(portal.settings.var)


def test_nothing_is_restored_over_something_else(portal: Portal, tmp_path: Path):
    person(portal)
    file = back_up(portal, tmp_path)
    with pytest.raises(RestoreRefused, match="not empty"):
        bring_back(portal, file)


@pytest.mark.parametrize(("name", "said"), [("lookup", "lookup key"), ("locks", "key that stamps locks")])
def test_without_the_keys_that_open_cases_nothing_is_restored(
    portal: Portal, elsewhere: Portal, tmp_path: Path, name: str, said: str
):
    person(portal)
    file = back_up(portal, tmp_path)
    key = elsewhere.settings.var / "keys" / f"{name}.key"
    key.write_text("00" * 32)
    for what_to_do in (f"{said} under .* is not the one .* Move the files", f"{said} is missing"):
        elsewhere.keys._known.clear()
        with pytest.raises(RestoreRefused, match=what_to_do):
            bring_back(elsewhere, file)
        key.unlink(missing_ok=True)
    assert is_untouched(elsewhere)


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_who_is_refused_has_the_prompt_back(portal: Portal, elsewhere: Portal, tmp_path: Path):
    """A backup is larger than a pipe: whoever decrypts it would wait for ever for somebody who reads on."""
    person(portal)
    (portal.settings.var / "evidence").mkdir()
    (portal.settings.var / "evidence" / "large").write_bytes(os.urandom(1 << 20))
    file = back_up(portal, tmp_path)
    (elsewhere.settings.var / "keys" / "lookup.key").unlink()
    before = threading.active_count()
    with pytest.raises(RestoreRefused, match="lookup key") as kept:
        bring_back(elsewhere, file)
    assert kept.tb and threading.active_count() == before


def test_a_rotated_lookup_key_still_fits_older_backups(portal: Portal, elsewhere: Portal, tmp_path: Path):
    person(portal)
    file = back_up(portal, tmp_path)
    elsewhere.keys.rotate("lookup")
    assert bring_back(elsewhere, file).missing_keys == ()


def test_a_backup_that_somebody_else_made_is_refused(portal: Portal, elsewhere: Portal, tmp_path: Path):
    """Anybody can encrypt to the public key: the seal says that this house did."""
    forged = tmp_path / "gongping-20260209T090000Z.age"
    about = Manifest(portal.clock.now(), place_revision(), "gongping.example/log", {}, marks_of(portal.keys))
    members = [member("manifest.json", about.dump()), member("anchors/handlers.json", b"{}")]
    write_archive(forged, members, recipients=[recipient_of(RECIPIENT)], seal_key=bytes(32))
    with pytest.raises(RestoreRefused, match="seal"):
        bring_back(elsewhere, forged)
    assert is_untouched(elsewhere)
    assert not (elsewhere.settings.var / "anchors").exists()


def place_revision() -> str:
    from portal.foundation.migrate import head

    return head()


@pytest.mark.parametrize("harm", ["cut short", "changed", "for another key"])
def test_a_damaged_backup_changes_nothing(portal: Portal, elsewhere: Portal, tmp_path: Path, harm: str):
    person(portal)
    file = back_up(portal, tmp_path)
    data = bytearray(file.read_bytes())
    if harm == "changed":
        data[len(data) // 2] ^= 1
    if harm == "for another key":
        recipients = [x25519.Identity.generate().to_public()]
        write_archive(file, [member("manifest.json", b"{}")], recipients=recipients, seal_key=bytes(32))
    else:
        file.write_bytes(data[:-40] if harm == "cut short" else data)
    with pytest.raises(RestoreRefused):
        bring_back(elsewhere, file)
    assert is_untouched(elsewhere)


def test_a_member_may_not_leave_its_folder(portal: Portal, elsewhere: Portal, tmp_path: Path):
    about = Manifest(portal.clock.now(), place_revision(), "gongping.example/log", {}, marks_of(portal.keys))
    members = [member("manifest.json", about.dump()), member("log/../../keys/lookup.key", b"x")]
    file = tmp_path / "evil.age"
    write_archive(file, members, recipients=[recipient_of(RECIPIENT)], seal_key=portal.keys.get("lookup"))
    with pytest.raises(RestoreRefused, match="does not belong"):
        bring_back(elsewhere, file)
    assert is_untouched(elsewhere)


def test_an_expired_backup_is_refused_and_thrown_away(
    portal: Portal, elsewhere: Portal, tmp_path: Path, clock: FixedClock
):
    """Deletion is promised to be complete after 35 days: an older backup would break it."""
    person(portal)
    file = back_up(portal, tmp_path)
    clock.at += timedelta(days=34, hours=23)
    assert remove_expired(tmp_path, clock.at) == []
    clock.at += timedelta(days=1, hours=1)
    with pytest.raises(RestoreRefused, match="good until"):
        bring_back(elsewhere, file)
    assert is_untouched(elsewhere)
    assert remove_expired(tmp_path, clock.at) == [file]
    assert not file.exists()


def test_without_its_ledger_nothing_is_restored(portal: Portal, elsewhere: Portal, tmp_path: Path):
    person(portal)
    file = back_up(portal, tmp_path)
    with pytest.raises(RestoreRefused, match="ledger"):
        bring_back(elsewhere, file, ledger=tmp_path / "nowhere")
    assert is_untouched(elsewhere)


def test_a_place_in_which_restoring_failed_is_not_served(portal: Portal):
    place.mark(portal.settings.var)
    for command in (["serve"], ["run-jobs", "--once"]):
        done = CliRunner().invoke(main.commands[command[0]], command[1:], obj=portal)
        assert (done.exit_code, "not ended well" in done.output) == (1, True), done.output


def test_a_backup_shows_nothing_without_its_private_key_and_holds_no_server_key(portal: Portal, tmp_path: Path):
    office, what = an_office(portal), "The parks of the northern quarter were never inspected."
    report = filed_report(portal, what=what)
    file = back_up(portal, tmp_path / "backups")
    assert [path.name for path in file.parent.iterdir()] == [file.name], "something plain lay beside it"
    assert office.officer.name.encode() not in file.read_bytes()
    archive = Archive(file, [IDENTITY])
    inside = b"".join(one.name.encode() + one.read() for one in archive.members())
    archive.require_seal(portal.keys.get("lookup"))
    assert office.officer.name.encode() in inside
    for secret in (what, report.code):
        assert secret.encode() not in inside
    for path in portal.keys.folder.iterdir():
        key = bytes.fromhex(path.read_text())
        assert key not in inside and path.read_bytes() not in inside


def test_keys_come_back_from_their_own_backup_only_where_there_are_none(portal: Portal, tmp_path: Path):
    identity, folder = tmp_path / "identity", tmp_path / "kept"
    identity.write_text(f"# made by age-keygen\n{IDENTITY}\n")
    made = CliRunner().invoke(backup_command, ["keys", str(folder), "--recipient", RECIPIENT], obj=portal)
    assert made.exit_code == 0, made.output
    (file,) = folder.iterdir()
    before = {path.name: path.read_bytes() for path in portal.keys.folder.iterdir()}
    back = ["keys", str(file), "--identity", str(identity)]
    refused = CliRunner().invoke(restore_command, back, obj=portal)
    assert (refused.exit_code, "already" in refused.output) == (1, True)
    shutil.rmtree(portal.keys.folder)
    done = CliRunner().invoke(restore_command, back, obj=portal)
    assert done.exit_code == 0, done.output
    assert {path.name: path.read_bytes() for path in portal.keys.folder.iterdir()} == before
    assert KeyRing(portal.settings.var).missing() == []


def test_the_commands_say_what_they_did(portal: Portal, elsewhere: Portal, tmp_path: Path):
    an_office(portal)
    identity, folder = tmp_path / "identity", tmp_path / "kept"
    identity.write_text(str(IDENTITY))
    made = CliRunner().invoke(backup_command, ["make", str(folder), "--recipient", RECIPIENT], obj=portal)
    assert (made.exit_code, "35 days" in made.output) == (0, True), made.output
    (file,) = folder.iterdir()
    args = ["data", str(file), "--identity", str(identity)]
    refused = CliRunner().invoke(restore_command, args, obj=elsewhere)
    assert (refused.exit_code, "--without-ledger" in refused.output) == (1, True)
    refused = CliRunner().invoke(restore_command, [*args, "--without-ledger"], obj=elsewhere)
    assert (refused.exit_code, "--without-head" in refused.output) == (1, True)
    done = CliRunner().invoke(restore_command, [*args, "--without-ledger", "--without-head"], obj=elsewhere)
    assert (done.exit_code, "Log and audit record verify" in done.output) == (0, True), done.output
    refused = CliRunner().invoke(backup_command, ["make", str(folder), "--recipient", "age1x"], obj=portal)
    assert refused.exit_code == 1 and "public key" in refused.output


SSH_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFN+QSNH1R0X1+KyGj37BgwNtAwK3PuhZxqyj5VjbZCC auditor"
SSH_FINGERPRINT = "SHA256:G+6o9skeZBfbYS3Uk+G6PAON5Ujhjc+fcamRFH6noWc"


def test_the_audit_record_says_for_which_keys_a_backup_was_made(
    portal: Portal, elsewhere: Portal, tmp_path: Path
) -> None:
    """Whoever runs the machine could make one for themselves: then it stands there, and comes back with it."""
    settle(portal)
    for kind in ("make", "keys"):
        args = [kind, str(tmp_path / kind), "--recipient", RECIPIENT, "--recipient", SSH_KEY]
        done = CliRunner().invoke(backup_command, args, obj=portal)
        assert done.exit_code == 0, done.output
    (file,) = (tmp_path / "make").iterdir()
    for_whom = {"recipient-1": RECIPIENT, "recipient-2": SSH_FINGERPRINT}
    with portal.database.read() as session:
        noted = [(one.act, one.details) for one in acts_of_chain(session, MAIN) if one.act.startswith("backups.")]
    assert noted == [("backups.make", for_whom), ("backups.keys", for_whom)]
    bring_back(elsewhere, file)

    with elsewhere.database.read() as session:
        (made,) = [one for one in acts_of_chain(session, MAIN) if one.act == "backups.make"]
    assert made.details == for_whom


def test_a_backup_for_a_key_that_is_none_is_not_even_begun(portal: Portal, tmp_path: Path) -> None:
    for key in ("age1x", "ssh-ed25519 AAAA", ""):
        with pytest.raises(ValueError, match="no public key"):
            make_backup(portal, tmp_path, recipients=[RECIPIENT, key])
    with portal.database.read() as session:
        assert not [one for one in acts_of_chain(session, MAIN) if one.act.startswith("backups.")]


def test_without_a_database_to_say_so_in_no_keys_are_copied(portal: Portal, tmp_path: Path) -> None:
    assert isinstance(portal.clock, FixedClock)
    empty = open_test_portal(tmp_path / "empty", f"sqlite:///{tmp_path / 'empty.sqlite3'}", portal.clock)
    for kind in ("make", "keys"):
        args = [kind, str(tmp_path / "kept"), "--recipient", RECIPIENT]
        refused = CliRunner().invoke(backup_command, args, obj=empty)
        assert (refused.exit_code, "db upgrade" in refused.output) == (1, True), refused.output
    empty.database.dispose()
    assert not (tmp_path / "kept").exists()


def test_two_backups_of_one_second_do_not_replace_each_other(portal: Portal, tmp_path: Path):
    make_backup(portal, tmp_path, recipients=[RECIPIENT])
    with pytest.raises(BackupRefused, match="already"):
        make_backup(portal, tmp_path, recipients=[RECIPIENT])
