"""The migrations make exactly the tables the models describe, and come down again, on both engines."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

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


@pytest.mark.parametrize("engine_name", ["sqlite"])
def test_tables_that_are_kept_in_their_keys_are_so_once_migrated(database: Database) -> None:
    """Nothing else would tell: they hold the same either way, and each report would write twice as much."""
    portal.app.import_models()
    wanted = {
        name for name, one in metadata.tables.items() if one.dialect_options["sqlite"]["with_rowid"] is False
    }
    made = text("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%WITHOUT ROWID%'")
    with database.engine.connect() as connection:
        assert {name for name in connection.scalars(made) if not name.startswith("search_")} == wanted
    assert "case_wrap" in wanted


def _is_ours(_object: object, name: str | None, _kind: str, _reflected: bool, _compared: object) -> bool:
    """An engine's own word index is no part of the models: it differs from engine to engine."""
    return not (name or "").startswith("search_statement")


def test_what_waits_keeps_what_it_is_about(database: Database) -> None:
    """About one thing before, about several since: were it lost, a connected officer would see what waits."""
    downgrade(database, "0060_forsaken_cases")
    columns = "id, kind, subject, title, title_params, address, named, opened_at, due_at, about"
    values = "'1', 'a', 'b', 'c', '{}', 'd', true, '2026', '2026'"
    with database.engine.begin() as connection:
        connection.execute(text(f"""INSERT INTO duty ({columns}) VALUES ({values}, '{{"body_code":"DPR"}}')"""))
    for step, about in ((upgrade, '[{"body_code":"DPR"}]'), (downgrade, '{"body_code":"DPR"}')):
        step(database, "0061_about_several" if step is upgrade else "0060_forsaken_cases")
        with database.engine.connect() as connection:
            assert connection.scalar(text("SELECT about FROM duty")) == about


def test_schema_comes_down_and_up_again(database: Database) -> None:
    downgrade(database, "base")
    assert current(database) is None
    upgrade(database)
    assert current(database) == head()
