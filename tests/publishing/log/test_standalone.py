"""If the check needed our installation, or our word, then only we could check ourselves."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select, update

from portal.foundation.context import Portal
from portal.publishing.log import statements
from portal.publishing.log.checkpoint import Head, sign_head
from portal.publishing.log.keys import KeyRole
from portal.publishing.log.notes import verifier_of
from portal.publishing.log.tree import Growing, leaf_hash
from portal.publishing.models import Act, Checkpoint, LogEntry
from portal.publishing.services import batches, keys
from portal.publishing.store import LogStore
from portal.publishing.verification import package
from tests.conftest import Beginning, new_client
from tests.factories.publishing import append, figure
from tests.publishing.log.published import address_of, cut_after, publish_six
from tests.publishing.log.test_verify import (
    chunk_of,
    drop_entry,
    edit_byte,
    insert_entry,
    rewrite_chunk,
    set_figure,
    swap_documents,
)

FIGURE = "/verify/bodies/DPR/indicators/clean-parks/2022.json"


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


Verifier = Callable[..., Said]


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("verifier") / package.NAME
    file.write_bytes(package.packed())
    return file


@pytest.fixture
def verifier(program: Path, tmp_path: Path) -> "Verifier":
    """Runs the downloaded file as on a stranger's machine: no site packages, no environment, another folder."""

    def run(*arguments: str | Path) -> Said:
        done = subprocess.run(
            [sys.executable, "-I", "-S", str(program), *map(str, arguments)],
            capture_output=True,
            cwd=tmp_path,
            env={"PATH": "/usr/bin:/bin"},
            timeout=120,
        )
        return Said(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


@pytest.fixture
def beginning(request: pytest.FixtureRequest) -> Beginning | None:
    return publish_six if "published" in request.fixturenames else None


@pytest.fixture
def published(portal: Portal) -> Portal:
    return portal


def test_the_file_is_small_and_the_same_each_time(published: Portal):
    client = new_client(published)
    got = client.get(f"/verify/{package.NAME}")
    assert got.data == package.packed() and len(got.data) < 150_000
    assert client.get(f"/verify/{package.NAME}.sha256").text == f"{package.digest()}  {package.NAME}\n"
    assert package.digest() in client.get("/verify").text
    before = package.packed()
    package.packed.cache_clear()
    assert package.packed() == before


def test_nothing_of_ours_or_others_must_be_installed(published: Portal, verifier: Verifier):
    with address_of(published) as url:
        said = verifier(url)
    assert (said.code, said.err) == (0, "")
    assert "holds: 6 entries" in said.out
    assert "figures.csv" in said.out and "cannot tell" in said.out


def test_it_answers_in_chinese(published: Portal, verifier: Verifier):
    with address_of(published) as url:
        assert "通过核验：6 条" in verifier(url, "--lang", "zh").out
        with published.database.write() as session:
            chunk_of(4)(session)
        said = verifier(url, "--lang", "zh")
    assert (said.code, said.err.startswith("未通过。第 4 条：")) == (1, True), said.err


TAMPERINGS = {
    "edit": (edit_byte(LogEntry, "document", n=4), "Entry 4: "),
    "edit of a chunk": (chunk_of(3), "Entry 3: "),
    "edit of a number with all its hashes": (rewrite_chunk(2), "Entry 2: "),
    "edit of what is shown": (set_figure(4, actual="80.01"), "Entry 4: "),
    "delete": (drop_entry(3), "Entry 3: "),
    "insert": (insert_entry, "Entry 7: "),
    "reorder": (swap_documents(2, 3), "Entry 2: "),
}


def test_each_tampering_is_caught_and_the_first_bad_entry_named(
    published: Portal, verifier: Verifier, engine_name: str
):
    if engine_name != "sqlite":
        pytest.skip("what is served is the same on both engines; the database's own check runs on both")
    found = {}
    kept = published.settings.database_url.removeprefix("sqlite:///")
    with address_of(published) as url:
        published.database.truncate_wal()
        whole = Path(kept).read_bytes()
        for name, (tamper, _) in TAMPERINGS.items():
            with published.database.write() as session:
                tamper(session)
            said = verifier(url)
            found[name] = (said.code, said.err.split(": ")[0] + ": ")
            published.database.dispose()
            for beside in ("-wal", "-shm"):
                Path(kept + beside).unlink(missing_ok=True)
            Path(kept).write_bytes(whole)
    assert found == {name: (1, f"FAILED. {entry}") for name, (_, entry) in TAMPERINGS.items()}


def test_truncation_and_roll_back_are_caught_by_what_was_remembered(
    published: Portal, verifier: Verifier, tmp_path: Path
):
    file = tmp_path / "gongping.head"
    with address_of(published) as url:
        assert "Remembered in" in verifier(url, "--remember", file).out
        append(published, figure(period="2025"))
        assert "It extends what" in verifier(url, "--remember", file).out
        with published.database.write() as session:
            cut_after(4)(session)
        without, against = verifier(url), verifier(url, "--remember", file)
    assert without.code == 0 and "cannot tell" in without.out
    assert (against.code, "Entry 5: it is gone: 7 entries" in against.err) == (1, True), against.err


def sign_another(portal: Portal, seed: bytes) -> None:
    """Every head anew, over what the database says now."""
    with portal.database.write() as session:
        growing = Growing()
        for entry in session.scalars(select(LogEntry).order_by(LogEntry.n)):
            growing.append(leaf_hash(entry.document))
            head = session.get_one(Checkpoint, entry.n)
            head.note = sign_head(Head(portal.settings.log_origin, entry.n, growing.root()), seed)
            head.verifier_key = str(verifier_of(portal.settings.log_origin, seed))


def test_a_second_history_is_caught_where_it_parts(published: Portal, verifier: Verifier, tmp_path: Path):
    file = tmp_path / "gongping.head"
    with address_of(published) as url:
        verifier(url, "--remember", file)
        with published.database.write() as session:
            rewrite_chunk(3)(session)
        sign_another(published, published.keys.get("log-signing"))
        assert verifier(url).code == 0, "every signature in it is good"
        second = verifier(url, "--remember", file)
    assert (second.code, "Entry 3: another history" in second.err) == (1, True), second.err


def test_another_key_is_caught(published: Portal, verifier: Verifier, tmp_path: Path):
    file = tmp_path / "gongping.head"
    with address_of(published) as url:
        verifier(url, "--remember", file)
        sign_another(published, b"k" * 32)
        stranger, remembering = verifier(url), verifier(url, "--remember", file)
        knowing = verifier(url, "--key", LogStore(published.settings.var).key() or "")
    assert (stranger.code, "cannot tell" in stranger.out) == (0, True), "to a stranger it is a log like any other"
    for said in (remembering, knowing):
        assert (said.code, "Entry 1: the log is signed by another key" in said.err) == (1, True), said.err


def test_a_withdrawal_passes_and_is_said(portal: Portal, verifier: Verifier):
    note = publish_six(portal)
    append(portal, {"t": "withdrawal", "digest": note, "ground": "personal-data"}, kind="withdrawal")
    with address_of(portal) as url:
        said = verifier(url)
    assert (said.code, f"Withdrawn by act 7: the text {note}" in said.out) == (0, True), said.err


def test_a_rotation_is_told(published: Portal, verifier: Verifier, tmp_path: Path):
    file = tmp_path / "gongping.head"
    with address_of(published) as url:
        verifier(url, "--remember", file)
        keys.add_key(published, KeyRole.LOG)
        keys.retire_key(published, KeyRole.LOG)
        append(published, figure(period="2025"))
        said = verifier(url, "--remember", file)
    assert said.code == 0, said.err
    assert "Entry 7 announced a new key" in said.out and "Entry 8 retired the key" in said.out


# proofs of publication


@pytest.fixture
def proof(published: Portal, tmp_path: Path) -> Path:
    file = tmp_path / "kept.proof.json"
    file.write_bytes(new_client(published).get(FIGURE + "?edition=3").data)
    return file


def test_a_kept_proof_holds_without_the_portal(published: Portal, verifier: Verifier, proof: Path):
    said = verifier(proof)
    assert (said.code, said.err) == (0, "")
    assert "DPR · clean-parks · 2022" in said.out and "actual: 91.50" in said.out
    assert "Published in entry 2" in said.out and "compare it" in said.out
    known = verifier(proof, "--key", LogStore(published.settings.var).key() or "")
    assert known.code == 0 and "compare it" not in known.out


def test_a_kept_proof_survives_rotations_of_keys(published: Portal, verifier: Verifier, tmp_path: Path):
    first = LogStore(published.settings.var).key() or ""
    keys.add_key(published, KeyRole.LOG)
    keys.retire_key(published, KeyRole.LOG)
    client = new_client(published)
    for edition in (7, 8):  # both change keys: the proof ends at a head before them
        file = tmp_path / f"{edition}.json"
        file.write_bytes(client.get(f"{FIGURE}?edition={edition}").data)
        assert verifier(file, "--key", first).code == 0
    append(published, figure(period="2025"))
    file.write_bytes(client.get(FIGURE).data)
    assert len(json.loads(file.read_text())["keys"]) == 2
    assert verifier(file, "--key", first).code == 0


def changed(proof: Path, change) -> Path:
    content = json.loads(proof.read_text())
    change(content)
    proof.write_text(json.dumps(content))
    return proof


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c.update(chunk=c["chunk"].replace("91.50", "99.50")),
        lambda c: c.update(entry=c["entry"].replace('"n":2', '"n":3')),
        lambda c: c.update(proof=c["proof"].replace("index 1", "index 2")),
        lambda c: c.update(proof=c["proof"].replace("\n3\n", "\n4\n")),
        lambda c: c.update(line=9),
        lambda c: c.update(line=-1),
        lambda c: c.update(first_key=str(verifier_of("gongping.example/log", b"k" * 32))),
    ],
    ids=["number", "entry", "index", "size", "line", "below", "key"],
)
def test_a_changed_proof_is_refused(published: Portal, verifier: Verifier, proof: Path, change):
    said = verifier(changed(proof, change))
    assert (said.code, said.err.startswith("FAILED.")) == (1, True), said


def test_what_is_no_proof_is_neither_good_nor_bad(verifier: Verifier, tmp_path: Path):
    for text in ("", "[]", '{"format": 1}', "\x00", "{" * 5000):
        (tmp_path / "x").write_text(text)
        assert verifier(tmp_path / "x").code == 2, text[:9]
    assert verifier("http://127.0.0.1:9").code == 2
    assert verifier("portal.test").code == 2


def test_statements_of_a_newer_portal_are_hashed_and_named(
    published: Portal, verifier: Verifier, monkeypatch: pytest.MonkeyPatch
):
    """The verifier of last year meets a kind of statement that was invented since."""
    monkeypatch.setitem(statements.FIELDS, "weather", frozenset({"sky"}))
    placed = statements.place

    monkeypatch.setattr(batches, "place", lambda s: ("sky", "") if s["t"] == "weather" else placed(s))
    append(published, {"t": "weather", "sky": "blue"}, figure(period="2030"))
    with published.database.write() as session:
        session.execute(update(Act).values(meta={}))
    with address_of(published) as url:
        said = verifier(url)
    assert said.code == 0, said.err
    assert "Not understood by this version, only hashed: weather (1)" in said.out
