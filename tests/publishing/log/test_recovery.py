"""If restoring a backup could only be done by forking the history, an operator would one day do it."""

import shutil

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, select, update

from portal.foundation.context import Portal
from portal.publishing.cli.log import log_group
from portal.publishing.errors import HistoryForked, LogDamaged
from portal.publishing.models import ActText, Checkpoint, FigureVersion, LogNode, SaltedText
from portal.publishing.services.recovery import Recovered, recover
from portal.publishing.store import LogStore
from portal.publishing.verification.own_source import OwnSource
from portal.publishing.verification.source import Refuted
from portal.publishing.verification.verify import Verified, verify
from tests.conftest import Beginning, World
from tests.factories.publishing import append, figure
from tests.publishing.log.published import cut_after, publish_six


@pytest.fixture
def beginning(request: pytest.FixtureRequest) -> Beginning | None:
    return publish_six if "note" in request.fixturenames else None


@pytest.fixture
def note(world: World) -> str:
    return world.told


def check(portal: Portal) -> Verified:
    with portal.database.read() as session:
        return verify(OwnSource(session, LogStore(portal.settings.var)))


def notes(portal: Portal) -> list[str]:
    with portal.database.read() as session:
        return list(session.scalars(select(Checkpoint.note).order_by(Checkpoint.n)))


@pytest.mark.parametrize("keep", [0, 1, 3, 5])
def test_an_older_database_gets_back_what_was_published_under_the_same_heads(portal: Portal, note: str, keep: int):
    before = notes(portal)
    with portal.database.write() as session:
        cut_after(keep)(session)
    assert recover(portal) == Recovered(entered=6 - keep, written=0, lost_texts=0)
    assert notes(portal) == before
    assert check(portal).head.size == 6
    assert append(portal, figure(period="2025")) == 7
    assert check(portal).head.size == 7


def test_texts_that_no_backup_holds_are_counted_and_can_be_withdrawn(portal: Portal, note: str):
    with portal.database.write() as session:
        cut_after(1)(session)
        session.execute(delete(ActText))
        session.execute(delete(SaltedText))
    assert recover(portal) == Recovered(entered=5, written=0, lost_texts=1)
    with pytest.raises(Refuted, match="Entry 2: the text"):
        check(portal)
    append(portal, {"t": "withdrawal", "digest": note, "ground": "lost"}, kind="withdrawal")
    assert check(portal).withdrawn == ((note, 7),)


def test_a_lost_store_is_written_again_from_the_database(portal: Portal, note: str):
    head = LogStore(portal.settings.var).head()
    shutil.rmtree(portal.settings.var / "log")
    assert recover(portal) == Recovered(entered=0, written=6, lost_texts=0)
    assert LogStore(portal.settings.var).head() == head
    assert check(portal).head.size == 6
    assert append(portal, figure(period="2025")) == 7


def test_where_nothing_is_missing_nothing_is_done(portal: Portal, note: str):
    assert recover(portal) == Recovered(0, 0, 0)


def test_an_empty_log_needs_no_recovery(portal: Portal):
    assert recover(portal) == Recovered(0, 0, 0)


def test_two_histories_are_never_joined(portal: Portal, note: str):
    with portal.database.write() as session:
        cut_after(3)(session)
        session.execute(update(LogNode).where(LogNode.idx == 2).values(hash=b"x" * 32))
    with pytest.raises(HistoryForked):
        recover(portal)
    with portal.database.read() as session:
        assert len(session.scalars(select(Checkpoint.n)).all()) == 3


def test_a_damaged_chunk_in_the_store_leaves_the_database_as_it_was(portal: Portal, note: str):
    with portal.database.write() as session:
        cut_after(3)(session)
    for path in (portal.settings.var / "log" / "chunks").rglob("*.jsonl"):
        path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(LogDamaged):
        recover(portal)
    with portal.database.read() as session:
        assert len(session.scalars(select(Checkpoint.n)).all()) == 3
        assert {row.period for row in session.scalars(select(FigureVersion))} == {"2021", "2022", "2023"}


def test_the_command_says_what_it_did(portal: Portal, note: str):
    with portal.database.write() as session:
        cut_after(4)(session)
    done = CliRunner().invoke(log_group, ["recover"], obj=portal)
    assert (done.exit_code, "into the database: 2" in done.output) == (0, True), done.output
