"""SQLite's log is emptied beside those who read and write: nobody waits for it, and it waits for nobody long."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.foundation import db
from portal.foundation.db import Database
from portal.foundation.jobs import Job
from portal.foundation.sqlite_file import PATIENCE, empty_log
from tests.foundation.test_db import add_job

pytestmark = pytest.mark.parametrize("engine_name", ["sqlite"])


@contextmanager
def older_state_read(database: Database) -> Iterator[None]:
    """Within the block somebody reads the state from before what is written in it."""
    add_job(database, "before")
    with database.read() as session:
        session.scalar(select(func.count()).select_from(Job))
        yield


def log_of(database: Database) -> Path:
    with database.read() as session:
        connection = session.connection()
        (file,) = (row[2] for row in connection.exec_driver_sql("PRAGMA database_list") if row[1] == "main")
    return Path(f"{file}-wal")


def test_who_reads_and_then_writes_does_not_wait_until_the_log_is_given_up(database: Database) -> None:
    log = log_of(database)
    emptying = threading.Thread(target=database.truncate_wal)
    with older_state_read(database):
        add_job(database, "unseen")
        emptying.start()
        time.sleep(0.2)
        began = time.monotonic()
        for number in range(5):
            add_job(database, f"job {number}")
        assert time.monotonic() - began < PATIENCE / 3
        assert emptying.is_alive(), "nobody waited for the reader, so this shows nothing"
    emptying.join()
    assert log.stat().st_size == 0


def test_a_log_that_somebody_reads_for_long_is_left_to_the_next_time_and_the_connection_is_as_before(
    database: Database,
) -> None:
    with older_state_read(database):
        add_job(database, "unseen")
        with database._driver() as raw:
            assert not empty_log(raw, patience=0.1)
            assert raw.execute("PRAGMA busy_timeout").fetchone() == (PATIENCE * 1000,)
    with database._driver() as raw:
        assert empty_log(raw, patience=0.1)


def test_that_the_log_was_left_is_noted(
    database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(db, "empty_log", lambda _: False)
    database.truncate_wal()
    assert "the write-ahead log was not emptied" in "".join(capsys.readouterr())
