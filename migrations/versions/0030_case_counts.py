"""Quarters whose reports were counted in public, so that none is counted twice."""

import sqlalchemy as sa
from alembic import op

revision = "0030_case_counts"
down_revision = "0029_rating_answers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_counted",
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("first", sa.String(length=7), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("period", name="pk_case_counted"),
    )


def downgrade() -> None:
    op.drop_table("case_counted")
