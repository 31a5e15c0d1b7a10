"""If an act could be half written, changed after its release, or cite nothing, the log would record a muddle."""

from datetime import datetime

import pytest
from sqlalchemy import func, select

from portal.foundation.clock import FixedClock
from portal.foundation.db import Database
from portal.foundation.jobs import Job
from portal.publishing.errors import ActNotOpen, BadStatement, NoSuchAct
from portal.publishing.models import (
    Act,
    ActBody,
    ActChunk,
    ActMeasure,
    ActQueue,
    ActText,
    ActTouch,
    Chunk,
    FigureVersion,
    StatementRow,
)
from portal.publishing.services import discard_act, propose_act, release_act, salt_text, stage_act
from portal.publishing.values import cite
from tests.factories.publishing import body, figure


@pytest.fixture
def now(clock: FixedClock) -> datetime:
    return clock.now()


def counts(database: Database) -> dict[str, int]:
    with database.read() as session:
        return {
            model.__tablename__: session.scalar(select(func.count()).select_from(model)) or 0
            for model in (
                Act,
                ActQueue,
                ActChunk,
                Chunk,
                StatementRow,
                FigureVersion,
                ActText,
                ActBody,
                ActMeasure,
                ActTouch,
            )
        }


def test_a_ready_act_waits_for_the_appender_with_all_its_statements(database: Database, now: datetime):
    with database.write() as session:
        act_id = propose_act(
            session, kind="release", statements=[body("A"), figure()], proposed_by="p", approved_by="q", now=now
        )
    with database.read() as session:
        act = session.get_one(Act, act_id)
        assert (act.state, act.edition, act.approved_by) == ("pending", None, "q")
        assert session.scalars(select(ActQueue.act_id)).all() == [act_id]
        assert session.scalars(select(Job.kind)).all() == ["publishing.append"]
        assert session.scalars(select(StatementRow.position)).all() == [0]
        assert session.scalars(select(FigureVersion.position)).all() == [1]


def test_proposing_twice_under_one_id_writes_one_act(database: Database, now: datetime):
    for _ in range(2):
        with database.write() as session:
            propose_act(
                session,
                kind="notice",
                statements=[figure()],
                proposed_by="p",
                approved_by=None,
                now=now,
                act_id="x" * 26,
            )
    assert counts(database)["act"] == counts(database)["act_queue"] == 1


def test_two_acts_of_the_same_words_share_their_chunk(database: Database, now: datetime):
    for _ in range(2):
        with database.write() as session:
            propose_act(session, kind="notice", statements=[figure()], proposed_by="p", approved_by=None, now=now)
    assert counts(database) == counts(database) | {"act": 2, "act_chunk": 2, "chunk": 1, "figure_version": 2}


def test_a_big_act_is_staged_in_chunks_of_a_thousand_and_stays_unreleased(database: Database, now: datetime):
    heard: list[int] = []
    figures = (figure(period=f"{year}") for year in range(1000, 7500))
    act_id = stage_act(
        database, kind="release", statements=figures, proposed_by="p", now=now, progress=heard.append
    )
    assert heard[0] == 2000, "later turns are fitted to the machine"
    assert sum(heard) == 6500 and all(part % 1000 == 0 for part in heard[:-1])
    assert counts(database)["figure_version"] == 6500 and counts(database)["act_queue"] == 0
    assert counts(database)["chunk"] == 7 and counts(database)["act_body"] == 1
    with database.read() as session:
        positions = session.scalars(select(FigureVersion.position).order_by(FigureVersion.id)).all()
        assert positions == list(range(6500))
    with database.write() as session:
        release_act(session, act_id=act_id, approved_by="q", now=now)
    assert counts(database)["act_queue"] == 1


def test_a_number_that_few_figures_have_is_kept_with_them_and_with_no_other(database: Database, now: datetime):
    said = {str(year): f"{year}.5" for year in range(1000, 3000, 333)}
    figures = (
        figure(period=period, numerator=said.get(period), denominator=None)
        for period in map(str, range(1000, 3000))
    )
    stage_act(database, kind="release", statements=figures, proposed_by="p", now=now)
    with database.read() as session:
        rows = session.execute(select(FigureVersion.period, FigureVersion.numerator, FigureVersion.denominator))
        assert {row.period: row[1:] for row in rows} == {
            period: (said.get(period), None) for period in map(str, range(1000, 3000))
        }


def test_a_fault_in_the_last_chunk_leaves_nothing_staged(database: Database, now: datetime):
    figures = [*(figure(period=f"{year}") for year in range(1000, 2500)), figure(actual="1e5")]
    with pytest.raises(BadStatement, match="decimal"):
        stage_act(database, kind="release", statements=figures, proposed_by="p", now=now)
    assert set(counts(database).values()) == {0}


def test_discarding_keeps_the_chunks_of_other_acts(database: Database, now: datetime):
    kept = stage_act(database, kind="release", statements=[figure()], proposed_by="p", now=now)
    dropped = stage_act(database, kind="release", statements=[figure()], proposed_by="p", now=now)
    with database.write() as session:
        discard_act(session, act_id=dropped)
    assert counts(database) == counts(database) | {"act": 1, "chunk": 1, "figure_version": 1}
    with database.write() as session:
        discard_act(session, act_id=kept)
    assert set(counts(database).values()) == {0}


def test_a_released_act_can_neither_be_released_again_nor_discarded(database: Database, now: datetime):
    act_id = stage_act(database, kind="release", statements=[figure()], proposed_by="p", now=now)
    with database.write() as session:
        release_act(session, act_id=act_id, approved_by="q", now=now)
    with pytest.raises(ActNotOpen), database.write() as session:
        release_act(session, act_id=act_id, approved_by="q", now=now)
    with pytest.raises(ActNotOpen), database.write() as session:
        discard_act(session, act_id=act_id)
    with pytest.raises(NoSuchAct), database.write() as session:
        release_act(session, act_id="nobody", approved_by="q", now=now)


def test_a_text_is_cited_by_a_digest_that_differs_each_time(database: Database, now: datetime):
    with database.write() as session:
        one, two = salt_text(session, "same words"), salt_text(session, "same words")
        assert one != two
        note = figure(note=cite(one))
        propose_act(session, kind="release", statements=[note], proposed_by="p", approved_by="q", now=now)
    with database.read() as session:
        assert session.scalars(select(ActText.digest)).all() == [one]
        assert session.scalars(select(FigureVersion.note_digest)).all() == [one]


@pytest.mark.parametrize("text", ["a\x00b", "\ud800"])
def test_a_text_that_no_database_keeps_is_refused_in_words(database: Database, text: str):
    with pytest.raises(BadStatement), database.write() as session:
        salt_text(session, text)


@pytest.mark.parametrize(
    "statements", [[], [{"t": "gossip"}], [figure(target="1,000")], [body("A", names={"en": 0.5})]]
)
def test_what_cannot_be_published_is_refused_before_anything_is_written(
    database: Database, now: datetime, statements: list[dict[str, object]]
):
    with pytest.raises(BadStatement), database.write() as session:
        propose_act(session, kind="release", statements=statements, proposed_by="p", approved_by=None, now=now)
    assert set(counts(database).values()) == {0}


def test_citing_a_text_that_was_never_stored_is_refused(database: Database, now: datetime):
    with pytest.raises(BadStatement, match="never stored"), database.write() as session:
        statements = [figure(note=cite("0" * 64))]
        propose_act(session, kind="release", statements=statements, proposed_by="p", approved_by=None, now=now)
    assert set(counts(database).values()) == {0}
