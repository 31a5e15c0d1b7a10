"""The queue of cases is read off indexes: list and day stand in columns the database derives by itself.

SQLite derives such a column when it is read and keeps it in the indexes; PostgreSQL stores it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0034_case_queue"
down_revision = "0033_case_retention"
branch_labels = None
depends_on = None

_SHELF = "CASE WHEN state = 'closed' THEN 'closed' WHEN lane = 'quarantine' THEN 'aside' ELSE 'open' END"
_LISTED_ON = (
    "CASE WHEN state = 'closed' THEN closed_on"
    " WHEN state = 'decided' OR state = 'action' THEN '9999-12-31'"
    " WHEN state = 'received' THEN acknowledge_due_on"
    " WHEN message_on IS NULL AND message_due_on < feedback_due_on THEN message_due_on"
    " ELSE feedback_due_on END"
)
_LISTED_BY = (
    *("", "body_code", "indicator_code", "service_code"),
    *("period", "state", "matter", "assigned_to"),
)


def upgrade() -> None:
    kept = "VIRTUAL" if op.get_bind().dialect.name == "sqlite" else "STORED"
    op.execute(f"ALTER TABLE report_case ADD COLUMN shelf VARCHAR(8) GENERATED ALWAYS AS ({_SHELF}) {kept}")
    op.execute(f"ALTER TABLE report_case ADD COLUMN listed_on DATE GENERATED ALWAYS AS ({_LISTED_ON}) {kept}")
    for first in _LISTED_BY:
        columns = [*([first] if first else []), "shelf", "listed_on", "id"]
        op.create_index(f"ix_report_case_{'_'.join(columns)}", "report_case", columns, unique=False)
    op.drop_index("ix_case_wrap_person_id", table_name="case_wrap")
    op.create_index("ix_case_wrap_person_id_case_id", "case_wrap", ["person_id", "case_id"], unique=False)
    op.create_table(
        "case_view",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_case_view_person_id_person"),
        sa.PrimaryKeyConstraint("id", name="pk_case_view"),
    )
    op.create_index("ix_case_view_person_id", "case_view", ["person_id"], unique=False)


def downgrade() -> None:
    op.drop_table("case_view")
    op.drop_index("ix_case_wrap_person_id_case_id", table_name="case_wrap")
    op.create_index("ix_case_wrap_person_id", "case_wrap", ["person_id"], unique=False)
    for first in _LISTED_BY:
        columns = [*([first] if first else []), "shelf", "listed_on", "id"]
        op.drop_index(f"ix_report_case_{'_'.join(columns)}", table_name="report_case")
    op.execute("ALTER TABLE report_case DROP COLUMN listed_on")
    op.execute("ALTER TABLE report_case DROP COLUMN shelf")
