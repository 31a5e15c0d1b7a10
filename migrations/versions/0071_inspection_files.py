"""Officers attach files to what an inspection found; their items are of a kind that no reporter's key opens.

SQLite cannot change a check: there the table of sealed items is laid aside, made anew from its own description
with the longer list, and filled again; what hangs on it is made again as it was.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0071_inspection_files"
down_revision = "0070_session_secrets"
branch_labels = None
depends_on = None

_BEFORE = ("report", "file", "from-reporter", "to-reporter", "note", "reason", "copy", "feedback")
_AFTER = (*_BEFORE, "inspection-file")


def upgrade() -> None:
    _know(_BEFORE, _AFTER)


def downgrade() -> None:
    op.execute("DELETE FROM case_item WHERE kind = 'inspection-file'")
    _know(_AFTER, _BEFORE)


def _know(before: Sequence[str], after: Sequence[str]) -> None:
    """Let the kinds of a sealed item be those of `after`."""
    was, wanted = (f"kind IN ({', '.join(repr(kind) for kind in kinds)})" for kinds in (before, after))
    if op.get_bind().dialect.name == "sqlite":
        _anew("case_item", was, wanted)
    else:
        op.drop_constraint("ck_case_item_kind", "case_item", type_="check")
        op.create_check_constraint("ck_case_item_kind", "case_item", wanted)


def _anew(table: str, was: str, wanted: str) -> None:
    """The same table with another check, every row in it as it was."""
    bind = op.get_bind()
    described = _sql(table, ("table",))[0]
    if described.count(was) != 1:
        raise RuntimeError("the check of the kinds is not as it was left")
    hanging = _sql(table, ("index", "trigger"))
    names = ", ".join(row[1] for row in bind.execute(sa.text(f"PRAGMA table_info({table})")))
    op.execute("PRAGMA defer_foreign_keys = ON")
    op.execute(f"CREATE TABLE {table}_aside AS SELECT {names} FROM {table}")  # noqa: S608
    op.execute(f"DROP TABLE {table}")
    op.execute(described.replace(was, wanted))
    op.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM {table}_aside")  # noqa: S608
    op.execute(f"DROP TABLE {table}_aside")
    for one in hanging:
        op.execute(one)


def _sql(table: str, kinds: Sequence[str]) -> list[str]:
    query = sa.text(
        "SELECT sql FROM sqlite_master WHERE tbl_name = :table AND type IN :kinds AND sql IS NOT NULL"
    ).bindparams(sa.bindparam("kinds", expanding=True))
    return list(op.get_bind().scalars(query, {"table": table, "kinds": list(kinds)}))
