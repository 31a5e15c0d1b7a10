"""By when what a reporter wrote has to be answered, and that it was not.

SQLite cannot change a check: there the table of missed days is laid aside, made anew and filled again. The day a
case is listed under is derived from other columns, so it is dropped and derived anew, with its indexes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0053_case_answers"
down_revision = "0052_body_answers"
branch_labels = None
depends_on = None

_BEFORE = "'acknowledge', 'message', 'feedback'"
_AFTER = f"{_BEFORE}, 'answer'"
_LISTED_BEFORE = (
    "CASE WHEN state = 'closed' THEN closed_on"
    " WHEN state = 'decided' OR state = 'action' THEN '9999-12-31'"
    " WHEN state = 'received' THEN acknowledge_due_on"
    " WHEN message_on IS NULL AND message_due_on < feedback_due_on THEN message_due_on"
    " ELSE feedback_due_on END"
)
_LISTED_AFTER = (
    "CASE WHEN state = 'closed' THEN closed_on"
    " WHEN state = 'decided' OR state = 'action' THEN coalesce(answer_due_on, '9999-12-31')"
    " WHEN answer_due_on < acknowledge_due_on AND state = 'received' THEN answer_due_on"
    " WHEN state = 'received' THEN acknowledge_due_on"
    " WHEN answer_due_on < feedback_due_on"
    " AND (message_on IS NOT NULL OR message_due_on IS NULL OR answer_due_on < message_due_on) THEN answer_due_on"
    " WHEN message_on IS NULL AND message_due_on < feedback_due_on THEN message_due_on"
    " ELSE feedback_due_on END"
)
_LISTED_BY = (
    *("", "body_code", "indicator_code", "service_code"),
    *("period", "state", "matter", "assigned_to"),
)


def upgrade() -> None:
    op.add_column("report_case", sa.Column("answer_due_on", sa.Date(), nullable=True))
    _list_by(_LISTED_AFTER)
    _know(_BEFORE, _AFTER)


def downgrade() -> None:
    op.execute("DELETE FROM case_missed WHERE deadline = 'answer'")
    op.execute("DELETE FROM duty WHERE kind = 'case-wrote'")
    _know(_AFTER, _BEFORE)
    _list_by(_LISTED_BEFORE)
    op.execute("ALTER TABLE report_case DROP COLUMN answer_due_on")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _list_by(listed_on: str) -> None:
    indexes = [[*([first] if first else []), "shelf", "listed_on", "id"] for first in _LISTED_BY]
    for columns in indexes:
        op.drop_index(f"ix_report_case_{'_'.join(columns)}", table_name="report_case")
    op.execute("ALTER TABLE report_case DROP COLUMN listed_on")
    kept = "VIRTUAL" if _is_sqlite() else "STORED"
    op.execute(f"ALTER TABLE report_case ADD COLUMN listed_on DATE GENERATED ALWAYS AS ({listed_on}) {kept}")
    for columns in indexes:
        op.create_index(f"ix_report_case_{'_'.join(columns)}", "report_case", columns, unique=False)


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
