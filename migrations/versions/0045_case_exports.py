"""Cases that were handed to an authority: to which key, and by which two people."""

import sqlalchemy as sa
from alembic import op

revision = "0045_case_exports"
down_revision = "0044_paper_slips"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_export",
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("recipient", sa.String(length=100), nullable=False),
        sa.Column("proposed_by", sa.String(length=26), nullable=False),
        sa.Column("approved_by", sa.String(length=26), nullable=False),
        sa.Column("approved_on", sa.Date(), nullable=False),
        sa.CheckConstraint("proposed_by <> approved_by", name="ck_case_export_two_people"),
        sa.ForeignKeyConstraint(["case_id"], ["report_case.id"], name="fk_case_export_case_id_report_case"),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"], name="fk_case_export_proposed_by_person"),
        sa.ForeignKeyConstraint(["approved_by"], ["person.id"], name="fk_case_export_approved_by_person"),
        sa.PrimaryKeyConstraint("case_id", "number", name="pk_case_export"),
    )


def downgrade() -> None:
    op.drop_table("case_export")
