"""Samples of dismissed cases that are read again: what the log committed to, and what was drawn."""

import sqlalchemy as sa
from alembic import op

revision = "0032_case_samples"
down_revision = "0031_removals"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_sample",
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("drawn_on", sa.Date(), nullable=True),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("period", name="pk_case_sample"),
    )
    op.create_table(
        "case_reread",
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("drawn_on", sa.Date(), nullable=False),
        sa.Column("assigned_to", sa.String(length=26), nullable=True),
        sa.Column("proposed_by", sa.String(length=26), nullable=False),
        sa.Column("decided_by", sa.String(length=26), nullable=False),
        sa.Column("reader_id", sa.String(length=26), nullable=True),
        sa.Column("result", sa.String(length=16), nullable=True),
        sa.Column("read_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "result IS NULL OR result IN ('agrees', 'doubts', 'reopened')", name="ck_case_reread_result"
        ),
        sa.CheckConstraint("(result IS NULL) = (read_on IS NULL)", name="ck_case_reread_read_on"),
        sa.CheckConstraint(
            "(reader_id IS NULL) = (result IS NULL OR result = 'reopened')", name="ck_case_reread_reader"
        ),
        sa.CheckConstraint(
            "reader_id IS NULL OR (reader_id <> proposed_by AND reader_id <> decided_by)",
            name="ck_case_reread_other",
        ),
        sa.CheckConstraint(
            "reader_id IS NULL OR assigned_to IS NULL OR reader_id <> assigned_to",
            name="ck_case_reread_third",
        ),
        sa.ForeignKeyConstraint(["case_id"], ["report_case.id"], name="fk_case_reread_case_id_report_case"),
        sa.ForeignKeyConstraint(["reader_id"], ["person.id"], name="fk_case_reread_reader_id_person"),
        sa.PrimaryKeyConstraint("case_id", "period", name="pk_case_reread"),
    )


def downgrade() -> None:
    op.drop_table("case_reread")
    op.drop_table("case_sample")
