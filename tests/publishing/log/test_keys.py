"""If a key could change without the old one's word, whoever stole the database could sign a log of their own."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from portal.foundation.context import Portal
from portal.foundation.keys import KeyRing
from portal.publishing.cli.log import log_group
from portal.publishing.errors import KeysRefused, LogDamaged
from portal.publishing.log.checkpoint import Head, sign_head
from portal.publishing.log.keys import BadKeys, KeyChain, KeyRole, open_signed
from portal.publishing.log.notes import BadNote, Verifier, sign_note, verifier_of
from portal.publishing.queries.log import chain_of, find_checkpoint, log_size
from portal.publishing.services import keys
from portal.publishing.services.filing import make_edition
from portal.publishing.services.recovery import recover
from portal.publishing.services.shelving import sign_made
from portal.publishing.shelf import Shelf
from portal.publishing.store import LogStore
from portal.publishing.verification.own_source import OwnSource
from portal.publishing.verification.source import Refuted
from portal.publishing.verification.sums import Sums
from portal.publishing.verification.verify import Remembered, Verified, verify
from tests.factories.publishing import append, figure
from tests.pages import PageClient
from tests.publishing.log.published import cut_after, publish_six

LOG = KeyRole.LOG
NAME = "gongping.example/log"
ONE, TWO, THREE = (verifier_of(NAME, bytes([n]) * 32) for n in (1, 2, 3))


def said(state: str, key: Verifier, role: str = "log") -> dict[str, str]:
    return {"t": "key", "role": role, "state": state, "key": str(key)}


def check(portal: Portal, key: str | None = None, remembered: Remembered | None = None) -> Verified:
    with portal.database.read() as session:
        return verify(OwnSource(session, LogStore(portal.settings.var)), key=key, remembered=remembered)


def signers(portal: Portal, n: int) -> int:
    with portal.database.read() as session:
        return (find_checkpoint(session, n) or "").count("\n— ")


def first_key(portal: Portal) -> str:
    return LogStore(portal.settings.var).key() or ""


def run(portal: Portal, *arguments: str) -> str:
    done = CliRunner().invoke(log_group, ["rotate-key", *arguments], obj=portal)
    assert done.exit_code == 0, done.output
    return done.output


# the chain itself


def test_a_key_signs_from_the_entry_after_its_announcement_until_it_is_retired():
    chain = KeyChain(ONE)
    added, retired = said("added", TWO), said("retired", ONE)
    assert chain.signers_of([added]) == [ONE]
    chain.take(5, added)
    assert chain.signers_of([]) == chain.signers_of([retired]) == [ONE, TWO]
    chain.take(9, retired)
    assert chain.signers_of([]) == [TWO]


def test_a_lost_key_is_replaced_only_by_one_that_waited():
    chain = KeyChain(ONE)
    with pytest.raises(BadKeys, match="only key"):
        chain.take(4, said("lost", ONE))
    chain = KeyChain(ONE)
    chain.take(4, said("standby", TWO))
    assert chain.signers_of([]) == [ONE], "a key that waits signs nothing"
    assert chain.signers_of([said("lost", ONE)]) == [TWO], "it signs the very entry that says so"
    chain.take(5, said("lost", ONE))
    assert chain.signers_of([]) == [TWO]


@pytest.mark.parametrize(
    "statement",
    [
        said("added", ONE),
        said("retired", TWO),
        said("retired", ONE),
        said("lost", TWO),
        said("forgotten", TWO),
        said("added", TWO, role="page"),
        {"t": "key", "role": "log", "state": "added", "key": "x"},
        {"t": "key", "role": "log", "state": "added", "key": None},
    ],
)
def test_what_cannot_be_said_of_keys_is_refused(statement: dict[str, str]):
    with pytest.raises(BadKeys):
        KeyChain(ONE).take(2, statement)


def test_a_head_needs_every_signature_and_each_must_hold():
    head = Head(NAME, 3, b"r" * 32)
    one, two = bytes([1]) * 32, bytes([2]) * 32
    both = sign_head(head, one, two)
    assert open_signed(both, [ONE, TWO]) == open_signed(both, [TWO]) == head
    with pytest.raises(BadNote):
        open_signed(sign_head(head, one), [ONE, TWO])
    with pytest.raises(BadNote):
        open_signed(both, [ONE, THREE])
    with pytest.raises(BadNote):
        open_signed(both, [])
    forged = both.replace(
        sign_head(head, two).split("— ")[1], sign_head(Head(NAME, 3, b"s" * 32), two).split("— ")[1]
    )
    with pytest.raises(BadNote):
        open_signed(forged, [ONE, TWO])


# the portal's


def test_a_rotation_is_followed_from_the_first_key_to_the_last(portal: Portal):
    publish_six(portal)
    old = first_key(portal)
    before = check(portal).remembered
    keys.add_key(portal, LOG)
    append(portal, figure(period="2025"))
    overlap = check(portal)
    keys.retire_key(portal, LOG)
    append(portal, figure(period="2026"))
    assert [signers(portal, n) for n in (6, 7, 8, 9, 10)] == [1, 1, 2, 2, 1]
    found = check(portal)
    assert found.head.size == 10 and found.key != old
    assert [(event.entry, event.state.value) for event in found.keys] == [
        (0, "added"),
        (7, "added"),
        (9, "retired"),
    ]
    for known in (before, overlap.remembered):
        assert check(portal, remembered=known).head.size == 10
    for key in (old, found.key):
        assert check(portal, key=key).head.size == 10
    assert LogStore(portal.settings.var).key() == old, "the first key stays what a stranger begins with"


def test_after_a_rotation_the_old_key_is_gone_from_its_file(portal: Portal):
    publish_six(portal)
    seed = KeyRing(portal.settings.var).get("log-signing")
    keys.add_key(portal, LOG)
    assert seed in KeyRing(portal.settings.var).every("log-signing")
    keys.retire_key(portal, LOG)
    assert seed not in KeyRing(portal.settings.var).every("log-signing")


def test_a_key_that_signed_nothing_is_not_taken_for_the_logs(portal: Portal):
    publish_six(portal)
    keys.add_key(portal, LOG)
    with pytest.raises(Refuted, match="Entry 1: the log is signed by another key") as caught:
        check(portal, key=str(verifier_of(portal.settings.log_origin, b"z" * 32)))
    assert caught.value.entry == 1


def test_a_database_can_be_recovered_after_its_old_key_is_gone(portal: Portal):
    publish_six(portal)
    keys.add_key(portal, LOG)
    keys.retire_key(portal, LOG)
    head = check(portal).note
    with portal.database.write() as session:
        cut_after(2)(session)
    assert recover(portal).entered == 6
    assert check(portal).note == head


def test_a_rotation_broken_off_goes_on_with_the_same_key(portal: Portal):
    """Killed after the new key was written and before the log named it."""
    publish_six(portal)
    KeyRing(portal.settings.var).rotate("log-signing")
    waiting = KeyRing(portal.settings.var).get("log-signing")
    append(portal, figure(period="2025"))
    assert signers(portal, 7) == 1, "a key the log does not know signs nothing"
    now = keys.add_key(portal, LOG)
    assert now.active[-1] == verifier_of(portal.settings.log_origin, waiting)


def test_only_one_rotation_at_a_time_and_none_before_the_first_entry(portal: Portal):
    with pytest.raises(KeysRefused):
        keys.add_key(portal, LOG)
    publish_six(portal)
    with pytest.raises(KeysRefused):
        keys.retire_key(portal, LOG)
    keys.add_key(portal, LOG)
    with pytest.raises(KeysRefused):
        keys.add_key(portal, LOG)


def test_a_lost_key_is_replaced_by_the_one_that_waited(portal: Portal, tmp_path: Path):
    publish_six(portal)
    known = check(portal).remembered
    file = tmp_path / "standby.key"
    assert "Waits: " in run(portal, "--standby", str(file))
    key_file = portal.settings.var / "keys" / "log-signing.key"
    key_file.unlink()
    assert "Said in entry 8" in run(portal, "--lost", str(file))
    append(portal, figure(period="2025"))
    found = check(portal, remembered=known)
    assert found.head.size == 9
    assert [event.state.value for event in found.keys] == ["added", "standby", "lost"]


def test_nobody_takes_over_with_a_key_that_was_never_announced(portal: Portal, tmp_path: Path):
    publish_six(portal)
    with pytest.raises(KeysRefused, match="never announced"):
        keys.replace_lost(portal, LOG, b"m" * 32)
    keys.announce_standby(portal, LOG, b"m" * 32)
    with pytest.raises(KeysRefused, match="No key is missing"):
        keys.replace_lost(portal, LOG, b"m" * 32)
    append(portal, figure(period="2025"))
    assert signers(portal, 8) == 1


def test_nothing_is_signed_when_a_key_that_must_sign_is_not_there(portal: Portal):
    publish_six(portal)
    keys.add_key(portal, LOG)
    ring = KeyRing(portal.settings.var)
    ring.drop("log-signing", ring.every("log-signing")[0])
    with pytest.raises(LogDamaged, match="must sign"):
        append(portal, figure(period="2025"))
    assert check(portal).head.size == 7


def test_the_key_of_the_files_is_announced_once_and_rotates_too(portal: Portal):
    publish_six(portal)
    announced = keys.announce_files_key(portal)
    assert (announced.entry, announced.active[0].name) == (7, f"{portal.settings.log_origin}/files")
    assert keys.announce_files_key(portal) == announced
    keys.add_key(portal, KeyRole.FILES)
    now = keys.retire_key(portal, KeyRole.FILES)
    assert now.active != announced.active and len(now.active) == 1
    found = check(portal)
    assert found.head.size == 9 and signers(portal, 9) == 1
    with portal.database.read() as session:
        assert chain_of(session, 7).active[KeyRole.FILES] == list(announced.active), "as of an older edition"


def test_every_key_is_published(portal: Portal, client: PageClient):
    publish_six(portal)
    keys.add_key(portal, LOG)
    lines = client.get("/log/keys").text.splitlines()
    assert lines[0] == f"log added 0 {first_key(portal)}"
    assert lines[1].startswith("log added 7 ")
    told = client.get("/log/keys.json").json
    assert told is not None and len(told["signing"]["log"]) == 2
    assert client.get("/log/key").text == first_key(portal)


def test_the_command_says_what_comes_next(portal: Portal):
    publish_six(portal)
    assert "log rotate-key --finish" in run(portal)
    assert "Said in entry 8" in run(portal, "--finish")
    refused = CliRunner().invoke(log_group, ["rotate-key", "--finish"], obj=portal)
    assert (refused.exit_code, "no newer key" in refused.output) == (1, True)


def listed(portal: Portal) -> str:
    """Have the files of the newest edition made and signed; return the signed list."""
    with portal.database.read() as session:
        n = log_size(session)
    make_edition(portal, n)
    sign_made(portal)
    return Shelf(portal.settings.var).signed(n) or ""


def test_of_the_files_key_too_the_command_that_is_named_ends_what_was_begun(portal: Portal):
    publish_six(portal)
    keys.announce_files_key(portal)
    assert "Later: log rotate-key --role files --finish" in run(portal, "--role", "files")
    again = CliRunner().invoke(log_group, ["rotate-key", "--role", "files"], obj=portal)
    assert "(“log rotate-key --role files --finish”)" in again.output
    assert "Said in entry" in run(portal, "--role", "files", "--finish")


def test_the_list_of_digests_is_held_against_the_log_and_its_keys(portal: Portal):
    publish_six(portal)
    assert check(portal).sums is Sums.MISSING
    listed(portal)
    assert check(portal).sums is Sums.UNANNOUNCED
    keys.announce_files_key(portal)
    note = listed(portal)
    assert check(portal).sums is Sums.SIGNED
    keys.add_key(portal, KeyRole.FILES)
    assert listed(portal).count("\n— ") == 2, "both keys sign while they overlap"
    keys.retire_key(portal, KeyRole.FILES)
    assert listed(portal).count("\n— ") == 1
    assert check(portal).sums is Sums.SIGNED
    shelf = Shelf(portal.settings.var)
    shelf.sign(9, note)
    with pytest.raises(Refuted, match="another edition"):
        check(portal)
    made = shelf.made(9)
    assert made is not None
    text, seed = made.sums, KeyRing(portal.settings.var).get("files-signing")
    name = f"{portal.settings.log_origin}/files"
    shelf.sign(9, sign_note(text.replace(text.split("\n")[1][:8], "0" * 8), name, seed))
    with pytest.raises(Refuted, match="another digest"):
        check(portal)
    shelf.sign(9, sign_note(text, name, b"z" * 32))
    with pytest.raises(Refuted, match="not signed by a key that the log announced"):
        check(portal)
