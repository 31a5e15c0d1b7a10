"""Bringing a database to the schema this code expects; the head is pinned in migrations/HEAD."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext

from portal.foundation.db import Database

FOLDER = Path(__file__).resolve().parents[2] / "migrations"


def head() -> str:
    """The revision this code expects."""
    return (FOLDER / "HEAD").read_text().strip()


def current(database: Database) -> str | None:
    """The revision the database stands at, None when it is empty."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(database: Database, revision: str = "head") -> None:
    _run(database, command.upgrade, revision)


def downgrade(database: Database, revision: str) -> None:
    _run(database, command.downgrade, revision)


def _run(database: Database, step: object, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        step(config, revision)  # type: ignore[operator]
