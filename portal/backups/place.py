"""The place a backup is brought back into: empty before, and not served from until all is verified."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import inspect

from portal.backups.errors import RestoreRefused
from portal.foundation import rows
from portal.foundation.context import Portal
from portal.foundation.migrate import FOLDER, current, upgrade
from portal.foundation.storage import sync_directory, write_durably

MARK = "restoring"
_FILLED = frozenset({"case_transition", "standing"})  # by the migrations themselves


def is_marked(var: Path) -> bool:
    """Whether a restoring was begun here and has not ended well."""
    return (var / MARK).exists()


def mark(var: Path) -> None:
    write_durably(
        var / MARK, b"A backup is being brought back here. Nothing is served until that has ended well.\n"
    )


def unmark(var: Path) -> None:
    (var / MARK).unlink(missing_ok=True)
    sync_directory(var)


def prepare(portal: Portal, revision: str) -> None:
    """Bring an empty database to `revision`. Raises RestoreRefused when it is not empty or the schema unknown."""
    if not (FOLDER / "versions" / f"{revision}.py").exists():
        raise RestoreRefused(f"The backup is of the schema {revision}, which this version of the program lacks.")
    found = current(portal.database)
    with portal.database.engine.connect() as connection:
        if found is None and inspect(connection).get_table_names():
            raise RestoreRefused("There are tables of something else in this database.")
        if found is not None and any(
            rows.has_rows(connection, table)
            for table in rows.tables()
            if table.name not in _FILLED and inspect(connection).has_table(table.name)
        ):
            raise RestoreRefused("The database is not empty. Restore into an empty one, or remove this one first.")
    if found not in (None, revision):
        raise RestoreRefused(f"The database is at the schema {found}, the backup at {revision}. Use an empty one.")
    upgrade(portal.database, revision)
