"""That nobody could read a report is a promise missed, counted like the others.

SQLite cannot change a check: there the table of missed days is laid aside, made anew and filled again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0062_case_held"
down_revision = "0061_about_several"
branch_labels = None
depends_on = None

_BEFORE = "'acknowledge', 'message', 'feedback', 'answer'"
_AFTER = f"{_BEFORE}, 'held'"


def upgrade() -> None:
    _know(_BEFORE, _AFTER)


def downgrade() -> None:
    op.execute("DELETE FROM case_missed WHERE deadline = 'held'")
    op.execute("DELETE FROM duty WHERE kind IN ('case-unheld', 'case-unheld-people')")
    _know(_AFTER, _BEFORE)


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _know(before: str, after: str) -> None:
    """Let the deadlines that can be missed be those of `after`."""
    if not _is_sqlite():
        op.drop_constraint("ck_case_missed_deadline", "case_missed", type_="check")
        op.create_check_constraint("ck_case_missed_deadline", "case_missed", f"deadline IN ({after})")
        return
    query = sa.text("SELECT sql FROM sqlite_master WHERE name = 'case_missed'")
    described = str(op.get_bind().scalar(query))
    if described.count(f"deadline IN ({before})") != 1:
        raise RuntimeError("the check of the deadlines is not as it was left")
    op.execute("CREATE TABLE case_missed_aside AS SELECT * FROM case_missed")
    op.execute("DROP TABLE case_missed")
    op.execute(described.replace(f"deadline IN ({before})", f"deadline IN ({after})"))
    op.execute("INSERT INTO case_missed SELECT * FROM case_missed_aside")
    op.execute("DROP TABLE case_missed_aside")
