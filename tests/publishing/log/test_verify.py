"""If a change of the past went unnoticed, or the wrong entry were blamed, "anyone can check us" were hollow."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from portal.foundation.context import Portal
from portal.publishing.cli.log import log_group
from portal.publishing.files import LAYOUTS
from portal.publishing.jobs import append as append_job
from portal.publishing.log import tree
from portal.publishing.log.checkpoint import Head, sign_head
from portal.publishing.log.entries import parse_entry
from portal.publishing.models import (
    Act,
    ActChunk,
    ActQueue,
    ActText,
    Checkpoint,
    Chunk,
    FigureVersion,
    LogEntry,
    LogNode,
    SaltedText,
    StatementRow,
)
from portal.publishing.services.filing import make_edition
from portal.publishing.store import LogStore
from portal.publishing.verification.own_source import OwnSource
from portal.publishing.verification.source import Refuted
from portal.publishing.verification.verify import Remembered, Verified, verify
from portal.publishing.verification.web_source import WebSource
from tests.conftest import Beginning
from tests.factories.publishing import append, figure
from tests.publishing.log.published import address_of, cut_after, publish_six


@pytest.fixture
def beginning(request: pytest.FixtureRequest) -> Beginning | None:
    return publish_six if "published" in request.fixturenames else None


@pytest.fixture
def published(portal: Portal) -> Portal:
    return portal


def check(portal: Portal, remembered: Remembered | None = None) -> Verified:
    with portal.database.read() as session:
        return verify(OwnSource(session, LogStore(portal.settings.var)), remembered=remembered)


def refused(portal: Portal, remembered: Remembered | None = None) -> Refuted:
    with pytest.raises(Refuted) as caught:
        check(portal, remembered)
    return caught.value


class Undone(Exception):
    """Takes a change back."""


def after(portal: Portal, tamper: "Tampering") -> Refuted | None:
    """What the check says after a change of the database, which is then undone."""
    found = None
    with pytest.raises(Undone), portal.database.write() as session:
        tamper(session)
        session.flush()
        session.expire_all()
        try:
            verify(OwnSource(session, LogStore(portal.settings.var)))
        except Refuted as refuted:
            found = refuted
        raise Undone
    return found


def test_an_untouched_log_verifies(published: Portal):
    found = check(published)
    assert (found.head.size, found.files) == (6, LAYOUTS[1].derived)
    assert found.withdrawn == ()


def test_anyone_can_check_it_from_its_address(published: Portal):
    with address_of(published) as url:
        said = command(published, "verify", "--url", url)
    assert said.code == 0, said.text
    assert "holds: 6 entries" in said.text
    assert "the same as served: figures.csv, figures.json" in said.text


def test_an_empty_log_verifies(portal: Portal):
    assert check(portal).head.size == 0


Tampering = Callable[[Session], object]


def edit_byte(table: Any, column: str, **where: Any) -> Tampering:
    """Change one bit in the middle of one stored value."""

    def tamper(session: Session) -> None:
        rows = select(table).filter_by(**where)
        row = session.scalars(rows).first()
        assert row is not None
        value = getattr(row, column)
        if isinstance(value, str):
            middle = len(value) // 2
            setattr(row, column, value[:middle] + chr(ord(value[middle]) ^ 1) + value[middle + 1 :])
        else:
            middle = len(value) // 2
            setattr(row, column, value[:middle] + bytes([value[middle] ^ 1]) + value[middle + 1 :])

    return tamper


def of_edition(table: Any, edition: int) -> Any:
    return table.act_id == select(Act.id).where(Act.edition == edition).scalar_subquery()


def chunk_of(edition: int) -> Tampering:
    def tamper(session: Session) -> None:
        sha256 = session.scalars(select(ActChunk.sha256).where(of_edition(ActChunk, edition))).first()
        edit_byte(Chunk, "body", sha256=sha256)(session)

    return tamper


def drop_chunk_of(edition: int) -> Tampering:
    def tamper(session: Session) -> None:
        sha256 = session.scalars(select(ActChunk.sha256).where(of_edition(ActChunk, edition))).one()
        session.execute(delete(ActChunk).where(ActChunk.sha256 == sha256))
        session.execute(delete(Chunk).where(Chunk.sha256 == sha256))

    return tamper


def rewrite_chunk(edition: int) -> Tampering:
    """A careful forger: another number, its chunk readdressed, and everything in the database follows."""

    def tamper(session: Session) -> None:
        link = session.scalars(select(ActChunk).where(of_edition(ActChunk, edition))).one()
        old = session.get_one(Chunk, link.sha256)
        forged = old.body.replace(b'"actual":"91.50"', b'"actual":"99.90"')
        sha256 = hashlib.sha256(forged).hexdigest()
        session.execute(insert(Chunk).values(sha256=sha256, body=forged, count=old.count))
        entry = session.get_one(LogEntry, edition)
        entry.document = entry.document.replace(link.sha256.encode(), sha256.encode())
        link.sha256 = sha256
        session.execute(update(FigureVersion).where(of_edition(FigureVersion, edition)).values(actual="99.90"))
        session.flush()
        rebuild_tree(session)

    return tamper


def rebuild_tree(session: Session) -> None:
    session.execute(delete(LogNode))
    kept: dict[tuple[int, int], bytes] = {}
    for entry in session.scalars(select(LogEntry).order_by(LogEntry.n)):
        entry.leaf_hash = tree.leaf_hash(entry.document)
        for level, idx, value in tree.append(entry.n - 1, entry.leaf_hash, lambda v, i: kept[v, i]):
            kept[level, idx] = value
            session.add(LogNode(level=level, idx=idx, hash=value))


def drop_entry(n: int) -> Tampering:
    def tamper(session: Session) -> None:
        session.execute(delete(Checkpoint).where(Checkpoint.n == n))
        session.execute(delete(LogEntry).where(LogEntry.n == n))

    return tamper


def swap_documents(first: int, second: int) -> Tampering:
    def tamper(session: Session) -> None:
        one, two = session.get_one(LogEntry, first), session.get_one(LogEntry, second)
        one.document, two.document = two.document, one.document
        one.leaf_hash, two.leaf_hash = two.leaf_hash, one.leaf_hash

    return tamper


def insert_entry(session: Session) -> None:
    """A seventh entry that nobody signed."""
    session.execute(
        insert(Act).values(
            id="forged",
            kind="release",
            state="appended",
            edition=7,
            proposed_by="x",
            proposed_at=session.get_one(LogEntry, 6).at,
            appended_at=session.get_one(LogEntry, 6).at,
            meta={},
        )
    )
    document = session.get_one(LogEntry, 6).document.replace(b'"n":6', b'"n":7')
    session.execute(
        insert(LogEntry).values(
            n=7,
            act_id="forged",
            document=document,
            leaf_hash=tree.leaf_hash(document),
            at=session.get_one(LogEntry, 6).at,
        )
    )


def insert_figure(session: Session) -> None:
    act = session.scalars(select(Act.id).where(Act.edition == 3)).one()
    fields = dict.fromkeys(("target", "numerator", "denominator", "obs_status", "note_digest", "replaces"))
    row = {"body": "DPR", "indicator": "clean-parks", "period": "1999", "actual": "100", "cause": "scheduled"}
    session.execute(insert(FigureVersion).values(act_id=act, position=77, **fields, **row))


def set_figure(edition: int, **values: Any) -> Tampering:
    return lambda session: session.execute(
        update(FigureVersion).where(of_edition(FigureVersion, edition)).values(**values)
    )


def move_edition(session: Session) -> None:
    """Publish the newest act under a number of its own."""
    session.execute(update(Act).where(Act.edition == 6).values(edition=9))


def swap_positions(session: Session) -> None:
    rows = session.scalars(select(FigureVersion).where(of_edition(FigureVersion, 2))).all()
    for row, position in zip(rows, (98, 99), strict=True):
        row.position = position
    session.flush()
    for row, position in zip(rows, (2, 1), strict=True):
        row.position = position


def unhide_text(session: Session) -> None:
    session.execute(update(SaltedText).values(text="counted by machine"))


def claim_withdrawal(session: Session) -> None:
    session.execute(update(SaltedText).values(salt=None, text=None, withdrawn_in=3))


def drop_texts(session: Session) -> None:
    session.execute(delete(ActText))
    session.execute(delete(SaltedText))


ATTACKS: list[tuple[str, Tampering, int | None]] = [
    ("a byte of entry 4", edit_byte(LogEntry, "document", n=4), 4),
    ("a byte of the first entry", edit_byte(LogEntry, "document", n=1), 1),
    ("a byte of the last entry", edit_byte(LogEntry, "document", n=6), 6),
    ("a byte of a chunk", chunk_of(4), 4),
    ("a chunk gone", drop_chunk_of(3), 3),
    ("a forged number with everything after it", rewrite_chunk(2), 2),
    ("a byte of a leaf hash", edit_byte(LogEntry, "leaf_hash", n=5), 5),
    ("a byte of a node", edit_byte(LogNode, "hash", level=1, idx=1), 4),
    ("a byte of a signed head", edit_byte(Checkpoint, "note", n=3), 3),
    ("the newest signed head gone", lambda s: s.execute(delete(Checkpoint).where(Checkpoint.n == 6)), 6),
    ("an entry gone from the middle", drop_entry(3), 3),
    ("the last entry gone", drop_entry(6), 6),
    ("the last three acts gone", cut_after(3), 4),
    ("everything gone", cut_after(0), 1),
    ("two entries swapped", swap_documents(2, 3), 2),
    ("an entry nobody signed", insert_entry, 7),
    ("a figure nobody published", insert_figure, 3),
    ("a shown value", set_figure(4, actual="80.01"), 4),
    ("a digit of a shown value", set_figure(6, actual="91.5"), 6),
    ("a cause", set_figure(4, cause="scheduled"), 4),
    ("a shown value removed", lambda s: s.execute(delete(FigureVersion).where(of_edition(FigureVersion, 3))), 3),
    ("a shown name", edit_byte(StatementRow, "key", kind="indicator"), 1),
    ("what a search finds", edit_byte(StatementRow, "words", kind="body"), 1),
    ("the order of statements", swap_positions, 2),
    ("the edition of an act", move_edition, 6),
    ("the kind of an act", lambda s: s.execute(update(Act).where(Act.edition == 4).values(kind="release")), 4),
    ("a text", unhide_text, 2),
    ("a text called withdrawn", claim_withdrawal, None),
    (
        "a text gone",
        lambda s: (s.execute(delete(Act.metadata.tables["act_text"])), s.execute(delete(SaltedText))),
        2,
    ),
]


def test_any_change_of_the_database_is_caught_and_the_first_bad_entry_named(published: Portal):
    found = {name: after(published, tamper) for name, tamper, _ in ATTACKS}
    named = {name: refuted.entry if refuted else "passed" for name, refuted in found.items()}
    assert named == {name: entry for name, _, entry in ATTACKS}
    for refuted in found.values():
        assert refuted is not None
        assert refuted.entry is None or str(refuted).startswith(f"Entry {refuted.entry}: ")
    assert check(published).head.size == 6, "every change was undone"


def test_a_changed_byte_in_any_entry_names_that_entry(published: Portal):
    found = [after(published, edit_byte(LogEntry, "document", n=n)) for n in range(1, 7)]
    assert [refuted and refuted.entry for refuted in found] == [1, 2, 3, 4, 5, 6]


def test_a_changed_file_under_var_log_is_caught(published: Portal):
    store = LogStore(published.settings.var)
    document = store.entry(3)
    assert document is not None
    store.write_entry(3, document.replace(b"release", b"Release"))
    assert refused(published).entry == 3


def test_a_changed_chunk_file_is_caught(published: Portal):
    store = LogStore(published.settings.var)
    document = store.entry(5)
    assert document is not None
    store.write_chunk(parse_entry(document).chunks[0].sha256, b"{}\n")
    assert refused(published).entry == 5


def test_a_head_signed_by_another_key_is_refused(published: Portal):
    store = LogStore(published.settings.var)
    good = check(published).head
    store.write_head(sign_head(Head(good.origin, good.size, good.root), b"x" * 32))
    assert "does not open" in str(refused(published))


def test_withdrawn_texts_are_reported_and_pass(published: Portal):
    with published.database.read() as session:
        digest = session.scalars(select(SaltedText.digest)).one()
    n = append(published, {"t": "withdrawal", "digest": digest, "ground": "personal-data"}, kind="withdrawal")
    assert check(published).withdrawn == ((digest, n),)


def test_a_text_still_given_after_its_withdrawal_fails(published: Portal):
    with published.database.read() as session:
        kept = session.scalars(select(SaltedText)).one()
    append(published, {"t": "withdrawal", "digest": kept.digest, "ground": "x"}, kind="withdrawal")
    with published.database.write() as session:
        session.execute(update(SaltedText).values(salt=kept.salt, text=kept.text, withdrawn_in=None))
    assert refused(published).entry == 7


def test_a_roll_back_of_database_and_store_is_caught_only_by_what_was_remembered(published: Portal):
    """Whoever sets both back to an old state leaves good signatures; a remembered head shows it."""
    with published.database.read() as session:
        old = session.get_one(Checkpoint, 4).note
    remembered = check(published).remembered
    with published.database.write() as session:
        cut_after(4)(session)
    LogStore(published.settings.var).write_head(old)
    assert check(published).head.size == 4
    assert refused(published, remembered).entry == 5


def test_a_second_history_is_caught_by_what_was_remembered(published: Portal, tmp_path: Path):
    """The holder of the key signs another history from entry 3 on: every signature in it is good."""
    remembered = check(published).remembered
    seed, origin = published.keys.get("log-signing"), published.settings.log_origin
    store = LogStore(published.settings.var)
    with published.database.write() as session:
        rewrite_chunk(3)(session)
        growing = tree.Growing()
        for entry in session.scalars(select(LogEntry).order_by(LogEntry.n)):
            growing.append(tree.leaf_hash(entry.document))
            note = sign_head(Head(origin, entry.n, growing.root()), seed)
            session.get_one(Checkpoint, entry.n).note = note
            store.write_entry(entry.n, entry.document)
            for ref in parse_entry(entry.document).chunks:
                store.write_chunk(ref.sha256, session.get_one(Chunk, ref.sha256).body)
        store.write_head(note)
    assert check(published).head.size == 6
    assert "another history" in str(refused(published, remembered))


def test_what_was_remembered_earlier_still_stands_after_more_was_published(published: Portal):
    remembered = check(published).remembered
    append(published, figure(period="2025"))
    assert check(published, remembered).head.size == 7


def test_an_act_signed_but_not_yet_entered_does_not_fail_the_check(published: Portal):
    """Killed between the signed head and the commit: the database is whole, one entry behind."""
    before = LogStore(published.settings.var).head()
    append(published, figure(period="2025"))
    with published.database.write() as session:
        act = session.scalars(select(Act).where(Act.edition == 7)).one()
        act.state, act.edition, act.appended_at = "pending", None, None
        session.add(ActQueue(act_id=act.id))
        session.execute(delete(Checkpoint).where(Checkpoint.n == 7))
        session.execute(delete(LogEntry).where(LogEntry.n == 7))
        session.execute(delete(LogNode).where(LogNode.level == 0, LogNode.idx == 6))
    assert LogStore(published.settings.var).head() != before
    assert check(published).head.size == 6
    append_job(published, {})
    assert check(published).head.size == 7


@dataclass(frozen=True)
class Said:
    code: int
    text: str


def command(portal: Portal, *arguments: str) -> Said:
    done = CliRunner().invoke(log_group, list(arguments), obj=portal)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return Said(done.exit_code, done.output)


def test_the_command_says_what_it_cannot_tell_and_remembers(published: Portal, tmp_path: Path):
    said = command(published, "verify")
    assert said.code == 0
    assert "holds: 6 entries" in said.text and "cannot tell" in said.text
    file = str(tmp_path / "remembered")
    assert "Remembered in" in command(published, "verify", "--remember", file).text
    append(published, figure(period="2025"))
    said = command(published, "verify", "--remember", file)
    assert (said.code, "extends what" in said.text, "cannot tell" in said.text) == (0, True, False)


def test_the_command_fails_naming_the_entry(published: Portal):
    with published.database.write() as session:
        edit_byte(LogEntry, "document", n=4)(session)
    said = command(published, "verify")
    assert said.code == 1
    assert "FAILED. Entry 4: " in said.text


def test_from_outside_a_changed_byte_is_caught_and_its_entry_named(published: Portal):
    with published.database.write() as session:
        chunk_of(4)(session)
    with address_of(published) as url:
        said = command(published, "verify", "--url", url)
    assert (said.code, "FAILED. Entry 4: " in said.text) == (1, True), said.text


def test_from_outside_a_value_shown_otherwise_than_in_the_log_is_caught(published: Portal):
    with published.database.write() as session:
        set_figure(4, actual="80.01")(session)
    with address_of(published) as url, pytest.raises(Refuted, match=r"Entry 4: figures\.csv of edition 6 differs"):
        verify(WebSource(url))


def test_from_outside_it_is_caught_though_the_file_that_was_kept_is_right(published: Portal):
    make_edition(published, 6)
    with published.database.write() as session:
        set_figure(4, actual="80.01")(session)
    with address_of(published) as url, pytest.raises(Refuted, match=r"Entry 4: figures\.csv of edition 6 differs"):
        verify(WebSource(url))


def test_from_outside_a_careful_forgery_is_caught(published: Portal):
    with published.database.write() as session:
        rewrite_chunk(3)(session)
    with address_of(published) as url, pytest.raises(Refuted, match="Entry 3: it is not what was signed"):
        verify(WebSource(url))


def test_from_outside_an_entry_nobody_signed_is_caught(published: Portal):
    with published.database.write() as session:
        insert_entry(session)
    with address_of(published) as url, pytest.raises(Refuted, match="Entry 7: it is shown, but"):
        verify(WebSource(url))


def test_from_outside_a_cut_is_noticed_only_with_a_memory_and_the_command_says_so(
    published: Portal, tmp_path: Path
):
    file = str(tmp_path / "remembered")
    with address_of(published) as url:
        assert command(published, "verify", "--url", url, "--remember", file).code == 0
        with published.database.write() as session:
            cut_after(4)(session)
        without = command(published, "verify", "--url", url)
        assert without.code == 0 and "cannot tell" in without.text
        against = command(published, "verify", "--url", url, "--remember", file)
        assert (against.code, "Entry 5: it is gone" in against.text) == (1, True), against.text


def test_from_outside_a_withdrawn_text_is_reported_and_passes(published: Portal):
    with published.database.read() as session:
        digest = session.scalars(select(SaltedText.digest)).one()
    append(published, {"t": "withdrawal", "digest": digest, "ground": "personal-data"}, kind="withdrawal")
    with address_of(published) as url:
        said = command(published, "verify", "--url", url)
    assert (said.code, f"Withdrawn by act 7: the text {digest}" in said.text) == (0, True), said.text


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "ftp://portal.test", "portal.test"])
def test_what_cannot_be_read_is_neither_good_nor_bad(portal: Portal, url: str):
    said = command(portal, "verify", "--url", url)
    assert (said.code, "Not checked" in said.text) == (2, True)


def test_a_file_that_remembers_nothing_is_not_taken_for_one(published: Portal, tmp_path: Path):
    (tmp_path / "remembered").write_text("hello")
    assert command(published, "verify", "--remember", str(tmp_path / "remembered")).code == 2
