"""Since when nobody has held a case who may hold it."""

import sqlalchemy as sa
from alembic import op

revision = "0060_forsaken_cases"
down_revision = "0059_case_stamps"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_forsaken",
        sa.Column("case_id", sa.String(length=26), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["report_case.id"], name="fk_case_forsaken_case_id_report_case"),
        sa.PrimaryKeyConstraint("case_id", name="pk_case_forsaken"),
    )


def downgrade() -> None:
    op.drop_table("case_forsaken")
