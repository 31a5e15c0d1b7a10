"""If the log alone did not give everything public again, the promise "a pure function of the log" were words."""

import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import delete, func, select, update

from portal.foundation.clock import FixedClock
from portal.foundation.context import Portal
from portal.foundation.db import Database
from portal.foundation.keys import KeyRing
from portal.publishing.cli.log import log_group
from portal.publishing.errors import HistoryForked, LogDamaged
from portal.publishing.log.keys import KeyRole
from portal.publishing.models import Act, Chunk, FigureVersion, SaltedText, StatementRow
from portal.publishing.services import discard_act, keys, propose_act, salt_text
from portal.publishing.services.acts import CONTENT
from portal.publishing.services.rebuilding import mirror, rebuild
from portal.publishing.services.sweeping import owners, sweep_staged
from portal.publishing.store import LogStore
from portal.publishing.values import cite
from portal.publishing.verification.own_source import OwnSource
from portal.publishing.verification.verify import verify
from portal.publishing.verification.web_source import WebSource
from tests.conftest import Beginning, make_settings, new_client
from tests.factories.publishing import append, body, figure, release, service
from tests.pages import PageClient
from tests.publishing.log.published import address_of, cut_after, publish_six
from tests.publishing.test_as_published import addresses

FILES = ("figures.csv", "figures.json", "corrections.csv", "register.json")


def quiet(_done: int, _of: int) -> None:
    return


def publish_all(portal: Portal) -> None:
    """Releases, corrections, a notice, a withdrawn note, and a rotation of keys."""
    note = publish_six(portal)
    append(portal, body(names={"en": "Renamed", "zh_Hans": "新名"}), service(), kind="register")
    append(portal, {"t": "withdrawal", "digest": note, "ground": "personal-data"}, kind="withdrawal")
    keys.add_key(portal, KeyRole.LOG)
    keys.retire_key(portal, KeyRole.LOG)


@pytest.fixture
def beginning(request: pytest.FixtureRequest) -> Beginning | None:
    return publish_all if "published" in request.fixturenames else None


@pytest.fixture
def published(portal: Portal) -> Portal:
    return portal


def everything(portal: Portal) -> Iterator[tuple[str, int, bytes]]:
    """Every page and file that anybody can read, in the newest edition and in an older one."""
    client = new_client(portal)
    client.check_pages = False
    for path in addresses(client):
        for address in (path, f"{path}?edition=4"):
            reply = client.get(address)
            yield address, reply.status_code, reply.data
    for n in (2, 6, 10):
        for name in FILES:
            yield name, n, client.get(f"/data/editions/{n}/{name}").data
        for address in (f"/log/entries/{n}", f"/log/checkpoints/{n}", f"/log/proof/inclusion?entry={n}&size=10"):
            yield address, n, client.get(address).data


def holds(portal: Portal) -> int:
    with portal.database.read() as session:
        return verify(OwnSource(session, LogStore(portal.settings.var))).head.size


def test_everything_public_comes_out_byte_for_byte(published: Portal):
    before = list(everything(published))
    with published.database.write() as session:
        for table in CONTENT:
            session.execute(delete(table))
        session.execute(update(SaltedText).values(withdrawn_in=SaltedText.withdrawn_in))
    done = CliRunner().invoke(log_group, ["rebuild", "--yes"], obj=published)
    assert (done.exit_code, "Rebuilt from the log: 10 entries" in done.output) == (0, True), done.output
    after = list(everything(published))
    assert [name for name, *_ in after] == [name for name, *_ in before]
    for old, new in zip(before, after, strict=True):
        assert new == old, old[0]
    assert holds(published) == 10


def test_who_published_what_is_kept(published: Portal):
    with published.database.read() as session:
        before = session.execute(
            select(Act.id, Act.edition, Act.proposed_by, Act.approved_by).order_by(Act.id)
        ).all()
    rebuild(published, progress=quiet)
    with published.database.read() as session:
        after = session.execute(
            select(Act.id, Act.edition, Act.proposed_by, Act.approved_by).order_by(Act.id)
        ).all()
    assert after == before
    assert append(published, figure(period="2031")) == 11


def test_what_waits_survives_a_rebuild(published: Portal):
    now = published.clock.now()
    with published.database.write() as session:
        act_id = propose_act(
            session,
            kind="release",
            statements=[figure(period="2040")],
            proposed_by="p",
            approved_by=None,
            now=now,
            ready=False,
        )
    rebuild(published, progress=quiet)
    with published.database.read() as session:
        kept = session.scalars(select(FigureVersion.period).where(FigureVersion.act_id == act_id)).all()
    assert kept == ["2040"]


@pytest.mark.parametrize("gone", ["entries/000/000004.json", "chunks", "checkpoint"])
def test_nothing_is_thrown_away_unless_all_can_be_made_again(published: Portal, gone: str):
    before = list(islice(everything(published), 20))
    for path in (published.settings.var / "log").rglob("*"):
        if path.is_file() and gone in str(path) and "checkpoints" not in str(path):
            path.unlink()
    with pytest.raises(LogDamaged):
        rebuild(published, progress=quiet)
    assert list(islice(everything(published), 20)) == before


def test_a_new_machine_gets_all_from_a_mirror(published: Portal, tmp_path: Path, new_database_url):  # type: ignore[no-untyped-def]
    """The office lost its machine; a newspaper mirrors the portal, and the key was kept apart."""
    with published.database.write() as session:
        note = salt_text(session, "a newer note")
    append(published, figure(period="2032", note=cite(note)))
    settings = make_settings(tmp_path / "new", new_database_url())
    ring = KeyRing(settings.var)
    ring.create_missing()
    ring.add("log-signing", KeyRing(published.settings.var).get("log-signing"))
    new = Portal(settings, Database(settings.database_url), ring, published.clock)
    with address_of(published) as url:
        done = CliRunner().invoke(log_group, ["rebuild", "--yes", "--from", url], obj=new)
    assert done.exit_code == 0, done.output
    assert holds(new) == 11
    for path in ("/bodies/DPR/indicators/clean-parks", "/corrections.json", "/data/editions/11/figures.csv"):
        assert new_client(new).get(path).data == new_client(published).get(path).data
    assert append(new, figure(period="2033")) == 12
    new.database.dispose()


def test_a_mirror_with_another_history_or_fewer_entries_is_refused(published: Portal):
    with address_of(published) as url:
        with published.database.write() as session:
            cut_after(9)(session)
        with pytest.raises(HistoryForked, match="fewer"):
            mirror(published, WebSource(url), progress=quiet)


# what killed programs left


def staged(portal: Portal, **fields: object) -> str:
    with portal.database.write() as session:
        return propose_act(
            session,
            kind="release",
            statements=[release("never"), figure(period="2041")],
            proposed_by="p",
            approved_by=None,
            now=portal.clock.now(),
            ready=False,
        )


def rows(portal: Portal) -> list[int]:
    with portal.database.read() as session:
        tables = (Act, Chunk, StatementRow, FigureVersion)
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def test_what_a_killed_program_staged_is_swept_after_a_day(published: Portal, clock: FixedClock):
    before = rows(published)
    staged(published)
    assert sweep_staged(published) == 0, "it may still be in use"
    clock.at += timedelta(days=1, seconds=1)
    assert sweep_staged(published) == 1
    assert rows(published) == before
    assert holds(published) == 10


def test_what_belongs_to_a_draft_is_never_swept(published: Portal, clock: FixedClock):
    from portal.publishing.models import ReleaseDraft

    act_id = staged(published)
    with published.database.write() as session:
        session.add(
            ReleaseDraft(
                slug="never",
                act_id=act_id,
                names={"en": "x"},
                source="s",
                licence="l",
                period="2041",
                bodies=["DPR"],
                counts={},
                base_edition=10,
                state="draft",
                drafted_by="p",
                drafted_at=clock.at,
            )
        )
    clock.at += timedelta(days=400)
    assert sweep_staged(published) == 0
    with published.database.write() as session:
        session.execute(delete(ReleaseDraft))
        discard_act(session, act_id=act_id)


def test_every_room_that_keeps_an_act_is_asked(client: PageClient):
    """A draft, a result, a published comment, a roll-up: each refers to its act by a foreign key."""
    found = {f"{column.table.name}.{column.name}" for column in owners()}
    assert {"release_draft.act_id", "rating_rollup.act_id"} <= found
    assert not found & {"statement.act_id", "figure_version.act_id", "act_text.act_id", "act_queue.act_id"}
    assert json.dumps(sorted(found))
