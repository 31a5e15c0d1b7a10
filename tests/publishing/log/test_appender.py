"""If the appender could sign two histories, or lose an act it signed, the log would prove nothing."""

import shutil
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from portal.publishing.errors import DatabaseBehind, HistoryForked, LogDamaged
from portal.publishing.jobs import append as append_job
from portal.publishing.log import tree
from portal.publishing.log.checkpoint import Head, open_head
from portal.publishing.log.entries import parse_entry
from portal.publishing.log.notes import Verifier
from portal.publishing.models import Act, ActQueue, Checkpoint, LogEntry, LogNode, SaltedText
from portal.publishing.services import append_waiting, propose_act, salt_text
from portal.publishing.services.appender import Appender
from portal.publishing.services.entering import nodes_of
from portal.publishing.services.signer import Signer
from portal.publishing.store import LogStore
from portal.publishing.values import cite
from tests.factories.publishing import append, body, figure
from tests.publishing.log.published import cut_after


class Killed(Exception):
    """Stands for the process being gone: nothing after it runs."""


class DyingStore(LogStore):
    """A store whose process dies right before or right after it wrote something."""

    def __init__(self, portal: Portal, at: str, *, before: bool) -> None:
        super().__init__(portal.settings.var)
        self._at, self._before = at, before

    def _maybe_die(self, at: str, before: bool) -> None:
        if (at, before) == (self._at, self._before):
            raise Killed

    def write_chunk(self, sha256: str, body: bytes) -> None:
        self._maybe_die("chunk", True)
        super().write_chunk(sha256, body)
        self._maybe_die("chunk", False)

    def write_entry(self, n: int, document: bytes) -> None:
        self._maybe_die("entry", True)
        super().write_entry(n, document)
        self._maybe_die("entry", False)

    def write_head(self, note: str) -> None:
        self._maybe_die("head", True)
        super().write_head(note)
        self._maybe_die("head", False)

    def announce(self, edition: int) -> None:
        self._maybe_die("announce", True)
        super().announce(edition)


def appender_on(portal: Portal, store: LogStore) -> Appender:
    signer = Signer(store, seeds=[portal.keys.get("log-signing")], origin=portal.settings.log_origin)
    return Appender(portal.database, store, signer, portal.clock)


def propose(portal: Portal, *statements: dict[str, Any], kind: str = "release") -> str:
    with portal.database.write() as session:
        return propose_act(
            session,
            kind=kind,
            statements=statements,
            proposed_by="p",
            approved_by="q",
            now=portal.clock.now(),
        )


def forget_entries(portal: Portal, *, keep: int) -> None:
    with portal.database.write() as session:
        cut_after(keep)(session)


def heads(portal: Portal) -> list[Head]:
    with portal.database.read() as session:
        rows = session.scalars(select(Checkpoint).order_by(Checkpoint.n)).all()
        return [open_head(row.note, Verifier.parse(row.verifier_key)) for row in rows]


def leaves(portal: Portal) -> list[bytes]:
    with portal.database.read() as session:
        return [tree.leaf_hash(d) for d in session.scalars(select(LogEntry.document).order_by(LogEntry.n))]


def assert_whole(portal: Portal, size: int) -> None:
    """Database and store hold the same `size` entries under the same signed head."""
    store, growing = LogStore(portal.settings.var), tree.Growing()
    for leaf, head in zip(leaves(portal), heads(portal), strict=True):
        growing.append(leaf)
        assert (head.size, head.root) == (growing.size, growing.root())
    assert growing.size == size == store.edition()
    with portal.database.read() as session:
        assert store.head() == session.get_one(Checkpoint, size).note
        for entry in session.scalars(select(LogEntry)):
            assert store.entry(entry.n) == entry.document
            for ref in parse_entry(entry.document).chunks:
                assert store.chunk(ref.sha256) is not None
        assert session.scalars(select(ActQueue.act_id)).all() == []
        assert session.scalars(select(Act.state).distinct()).all() == ["appended"]


def test_acts_become_public_in_the_order_in_which_they_became_ready(portal: Portal):
    acts = [propose(portal, figure(period=f"{year}")) for year in range(2000, 2007)]
    assert append_waiting(portal) == 7
    with portal.database.read() as session:
        assert session.scalars(select(Act.id).order_by(Act.edition)).all() == acts
    assert_whole(portal, 7)


def test_the_runner_appends_by_its_job(portal: Portal):
    propose(portal, figure())
    append_job(portal, {})
    append_job(portal, {})
    assert_whole(portal, 1)


def test_entry_and_checkpoint_say_what_was_agreed(portal: Portal, clock: FixedClock):
    append(portal, figure(), kind="correction")
    with portal.database.read() as session:
        act = session.scalars(select(Act)).one()
        entry = parse_entry(session.get_one(LogEntry, 1).document)
    assert (entry.n, entry.act, entry.kind) == (1, act.id, "correction")
    assert entry.origin == portal.settings.log_origin
    assert entry.at == act.appended_at == clock.now()
    assert [ref.statements for ref in entry.chunks] == [1]


def test_time_in_the_log_never_runs_backwards(portal: Portal, clock: FixedClock):
    append(portal, figure())
    clock.at -= timedelta(days=1)
    append(portal, figure(period="2023"))
    with portal.database.read() as session:
        first, second = session.scalars(select(LogEntry.at).order_by(LogEntry.n))
    assert first == second


@pytest.mark.parametrize(
    ("at", "before"),
    [
        ("chunk", True),
        ("chunk", False),
        ("entry", True),
        ("entry", False),
        ("head", True),
        ("head", False),
        ("announce", True),
    ],
)
def test_killed_anywhere_the_next_run_leaves_one_whole_history(
    portal: Portal, clock: FixedClock, at: str, before: bool
):
    append(portal, body())
    act = propose(portal, figure())
    with pytest.raises(Killed):
        appender_on(portal, DyingStore(portal, at, before=before)).run()
    signed = LogStore(portal.settings.var).head()
    clock.at += timedelta(hours=1)
    propose(portal, figure(period="2023"))
    append_waiting(portal)
    assert_whole(portal, 3)
    with portal.database.read() as session:
        assert session.get_one(Act, act).edition == 2
        if (at, before) == ("head", False):
            assert session.get_one(Checkpoint, 2).note == signed, "what was signed once is what is shown"


def test_a_restored_shorter_database_is_not_signed_for(portal: Portal):
    for year in range(2000, 2004):
        append(portal, figure(period=f"{year}"))
    before = LogStore(portal.settings.var).head()
    forget_entries(portal, keep=2)
    propose(portal, figure(period="1999"))
    with pytest.raises(DatabaseBehind):
        append_waiting(portal)
    assert LogStore(portal.settings.var).head() == before


def test_a_database_that_lost_its_newest_act_is_not_signed_for(portal: Portal):
    append(portal, figure())
    lost = append(portal, figure(period="2023"))
    forget_entries(portal, keep=lost - 1)
    propose(portal, figure(period="1999"))
    with pytest.raises(DatabaseBehind):
        append_waiting(portal)


def test_a_database_with_another_history_is_not_signed_for(portal: Portal):
    append(portal, figure())
    append(portal, figure(period="2023"))
    with portal.database.write() as session:
        session.execute(update(LogNode).where(LogNode.level == 1).values(hash=b"x" * 32))
    propose(portal, figure(period="2024"))
    before = LogStore(portal.settings.var).head()
    with pytest.raises(HistoryForked):
        append_waiting(portal)
    assert LogStore(portal.settings.var).head() == before


def test_the_signer_itself_refuses_a_head_that_does_not_extend_the_newest(portal: Portal):
    append(portal, figure())
    append(portal, figure(period="2023"))
    store = LogStore(portal.settings.var)
    signer = Signer(store, seeds=[portal.keys.get("log-signing")], origin=portal.settings.log_origin)
    other = {(level, idx): bytes([level, idx]) * 16 for level in range(3) for idx in range(4)}
    with portal.database.read() as session:
        nodes = nodes_of(session)
        shorter = Head(signer.origin, 1, tree.root(1, nodes))
        with pytest.raises(HistoryForked):
            signer.sign(shorter, nodes, [signer.first])
    fork = Head(signer.origin, 3, tree.root(3, lambda level, idx: other[level, idx]))
    with pytest.raises(HistoryForked):
        signer.sign(fork, lambda level, idx: other[level, idx], [signer.first])


def test_a_lost_store_is_not_begun_anew(portal: Portal):
    append(portal, figure())
    shutil.rmtree(portal.settings.var / "log")
    propose(portal, figure(period="2023"))
    with pytest.raises(LogDamaged):
        append_waiting(portal)


def test_another_name_or_key_for_the_log_is_refused(portal: Portal):
    append(portal, figure())
    propose(portal, figure(period="2023"))
    store = LogStore(portal.settings.var)
    for seed, origin in ((b"x" * 32, portal.settings.log_origin), (portal.keys.get("log-signing"), "other/log")):
        with pytest.raises(LogDamaged, match="another key"):
            Appender(portal.database, store, Signer(store, seeds=[seed], origin=origin), portal.clock).run()


def test_a_withdrawal_empties_the_text_and_names_the_act(portal: Portal):
    with portal.database.write() as session:
        digest = salt_text(session, "to be withdrawn")
    append(portal, figure(note=cite(digest)))
    n = append(portal, {"t": "withdrawal", "digest": digest, "ground": "personal-data"}, kind="withdrawal")
    with portal.database.read() as session:
        kept = session.get_one(SaltedText, digest)
        assert (kept.salt, kept.text, kept.withdrawn_in) == (None, None, n)
    assert_whole(portal, 2)
