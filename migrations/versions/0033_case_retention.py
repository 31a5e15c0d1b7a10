"""Cases are kept for a time: what holds them longer, and when their deletion was announced."""

import sqlalchemy as sa
from alembic import op

revision = "0033_case_retention"
down_revision = "0032_case_samples"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_hold",
        sa.Column("id", sa.String(length=26), nullable=False),
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("placed_on", sa.Date(), nullable=False),
        sa.Column("lifted_on", sa.Date(), nullable=True),
        sa.CheckConstraint("kind IN ('export', 'officer')", name="ck_case_hold_kind"),
        sa.ForeignKeyConstraint(["case_id"], ["report_case.id"], name="fk_case_hold_case_id_report_case"),
        sa.PrimaryKeyConstraint("id", name="pk_case_hold"),
    )
    op.create_index("ix_case_hold_case_id", "case_hold", ["case_id"], unique=False)
    op.create_table(
        "case_notice",
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("noticed_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["report_case.id"], name="fk_case_notice_case_id_report_case"),
        sa.PrimaryKeyConstraint("case_id", name="pk_case_notice"),
    )


def downgrade() -> None:
    op.drop_table("case_notice")
    op.drop_table("case_hold")
