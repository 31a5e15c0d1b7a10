"""The body is heard on an extract, and inspections are ordered with a day, a team and an end."""

import sqlalchemy as sa
from alembic import op

revision = "0041_case_hearings"
down_revision = "0040_page_reads"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_hearing",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("body_code", sa.String(length=64), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("due_on >= asked_on", name="ck_case_hearing_due"),
        sa.CheckConstraint("answered_on IS NULL OR length(sealed) = 0", name="ck_case_hearing_forgotten"),
        sa.ForeignKeyConstraint(["case_id"], ["report_case.id"], name="fk_case_hearing_case_id_report_case"),
        sa.PrimaryKeyConstraint("id", name="pk_case_hearing"),
    )
    op.create_index("ix_case_hearing_case_id", "case_hearing", ["case_id"], unique=False)
    op.create_index("ix_case_hearing_body_code", "case_hearing", ["body_code"], unique=False)
    op.create_table(
        "case_inspection",
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("ordered_on", sa.Date(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.CheckConstraint("state IN ('ordered', 'done', 'cancelled')", name="ck_case_inspection_state"),
        sa.CheckConstraint("day >= ordered_on", name="ck_case_inspection_day"),
        sa.CheckConstraint("(state = 'ordered') = (ended_on IS NULL)", name="ck_case_inspection_ended"),
        sa.ForeignKeyConstraint(["case_id"], ["report_case.id"], name="fk_case_inspection_case_id_report_case"),
        sa.PrimaryKeyConstraint("case_id", "number", name="pk_case_inspection"),
    )
    op.create_table(
        "case_inspector",
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person_id", sa.String(length=26), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["report_case.id"], name="fk_case_inspector_case_id_report_case"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name="fk_case_inspector_person_id_person"),
        sa.PrimaryKeyConstraint("case_id", "number", "person_id", name="pk_case_inspector"),
    )


def downgrade() -> None:
    for table in ("case_inspector", "case_inspection", "case_hearing"):
        op.drop_table(table)
