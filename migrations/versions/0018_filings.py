"""Proof of filing: what each day's root has to cover, and where it lies in the tree."""

import sqlalchemy as sa
from alembic import op

revision = "0018_filings"
down_revision = "0017_rating_details"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_filing",
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("path", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint(
            "(filed_on IS NULL) = (position IS NULL) AND (filed_on IS NULL) = (path IS NULL)",
            name="ck_case_filing_placed",
        ),
        sa.CheckConstraint("filed_on IS NULL OR filed_on > day", name="ck_case_filing_whole_days"),
        sa.CheckConstraint("length(commitment) = 32", name="ck_case_filing_commitment"),
        sa.CheckConstraint("path IS NULL OR length(path) = 640", name="ck_case_filing_path"),
        sa.ForeignKeyConstraint(["case_id"], ["report_case.id"], name="fk_case_filing_case_id_report_case"),
        sa.PrimaryKeyConstraint("case_id", name="pk_case_filing"),
        sa.UniqueConstraint("commitment", name="uq_case_filing_commitment"),
    )
    op.create_index("ix_case_filing_filed_on", "case_filing", ["filed_on"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_case_filing_filed_on", table_name="case_filing")
    op.drop_table("case_filing")
