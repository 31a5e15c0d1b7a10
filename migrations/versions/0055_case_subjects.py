"""A report can be about several figures and bodies; a finding says which figures it covers."""

import sqlalchemy as sa
from alembic import op

revision = "0055_case_subjects"
down_revision = "0054_case_masking"
branch_labels = None
depends_on = None

_CODES = (("body_code", 64), ("indicator_code", 64), ("period", 16), ("service_code", 64))


def upgrade() -> None:
    op.add_column("report_case", sa.Column("further", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("report_case", sa.Column("covered", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.create_table(
        "case_subject",
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.String(length=length), nullable=True) for name, length in _CODES),
        sa.Column("edition_seen", sa.Integer(), nullable=True),
        sa.Column("covered", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.CheckConstraint("number > 0", name="ck_case_subject_further"),
        sa.CheckConstraint("body_code IS NOT NULL OR service_code IS NOT NULL", name="ck_case_subject_something"),
        sa.ForeignKeyConstraint(["case_id"], ["report_case.id"], name="fk_case_subject_case_id_report_case"),
        sa.PrimaryKeyConstraint("case_id", "number", name="pk_case_subject"),
    )
    columns = ["body_code", "indicator_code", "period"]
    op.create_index("ix_case_subject_body_code_indicator_code_period", "case_subject", columns, unique=False)


def downgrade() -> None:
    op.drop_table("case_subject")
    for column in ("covered", "further"):
        op.execute(f"ALTER TABLE report_case DROP COLUMN {column}")
