"""By when what is owed after a finding is done, that it was not, and which of it was too little to tell.

SQLite cannot change a check: there the table of missed days is laid aside, made anew and filled again. The day a
case is listed under is derived from other columns, so it is dropped and derived anew, with its indexes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0065_after_the_finding"
down_revision = "0064_substitutes"
branch_labels = None
depends_on = None

_BEFORE = "'acknowledge', 'message', 'feedback', 'answer', 'held'"
_AFTER = f"{_BEFORE}, 'correct', 'reread', 'check-in'"
_OWED = {"correct_due_on": "case-correct", "reread_due_on": "case-reread", "check_in_due_on": "case-check-in"}
_LISTED_START = "CASE WHEN state = 'closed' THEN closed_on"
_LISTED_END = (
    " WHEN answer_due_on < acknowledge_due_on AND state = 'received' THEN answer_due_on"
    " WHEN state = 'received' THEN acknowledge_due_on"
    " WHEN answer_due_on < feedback_due_on"
    " AND (message_on IS NOT NULL OR message_due_on IS NULL OR answer_due_on < message_due_on) THEN answer_due_on"
    " WHEN message_on IS NULL AND message_due_on < feedback_due_on THEN message_due_on"
    " ELSE feedback_due_on END"
)
_LISTED_BEFORE = (
    f"{_LISTED_START}"
    " WHEN state = 'decided' OR state = 'action' THEN coalesce(answer_due_on, '9999-12-31')"
    f"{_LISTED_END}"
)
_LISTED_AFTER = (
    f"{_LISTED_START}"
    " WHEN (state = 'decided' OR state = 'action')"
    " AND answer_due_on < coalesce(correct_due_on, reread_due_on, '9999-12-31') THEN answer_due_on"
    " WHEN state = 'decided' OR state = 'action' THEN coalesce(correct_due_on, reread_due_on, '9999-12-31')"
    f"{_LISTED_END}"
)
_LISTED_BY = (
    *("", "body_code", "indicator_code", "service_code"),
    *("period", "state", "matter", "assigned_to"),
)


def upgrade() -> None:
    for column in (*_OWED, "corrected_on"):
        op.add_column("report_case", sa.Column(column, sa.Date(), nullable=True))
    op.add_column("case_counted", sa.Column("untold", sa.Text(), nullable=True))
    case = sa.table("report_case", sa.column("id"), *(sa.column(column) for column in _OWED))
    duty = sa.table("duty", sa.column("kind"), sa.column("subject"), sa.column("due_at"))
    due = sa.func.substr(duty.c.due_at, 1, 10)
    day = due if _is_sqlite() else sa.cast(due, sa.Date())
    for column, kind in _OWED.items():
        owed = sa.select(day).where(duty.c.kind == kind, duty.c.subject == case.c.id)
        op.execute(sa.update(case).values({column: owed.scalar_subquery()}))
    _list_by(_LISTED_AFTER)
    _know(_BEFORE, _AFTER)


def downgrade() -> None:
    op.execute("DELETE FROM case_missed WHERE deadline IN ('correct', 'reread', 'check-in')")
    _know(_AFTER, _BEFORE)
    _list_by(_LISTED_BEFORE)
    op.execute("ALTER TABLE case_counted DROP COLUMN untold")
    for column in (*_OWED, "corrected_on"):
        op.execute(f"ALTER TABLE report_case DROP COLUMN {column}")


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
