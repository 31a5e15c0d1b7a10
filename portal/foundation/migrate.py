"""Bringing a database to the schema this code expects; the head is pinned in migrations/HEAD."""

from pathlib import Path
from typing import Literal

from sqlalchemy import inspect, text

from portal.foundation.db import Database

FOLDER = Path(__file__).resolve().parents[2] / "migrations"


def head() -> str:
    """The revision this code expects."""
    return (FOLDER / "HEAD").read_text().strip()


def current(database: Database) -> str | None:
    """The revision the database stands at, None when it is empty."""
    with database.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return found


def upgrade(database: Database, revision: str = "head") -> None:
    _run(database, "upgrade", revision)


def downgrade(database: Database, revision: str) -> None:
    _run(database, "downgrade", revision)


def _run(database: Database, step: Literal["upgrade", "downgrade"], revision: str) -> None:
    # imported here: half a second that only a migration needs, not every start of every process
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        getattr(command, step)(config, revision)
