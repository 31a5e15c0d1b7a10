"""The migrations make exactly the tables the models describe, and come down again, on both engines."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

import portal.app
from portal.foundation.db import Database, metadata
from portal.foundation.migrate import FOLDER, current, downgrade, head, upgrade


def test_head_is_pinned() -> None:
    assert ScriptDirectory(str(FOLDER)).get_heads() == [head()]


def test_migrated_schema_is_what_the_models_say(database: Database) -> None:
    portal.app.import_models()
    with database.engine.connect() as connection:
        options = {"compare_type": True, "include_object": _is_ours}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def _is_ours(_object: object, name: str | None, _kind: str, _reflected: bool, _compared: object) -> bool:
    """An engine's own word index is no part of the models: it differs from engine to engine."""
    return not (name or "").startswith("search_statement")


def test_schema_comes_down_and_up_again(database: Database) -> None:
    downgrade(database, "base")
    assert current(database) is None
    upgrade(database)
    assert current(database) == head()
